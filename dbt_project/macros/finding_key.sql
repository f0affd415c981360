{#- The grain of a finding as one text, to be hashed into its id. -#}
{% macro finding_key(relation) -%}
    {%- set grain = [
        'billing_period', 'billing_account_id', 'sub_account_id', 'region_id', 'resource_id', 'rule_id', 'billing_currency'
    ] -%}
    {%- for column in grain -%}
        {{ relation }}.{{ column }}{{ " || '|' || " if not loop.last }}
    {%- endfor %}
{%- endmacro %}
