{#-
  Schemas are called what the lake calls them, with no target prefix: landing, build, marts. On Athena all that dbt makes
  is in one Glue database: what people read under the name of marts are the published files, not the engine's own tables.
-#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ adapter.dispatch('schema_name')(custom_schema_name) | trim }}
{%- endmacro %}

{% macro default__schema_name(custom_schema_name) %}{{ return(target.schema) }}{% endmacro %}

{% macro duckdb__schema_name(custom_schema_name) %}{{ return(custom_schema_name or target.schema) }}{% endmacro %}
