{{ config(materialized='incremental') }}

with pairs as (
    select * from {{ ref('int_restatements__paired') }}
    {{ where_due() }}
),

told as (
    select
        landed.billing_period,
        landed.billing_account_id,
        landed.billing_currency,
        landed.charge_count,
        landed.billed_cost
    from {{ ref('int_totals__landed') }} as landed
    inner join pairs
        on landed.billing_account_id = pairs.billing_account_id
            and landed.billing_period = pairs.billing_period
    where landed.invoice_id = 'all'
    union all
    select
        totals.billing_period,
        totals.billing_account_id,
        totals.billing_currency,
        -totals.charge_count as charge_count,
        -totals.billed_cost as billed_cost
    from {{ ref('int_restatements__previous') }} as totals
    inner join pairs
        on totals.delivery_id = pairs.previous_delivery_id
            and totals.billing_account_id = pairs.billing_account_id
            and totals.billing_period = pairs.billing_period
),

final as (
    select
        billing_period,
        billing_account_id,
        billing_currency,
        sum(charge_count) as charge_count,
        sum(billed_cost) as billed_cost
    from told
    group by 1, 2, 3
)

select * from final
