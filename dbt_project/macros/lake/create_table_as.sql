{#-
  dbt-duckdb writes an incremental model's new rows into a temporary table, and from there a second time into its own. A
  view in its place does all the rest the same and writes them once: none of our models reads itself.
-#}
{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) -%}
    {%- if temporary and config.get('materialized') == 'incremental' -%}
    create or replace temporary view {{ relation.include(database=false, schema=false) }} as ({{ compiled_code }}
    )
    {%- else -%}
    {{ dbt.duckdb__create_table_as(temporary, relation, compiled_code, language, partitioned_by, sorted_by) }}
    {%- endif -%}
{%- endmacro %}
