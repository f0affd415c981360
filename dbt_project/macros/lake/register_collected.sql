{#-
  Make what was collected from accounts visible to DuckDB: `collections` tells how every question was answered, and each
  source is a view over the files that its days name. One that was never collected has its columns and no rows.
-#}
{% macro register_collected(lake) %}
    {%- set pointers = lake ~ '/landing/collections/*/*.json' -%}
    {%- set is_any = run_query("select count(*) from glob('" ~ pointers ~ "')").columns[0].values()[0] > 0 -%}
    {%- do run_query(collected_days(pointers if is_any else none)) -%}
    {%- for node in graph.sources.values() if node.source_name == 'collected' and node.name != 'collections' -%}
        {%- if run_query("select count(*) from glob('" ~ lake ~ "/landing/" ~ node.name ~ "/schema.parquet')").columns[0].values()[0] == 0 -%}
            {{ exceptions.raise_compiler_error('The lake ' ~ env_var('FINOPS_LAKE', '../finops-lake') ~ ' was made before ' ~ node.name ~ ' could be collected. Run: finops build') }}
        {%- endif -%}
        {%- set paths = run_query("select unnest(files) from landing.collected_days where source = '" ~ node.name ~ "' order by 1").columns[0].values() -%}
        {%- do run_query(collected_view(node.name, lake, paths)) -%}
    {%- endfor -%}
{% endmacro %}

{% macro collected_days(pointers) %}
create or replace table landing.collected_days as
{%- if pointers %}
select source, collected_on, files, answers
from read_json('{{ pointers }}', columns = {
    'source': 'varchar', 'collected_on': 'varchar', 'files': 'varchar[]',
    'answers': 'struct(part varchar, account_id varchar, region_id varchar, status varchar, reason varchar, row_count bigint, collected_at varchar, through varchar)[]'
});
{%- else %}
select
    '' as source, '' as collected_on, [''] as files,
    [{'part': '', 'account_id': '', 'region_id': '', 'status': '', 'reason': '', 'row_count': 0::bigint, 'collected_at': '', 'through': ''}] as answers
where false;
{%- endif %}
create or replace view landing.collections as
select source, collected_on, answer.*
from (select source, collected_on, unnest(answers) as answer from landing.collected_days)
{% endmacro %}

{% macro collected_view(name, lake, paths) %}
create or replace view landing.{{ name }} as
select *
from read_parquet([
    '{{ lake }}/landing/{{ name }}/schema.parquet'
    {%- for path in paths %}, '{{ lake }}/{{ lake_pattern(path) }}'{% endfor %}
], union_by_name = true, hive_partitioning = false)
{% endmacro %}
