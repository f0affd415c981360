{{ config(materialized='incremental') }}

with charges as (
    select * from {{ ref('int_charges') }}
    {{ where_due() }}
),

final as (
    select
        billing_period,
        cast(charge_period_start as date) as charged_on,
        billing_account_id,
        sub_account_id,
        service_category,
        service_name,
        region_id,
        charge_category,
        x_purchase_option,
        billing_currency,
        invoice_id,
        charge_period_start,
        charge_period_end,
        x_commitment_cost,
        x_unused_commitment_cost
    from charges
    where x_commitment_cost <> 0
)

select * from final
