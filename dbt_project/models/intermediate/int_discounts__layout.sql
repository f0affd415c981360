with line_items as (
    select * from {{ ref('int_line_items__elected') }}
),

-- AWS writes negotiated discounts either as lines of their own or inside the net columns. Where net columns are
-- filled, a discount line must not be taken off a second time. Some bills write 0.0 where there is nothing: not filled.
layouts as (
    select
        delivery_id,
        billing_account_id,
        billing_currency,
        bool_or(
            coalesce(net_unblended_cost, 0) <> 0
            or coalesce(reservation_net_effective_cost, 0) <> 0
            or coalesce(savings_plan_net_effective_cost, 0) <> 0
        ) as is_net_layout,
        bool_or(coalesce(net_unblended_cost, 0) <> 0) as has_net_amounts,
        bool_or(line_item_type like '%Discount') as has_discount_lines
    from line_items
    group by 1, 2, 3
),

-- Without discount lines the unblended amounts are gross, and the invoice is the sum of the net ones.
final as (
    select
        delivery_id,
        billing_account_id,
        billing_currency,
        is_net_layout,
        has_net_amounts and not has_discount_lines as is_net_billed
    from layouts
)

select * from final
