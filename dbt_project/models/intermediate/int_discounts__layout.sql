with line_items as (
    select * from {{ ref('int_line_items__elected') }}
),

-- AWS writes negotiated discounts either as lines of their own or inside the net columns. Where net columns are
-- filled, a discount line must not be taken off a second time.
final as (
    select
        delivery_id,
        billing_account_id,
        bool_or(net_unblended_cost is not null) as is_net_layout
    from line_items
    group by 1, 2
)

select * from final
