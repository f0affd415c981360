{{ config(materialized='incremental') }}

with line_items as (
    select * from {{ ref('stg_superseded__line_items') }}
    {{ where_due('landed_period') }}
),

line_item_types as (
    select * from {{ ref('line_item_types') }}
),

-- As in the waist: without discount lines the invoice is the sum of net amounts, if there are any.
layouts as (
    select
        delivery_id,
        billing_account_id,
        billing_currency,
        {{ is_net_billed() }} as is_net_billed
    from line_items
    group by 1, 2, 3
),

final as (
    select
        line_items.delivery_id,
        line_items.billing_period,
        line_items.billing_account_id,
        line_items.sub_account_id,
        line_items.service_name,
        -- As in the waist: an unknown type is an adjustment.
        coalesce(line_item_types.charge_category, 'Adjustment') as charge_category,
        line_items.billing_currency,
        sum({{ billed_cost() }}) as billed_cost,
        count(*) as charge_count
    from line_items
    inner join layouts
        on line_items.delivery_id = layouts.delivery_id
            and line_items.billing_account_id = layouts.billing_account_id
            and line_items.billing_currency = layouts.billing_currency
    left join line_item_types on line_items.charge_kind = line_item_types.charge_kind
    group by 1, 2, 3, 4, 5, 6, 7
)

select * from final
