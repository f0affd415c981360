{#- The measures of a charge, by the bases that the seed line_item_types gives its kind. See docs/billing.md. -#}

{% macro amortized_cost() -%}
    case amortized_basis
        when 'billed' then unblended_cost
        when 'discount' then unblended_cost
        when 'reservation' then {{ amount_or_zero('reservation_effective_cost') }}
        when 'savings_plan' then {{ amount_or_zero('savings_plan_effective_cost') }}
        when 'none' then cast(0 as decimal(38, 10))
        else unused_cost
    end
{%- endmacro %}

{#- Amortized after negotiated discounts: FOCUS EffectiveCost. A discount line counts only if no net column holds it. -#}
{% macro effective_cost() -%}
    case amortized_basis
        when 'billed' then net_billed_cost
        when 'discount' then case when is_net_layout then cast(0 as decimal(38, 10)) else unblended_cost end
        when 'reservation' then coalesce(reservation_net_effective_cost, {{ amount_or_zero('reservation_effective_cost') }})
        when 'savings_plan' then coalesce(savings_plan_net_effective_cost, {{ amount_or_zero('savings_plan_effective_cost') }})
        when 'none' then cast(0 as decimal(38, 10))
        else net_unused_cost
    end
{%- endmacro %}

{#- Usage at public prices. Marketplace usage has no public price: what was charged is its list price. -#}
{% macro list_cost() -%}
    case list_basis
        when 'public' then coalesce(public_on_demand_cost, unblended_cost)
        when 'billed' then unblended_cost
        else cast(0 as decimal(38, 10))
    end
{%- endmacro %}

{#- Usage at negotiated prices, before any commitment. -#}
{% macro contracted_cost() -%}
    case contracted_basis
        when 'net_billed' then net_billed_cost
        when 'billed' then unblended_cost
        when 'public' then coalesce(public_on_demand_cost, unblended_cost)
        else cast(0 as decimal(38, 10))
    end
{%- endmacro %}
