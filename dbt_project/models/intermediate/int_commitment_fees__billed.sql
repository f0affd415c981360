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
        -- A foreign writer may forget to name it.
        coalesce(commitment_discount_id, 'unknown') as commitment_discount_id,
        commitment_discount_quantity,
        commitment_discount_unit,
        consumed_quantity,
        x_unused_commitment_quantity,
        x_charge_kind,
        x_usage_type,
        x_commitment_offering,
        x_commitment_term,
        x_commitment_payment_option,
        x_commitment_start,
        x_commitment_end,
        x_commitment_cost,
        x_unused_commitment_cost,
        effective_cost
    from charges
    where x_commitment_cost <> 0 or commitment_discount_status = 'Unused'
)

select * from final
