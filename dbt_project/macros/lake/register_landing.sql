{#-
  Make the landing zone visible to the engine before anything is built. On Athena the Glue catalogue holds it already.
  On DuckDB the accepted deliveries are read from their pointers, and each source becomes a view over exactly the
  files that those pointers name: a delivery that is not accepted is not there. Tables named `superseded_` show in the
  same way what was current before: the pointers name the files of the delivery that theirs took the place of.
-#}
{% macro register_landing() %}{{ return(adapter.dispatch('register_landing')()) }}{% endmacro %}

{% macro default__register_landing() %}{% endmacro %}

{% macro duckdb__register_landing() %}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set lake = lake_pattern(env_var('FINOPS_LAKE', '../finops-lake')) -%}
    {%- set pointers = lake ~ '/landing/deliveries/*/*/*/current.json' -%}
    {%- do run_query('create schema if not exists landing') -%}
    {%- if run_query("select count(*) from glob('" ~ pointers ~ "')").columns[0].values()[0] == 0 -%}
        {{ exceptions.raise_compiler_error('The lake ' ~ env_var('FINOPS_LAKE', '../finops-lake') ~ ' holds no accepted bill. Run: finops ingest --bills PATH') }}
    {%- endif -%}
    {%- do run_query(pointer_table(pointers)) -%}
    {%- do run_query(delivery_view()) -%}
    {%- do run_query(superseded_view()) -%}
    {%- do run_query(placed_table(env_var('FINOPS_LAKE', '../finops-lake') | replace("'", "''"))) -%}
    {%- do register_collected(lake) -%}
    {%- do register_acts(lake) -%}
    {%- set told = ['deliveries', 'delivery_accounts', 'invoices', 'placed_files', 'acts'] -%}
    {%- for source_node in graph.sources.values() if source_node.source_name != 'collected' and source_node.name not in told and not source_node.name.endswith('_in_place') -%}
        {%- if run_query("select count(*) from glob('" ~ lake ~ "/landing/" ~ source_node.name ~ "/schema.parquet')").columns[0].values()[0] == 0 -%}
            {{ exceptions.raise_compiler_error('The lake ' ~ env_var('FINOPS_LAKE', '../finops-lake') ~ ' was made before bills of the form ' ~ source_node.name ~ ' could be read. Run: finops ingest --bills PATH, with any bill that it holds') }}
        {%- endif -%}
        {%- set accepted = 'landing.' ~ source_node.identifier | replace(source_node.name, 'deliveries_accepted') -%}
        {%- set paths = run_query("select unnest(files) from " ~ accepted ~ " where source = '" ~ source_node.name ~ "' order by 1").columns[0].values() -%}
        {%- set placed = run_query("select path from landing.placed where zone = '" ~ source_node.source_name ~ "' and source = '" ~ source_node.name ~ "' order by 1").columns[0].values() -%}
        {%- do run_query(source_view(source_node.identifier, source_node.name, lake, paths, placed)) -%}
    {%- endfor -%}
    {{ return('') }}
{% endmacro %}

{#- A path inside a SQL literal for DuckDB's readers, in which `*`, `?` and `[` would stand for other files. -#}
{% macro lake_pattern(path) -%}
    {{ return(path | replace('[', '[[]') | replace('*', '[*]') | replace('?', '[?]') | replace("'", "''")) }}
{%- endmacro %}

{#- Read once, so that all models of a run see the same deliveries. -#}
{% macro pointer_table(pointers) %}
create or replace table landing.pointers as
select *
from read_json('{{ pointers }}', columns = {
    'delivery_id': 'varchar', 'source': 'varchar', 'export_name': 'varchar', 'billing_period': 'varchar',
    'accepted_at': 'varchar', 'files': 'varchar[]', 'row_count': 'bigint',
    'payers': 'struct(billing_account_id varchar, billing_currency varchar, row_count bigint, unblended_cost varchar, billed_cost varchar, invoiced_count bigint)[]',
    'invoices': 'struct(billing_account_id varchar, billing_currency varchar, invoice_id varchar, row_count bigint, billed_cost varchar)[]',
    'accounts': 'struct(billing_account_id varchar, sub_account_id varchar, usage_from varchar, usage_through varchar)[]',
    'turns': 'struct(delivery_id varchar, since varchar)[]',
    'in_place': 'varchar', 'source_files': 'struct("key" varchar)[]',
    'previous': 'struct(delivery_id varchar, accepted_at varchar, files varchar[], in_place varchar, source_files struct("key" varchar)[])'
})
{% endmacro %}

{% macro delivery_view() %}
create or replace view landing.deliveries_accepted as
select delivery_id, source, export_name, billing_period, accepted_at, files, row_count, payers, invoices, accounts
from landing.pointers;
create or replace view landing.invoices as
select delivery_id, billing_period, invoice.*
from (select delivery_id, billing_period, unnest(invoices) as invoice from landing.deliveries_accepted);
create or replace view landing.deliveries as
select delivery_id, source, export_name, billing_period, accepted_at, payer.*
from (select *, unnest(payers) as payer from landing.deliveries_accepted);
create or replace view landing.delivery_accounts as
select delivery_id, billing_period, account.*
from (select *, unnest(accounts) as account from landing.deliveries_accepted)
{% endmacro %}

{#- A form of bill that `superseded` has no table for is left out: its lines would all seem to be new. -#}
{% macro superseded_view() %}
{%- set forms = graph.sources.values() | selectattr('source_name', 'equalto', 'superseded') | map(attribute='name') | reject('equalto', 'deliveries') -%}
create or replace view landing.superseded_deliveries_accepted as
select
    source, export_name, billing_period, previous.files as files,
    previous.delivery_id as previous_delivery_id, previous.accepted_at as previous_accepted_at,
    delivery_id as current_delivery_id, coalesce(turns[-1].since, accepted_at) as current_accepted_at
from landing.pointers
where previous.delivery_id is not null and source in ('{{ forms | join("', '") }}');
create or replace view landing.superseded_deliveries as
select * exclude (files) from landing.superseded_deliveries_accepted
{% endmacro %}

{#- Bills that are read in place were fetched to where `lake.zones.placed_copy` says; rows are known by their file. -#}
{% macro placed_table(lake) %}
create or replace table landing.placed as
select
    zone, source, delivery_id, source_file,
    '{{ lake }}/landing/' || source || '_in_place/billing_period=' || billing_period || '/delivery=' || delivery_id
    || '/' || parse_filename(source_file) as path
from (
    select 'landing' as zone, source, billing_period, delivery_id, unnest(source_files)."key" as source_file
    from landing.pointers
    where in_place <> ''
    union all
    select 'superseded', source, billing_period, previous.delivery_id, unnest(previous.source_files)."key"
    from landing.pointers
    where previous.in_place <> ''
)
{% endmacro %}

{#- The month stands in the path of a landed file, too: asked for `landed_period`, the engine opens no other month's. -#}
{% macro source_view(identifier, name, lake, paths, placed) %}
{%- set schema = lake ~ '/landing/' ~ name ~ '/schema.parquet' -%}
create or replace view landing.{{ identifier }} as
select
    * exclude (filename),
    regexp_extract(filename, '/billing_period=([^/]+)/', 1) as landed_period
from read_parquet([
    '{{ schema }}'
    {%- for path in paths %}, '{{ lake }}/{{ lake_pattern(path) }}'{% endfor %}
], union_by_name = true, hive_partitioning = false, filename = true)
{%- if placed %}
union all by name
{{ placed_lines(schema, placed) }}
{%- endif %}
{% endmacro %}

{#- Rows as AWS wrote them, in the types of landed ones: the casts are those with which a copy is landed. -#}
{% macro placed_lines(schema, placed) %}
{%- set files -%}
read_parquet([{% for path in placed %}'{{ lake_pattern(path) }}'{{ ', ' if not loop.last }}{% endfor %}], union_by_name = true, hive_partitioning = false, filename = true)
{%- endset -%}
{%- set landed = run_query("select lower(column_name), column_type from (describe select * from read_parquet('" ~ schema ~ "'))") -%}
{%- set landed = dict(landed.rows.values() | map('list')) -%}
{%- set casts = [] -%}
{%- for name, type in run_query('select column_name, column_type from (describe select * from ' ~ files ~ ')').rows.values() | map('list') -%}
    {%- set column = 'lines."' ~ name ~ '"' -%}
    {%- if type == 'TIMESTAMP WITH TIME ZONE' -%}
        {%- do casts.append("timezone('UTC', " ~ column ~ ') as "' ~ name ~ '"') -%}
    {%- elif landed.get(name | lower, '').startswith('DECIMAL') -%}
        {%- do casts.append('case when abs(' ~ column ~ ') < 100000 then ' ~ money(column) ~ ' else ' ~ money('cast(' ~ column ~ ' as varchar)') ~ ' end as "' ~ name ~ '"') -%}
    {%- endif -%}
{%- endfor -%}
select
    lines.* exclude (filename){% if casts %} replace ({{ casts | join(', ') }}){% endif %},
    named.delivery_id,
    named.source_file,
    regexp_extract(lines.filename, '/billing_period=([^/]+)/', 1) as landed_period
from {{ files }} as lines
inner join landing.placed as named on lines.filename = named.path
{%- endmacro %}
