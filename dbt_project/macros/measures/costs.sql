{#- The measures of a charge, by the bases that the seed line_item_types gives its kind. See docs/billing.md. -#}

{#-
  Whether a payer's lines are invoiced net: they fill net amounts, and no discount line takes the discounts off. An
  aggregate over the lines of one delivery, payer and currency.
-#}
{% macro is_net_billed() -%}
    bool_or(coalesce(net_unblended_cost, 0) <> 0) and not bool_or(line_item_type like '%Discount')
{%- endmacro %}

{#- What is invoiced: gross, with discounts as lines of their own, or net where no such line takes them off. -#}
{% macro billed_cost() -%}
    case when is_net_billed then coalesce(net_unblended_cost, unblended_cost) else unblended_cost end
{%- endmacro %}

{% macro amortized_cost() -%}
    case amortized_basis
        when 'billed' then unblended_cost
        when 'discount' then unblended_cost
        when 'reservation' then {{ amount_or_zero('reservation_effective_cost') }}
        when 'savings_plan' then {{ amount_or_zero('savings_plan_effective_cost') }}
        when 'none' then cast(0 as decimal(38, 10))
        when 'told' then {{ told_amortized_cost() }}
        when 'told_used' then {{ told_amortized_cost() }}
        else unused_cost
    end
{%- endmacro %}

{#-
  FOCUS tells the cost after every discount. What was taken off, a negative amount, is added back where the row tells it;
  a commitment's own purchase costs nothing, whatever was taken off it.
-#}
{% macro told_amortized_cost() -%}
    case
        when charge_kind in ('Focus:CommitmentFee', 'Focus:CommitmentUpfront', 'Focus:AdvanceRefund')
            then told_effective_cost
        else told_effective_cost - coalesce(told_discount_cost, cast(0 as decimal(38, 10)))
    end
{%- endmacro %}

{#- The net form of an amount where the bill fills its net columns at all: a column of 0.0 may stand for "not there". -#}
{% macro net_if_there(net_amount, amount) -%}
    case when is_net_layout then coalesce({{ net_amount }}, {{ amount }}) else {{ amount }} end
{%- endmacro %}

{#- Amortized after negotiated discounts: FOCUS EffectiveCost. A discount line counts only if no net column holds it. -#}
{% macro effective_cost() -%}
    case amortized_basis
        when 'billed' then net_billed_cost
        when 'discount' then case when is_net_layout then cast(0 as decimal(38, 10)) else unblended_cost end
        when 'reservation'
            then {{ net_if_there('reservation_net_effective_cost', amount_or_zero('reservation_effective_cost')) }}
        when 'savings_plan'
            then {{ net_if_there('savings_plan_net_effective_cost', amount_or_zero('savings_plan_effective_cost')) }}
        when 'none' then cast(0 as decimal(38, 10))
        when 'told' then told_effective_cost
        when 'told_used' then told_effective_cost
        else net_unused_cost
    end
{%- endmacro %}

{#-
  The public price of usage. Spot and marketplace usage have none, which a bill shows as null or as 0.0: what was charged
  is its list price, so that nothing looks dearer than its list.
-#}
{% macro public_cost() -%}
    coalesce(nullif(public_on_demand_cost, 0), unblended_cost)
{%- endmacro %}

{% macro list_cost() -%}
    case list_basis
        when 'public' then {{ public_cost() }}
        when 'billed' then unblended_cost
        when 'told' then coalesce(told_list_cost, unblended_cost)
        else cast(0 as decimal(38, 10))
    end
{%- endmacro %}

{#- Usage at negotiated prices, before any commitment. -#}
{% macro contracted_cost() -%}
    case contracted_basis
        when 'net_billed' then net_billed_cost
        when 'told' then coalesce(told_contracted_cost, unblended_cost)
        when 'billed' then unblended_cost
        when 'public' then {{ public_cost() }}
        else cast(0 as decimal(38, 10))
    end
{%- endmacro %}
