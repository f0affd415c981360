{#- The ledger of actions for DuckDB, an entry a row, as lake/acts.py tells it to Athena. -#}
{% macro register_acts(lake) %}
    {%- set entries = lake ~ '/actions/ledger/*/*.json' -%}
    {%- set names = ['action', 'key', 'run_id', 'plan_key', 'rule_id', 'acted_at', 'verb', 'kind', 'resource_id', 'account', 'region', 'reason', 'monthly_cost', 'monthly_savings_cost', 'currency'] -%}
    {%- set is_any = run_query("select count(*) from glob('" ~ entries ~ "')").columns[0].values()[0] > 0 -%}
    {%- do run_query(acts_table(entries, names) if is_any else no_acts(names)) -%}
{% endmacro %}

{#- An entry that cannot be read is left out: its act has no numbers to tell. -#}
{% macro acts_table(entries, names) %}
create or replace table landing.acts as
select {{ names | join(', ') }}, "after".snapshot_id as created_resource_id
from read_json('{{ entries }}', format = 'auto', ignore_errors = true, columns = {
    {% for name in names %}'{{ name }}': 'varchar', {% endfor %}'after': 'struct(snapshot_id varchar)'
})
where key is not null
{% endmacro %}

{% macro no_acts(names) %}
create or replace table landing.acts as
select {% for name in names %}'' as {{ name }}, {% endfor %}'' as created_resource_id
where false
{% endmacro %}
