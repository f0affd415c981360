{#- What a recommendation tells of its resource, whichever rule made it. -#}
{% macro rightsizing_columns() -%}
    {{ return([
        'billing_period', 'billing_account_id', 'sub_account_id', 'region_id', 'service_name', 'resource_id',
        'observed_hours', 'last_seen_on', 'owner', 'billing_currency', 'effective_cost',
    ]) }}
{%- endmacro %}

{#- What a lower price saves in so many hours of the period, per month, and never more than what was paid; else null. -#}
{% macro saved_by_price(hours) -%}
    case
            when recommended_hourly_price is not null
                then
                    least((hourly_price - recommended_hourly_price) * {{ hours }}, cast(effective_cost as double))
                    * {{ var('hours_per_month') }} / observed_hours
        end
{%- endmacro %}

{#- A number with one decimal place, as text that both engines write alike. -#}
{% macro tenths(number) -%}
    cast(cast(round({{ number }}, 1) as decimal(10, 1)) as varchar)
{%- endmacro %}

{#- A whole number as text. -#}
{% macro whole(number) -%}
    cast(cast({{ number }} as bigint) as varchar)
{%- endmacro %}

{#- What a rule says of it; see the mart rightsizing_recommendations. -#}
{% macro recommendation_columns() -%}
    {{ return([
        'resource_type', 'rule_id', 'lever', 'current_type', 'recommended_type', 'finding', 'effort', 'confidence',
        'evidence', 'blockers', 'price_basis', 'current_unit_price', 'recommended_unit_price',
        'is_covered_by_commitment', 'monthly_cost', 'monthly_savings_cost', 'high_monthly_savings_cost',
    ]) }}
{%- endmacro %}

{#- AWS's own services that recommend types. -#}
{% macro aws_services() -%}
    {{ return(['compute_optimizer', 'cost_optimization_hub', 'cost_explorer']) }}
{%- endmacro %}

{#- Both, of a volume; what is the same of all volumes is told once. -#}
{% macro volume_columns() -%}
    {{ return((rightsizing_columns() + recommendation_columns()) | reject('in', ['resource_type', 'effort', 'is_covered_by_commitment']) | list) }}
{%- endmacro %}
