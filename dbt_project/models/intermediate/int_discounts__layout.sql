{{ config(materialized='incremental') }}

with line_items as (
    select * from {{ ref('int_line_items__elected') }}
    {{ where_due('landed_period') }}
),

-- AWS writes negotiated discounts either as lines of their own or inside the net columns. Where net columns are
-- filled, a discount line must not be taken off a second time; without such lines the invoice is the sum of the net
-- amounts. Some bills write 0.0 where there is nothing: not filled.
final as (
    select
        billing_period,
        delivery_id,
        billing_account_id,
        billing_currency,
        bool_or(
            coalesce(net_unblended_cost, 0) <> 0
            or coalesce(reservation_net_effective_cost, 0) <> 0
            or coalesce(savings_plan_net_effective_cost, 0) <> 0
        ) as is_net_layout,
        -- FOCUS bills after discounts, always.
        coalesce(bool_or(source = 'focus') or ({{ is_net_billed() }}), false) as is_net_billed
    from line_items
    group by 1, 2, 3, 4
)

select * from final
