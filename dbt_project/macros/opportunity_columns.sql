{#- What every finding tells of its resource, whichever way it saves. -#}
{% macro opportunity_columns() -%}
    {{ return([
        'billing_period', 'is_latest_period', 'billing_account_id', 'sub_account_id', 'sub_account_name', 'region_id',
        'service_name', 'resource_id', 'resource_type', 'rule_id', 'reason', 'confidence', 'owner', 'last_seen_on',
        'billing_currency', 'effective_cost', 'monthly_cost',
    ]) }}
{%- endmacro %}

{#- What makes two findings speak of one resource. -#}
{% macro resource_columns() -%}
    {{ return([
        'billing_period', 'billing_account_id', 'sub_account_id', 'region_id', 'resource_id', 'billing_currency',
    ]) }}
{%- endmacro %}
