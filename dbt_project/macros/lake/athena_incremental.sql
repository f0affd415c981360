{#-
  An incremental model on Athena holds a billing period whole, in an Iceberg table partitioned by it. What is due is
  deleted by the pre-hook, which takes away whole partitions and reads nothing; the new rows go straight into the table.
  dbt-athena's own materialization writes each row twice, into a table of its own first. Nobody but the build reads these
  tables, so between delete and insert nothing is missing to anybody: see docs/decisions/0009.
-#}
{% materialization incremental, adapter='athena' -%}
    {%- set existing = load_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {%- if existing is none or existing.is_view or should_full_refresh() -%}
        {%- if existing is not none -%}{%- do drop_relation(existing) -%}{%- endif -%}
        {%- set sql = create_table_per_period(target_relation, compiled_code) -%}
    {%- elif due_periods() == [] -%}
        {%- set sql = none -%}
    {%- else -%}
        {%- set sql = insert_by_name(target_relation, compiled_code) -%}
    {%- endif -%}
    {%- if sql is none -%}
        {%- do store_raw_result('main', message='nothing is due', code='SKIP', rows_affected='0') -%}
    {%- else -%}
        {%- call statement('main') -%}{{ sql }}{%- endcall -%}
    {%- endif -%}
    {{ run_hooks(post_hooks) }}
    {%- do persist_docs(target_relation, model) -%}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}

{% macro create_table_per_period(relation, compiled_code) %}
    {%- set location = adapter.generate_s3_location(
        relation, target.s3_data_dir, target.s3_data_naming, target.s3_tmp_table_dir, none, false
    ) -%}
    {%- if config.get('contract').enforced -%}{{ get_assert_columns_equivalent(compiled_code) }}{%- endif -%}
    create table {{ relation }}
    with (
        table_type = 'iceberg',
        is_external = false,
        location = '{{ location }}',
        partitioning = array['{{ period_column(relation) | lower }}'],
        format = 'parquet',
        vacuum_max_snapshot_age_seconds = 86400
    )
    as {{ compiled_code }}
{% endmacro %}

{#- By name: the columns of a model that was changed do not fit, and Athena says so. -#}
{% macro insert_by_name(relation, compiled_code) %}
    {%- set columns = adapter.get_columns_in_relation(relation) | map(attribute='quoted') | join(', ') -%}
    insert into {{ relation }} ({{ columns }})
    select {{ columns }} from ({{ compiled_code }}
    ) as new_rows
{% endmacro %}
