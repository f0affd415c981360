with line_items as (
    select * from {{ ref('int_line_items__elected') }}
),

-- AWS writes negotiated discounts either as lines of their own or inside the net columns. Where net columns are
-- filled, a discount line must not be taken off a second time. Some bills write 0.0 where there is nothing: not filled.
final as (
    select
        delivery_id,
        billing_account_id,
        bool_or(
            coalesce(net_unblended_cost, 0) <> 0
            or coalesce(reservation_net_effective_cost, 0) <> 0
            or coalesce(savings_plan_net_effective_cost, 0) <> 0
        ) as is_net_layout
    from line_items
    group by 1, 2
)

select * from final
