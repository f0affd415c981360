{#- What days of one anomaly have in common, as one text, to be hashed into its id. -#}
{% macro anomaly_key(relation) -%}
    {%- set names = [
        'started_on', 'direction', 'billing_account_id', 'sub_account_id', 'service_name', 'usage_group', 'billing_currency'
    ] -%}
    {%- set columns = [] -%}
    {%- for name in names -%}{%- do columns.append(relation ~ '.' ~ name) -%}{%- endfor -%}
    {{ row_text(columns) }}
{%- endmacro %}

{#- A resource and its change in cost, as one text. -#}
{% macro resource_told() -%}
    resource_id || ' (' || cast(cast(cost_change as decimal(38, 2)) as varchar) || ')'
{%- endmacro %}
