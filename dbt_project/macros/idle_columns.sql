{#- What a finding tells of an idle resource, whatever it rests on. -#}
{% macro idle_columns() -%}
    {{ return([
        'billing_period', 'billing_account_id', 'sub_account_id', 'region_id', 'service_name', 'resource_id',
        'resource_type', 'rule_id', 'confidence', 'action', 'finding', 'blockers', 'observed_hours', 'billing_currency',
        'effective_cost', 'covered_cost',
    ]) }}
{%- endmacro %}
