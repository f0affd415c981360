{#- What the marts of costs tell costs by: one row for each. Both of them have these, and allocation more. -#}
{% macro cost_ways() -%}
    {{ return([
        'billing_period', 'charged_on', 'billing_account_id', 'sub_account_id', 'service_category', 'service_name',
        'region_id', 'charge_category', 'x_purchase_option', 'billing_currency',
    ]) }}
{%- endmacro %}

{#- The measures of a charge, in their order; the waist has a name of its own for the amortized one. -#}
{% macro cost_measures(amortized='amortized_cost') -%}
    {{ return(['billed_cost', 'list_cost', 'contracted_cost', amortized, 'effective_cost']) }}
{%- endmacro %}
