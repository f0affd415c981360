{#-
  How a change of cost is split into its parts, per unit of a usage type; see docs/trends.md. What a quantity would have
  cost at the price that another quantity had is kept to four places, so that both engines agree; the parts add up all
  the same, since price is what the others leave.
-#}
{% macro at_price_of(quantity, cost, of_quantity) -%}
    {{ estimated_money(
        'cast(' ~ quantity ~ ' as double) * (cast(' ~ cost ~ ' as double) / nullif(cast(' ~ of_quantity ~ ' as double), 0))'
    ) }}
{%- endmacro %}

{#- More or less was bought under an option that is dearer or cheaper than the others. -#}
{% macro mix_change(units) -%}
    case
        when {{ units }}.is_comparable
            then {{ units }}.cost_at_old_prices - {{ units }}.cost_before - {{ units }}.usage_change
        else {{ money('0') }}
    end
{%- endmacro %}

{% macro price_change(units) -%}
    case
        when {{ units }}.is_comparable then {{ units }}.cost_now - {{ units }}.cost_at_old_prices
        else {{ money('0') }}
    end
{%- endmacro %}

{#- One month's side of what moved: its own, or the month before it. -#}
{% macro moved_side(grain, is_now) %}
    {%- set nothing = money('0') %}
    select
        months.billing_period,
        {{ each('costs.@', grain[1:]) }},
        costs.purchase_option,
        costs.pricing_unit,
        case when costs.is_metered then {{ 'costs.consumed_quantity' if is_now else nothing }} end as quantity_now,
        case when costs.is_metered then {{ nothing if is_now else 'costs.consumed_quantity' }} end as quantity_before,
        case when costs.is_metered then {{ 'costs.effective_cost' if is_now else nothing }} end as cost_now,
        case when costs.is_metered then {{ nothing if is_now else 'costs.effective_cost' }} end as cost_before,
        {{ nothing }} as new_cost,
        {{ nothing }} as gone_cost,
        case when not costs.is_metered then {{ 'costs.effective_cost' if is_now else '-costs.effective_cost' }} end
            as other_change,
        {{ 'costs.effective_cost' if is_now else nothing }} as effective_cost,
        {{ nothing if is_now else 'costs.effective_cost' }} as previous_effective_cost,
        0 as new_resource_count,
        0 as gone_resource_count
    from costs
    inner join months
        on costs.billing_account_id = months.billing_account_id
            and costs.billing_period = months.{{ 'billing_period' if is_now else 'compared_period' }}
    where {{ is_compared('costs', 'months', first_on='first_on' if is_now else 'compared_first_on') }}
{%- endmacro %}
