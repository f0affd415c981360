{{ config(materialized='view') }}

with line_items as (
    select * from {{ ref('stg_cur2__line_items') }}
    union all
    select * from {{ ref('stg_legacy_cur__line_items') }}
    union all
    select * from {{ ref('stg_focus__line_items') }}
),

deliveries as (
    select * from {{ ref('int_deliveries__elected') }}
    where is_elected
),

final as (
    select line_items.*
    from line_items
    inner join deliveries
        on line_items.billing_account_id = deliveries.billing_account_id
            and line_items.billing_period = deliveries.billing_period
            and line_items.delivery_id = deliveries.delivery_id
)

select * from final
