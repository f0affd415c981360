{{ config(materialized='incremental') }}

with charges as (
    select * from {{ ref('int_charges') }}
    {{ where_due() }}
),

-- Not every line names a commitment's terms: a reservation's are on what it covered, its dates on its fee.
final as (
    select
        billing_period,
        billing_account_id,
        billing_currency,
        coalesce(commitment_discount_id, 'unknown') as commitment_discount_id,
        x_purchase_option,
        region_id,
        service_name,
        x_service_code,
        x_usage_type,
        max(commitment_discount_unit) as commitment_discount_unit,
        max(x_commitment_offering) as x_commitment_offering,
        max(x_commitment_term) as x_commitment_term,
        max(x_commitment_payment_option) as x_commitment_payment_option,
        max(x_commitment_start) as x_commitment_start,
        max(x_commitment_end) as x_commitment_end,
        {{ total_quantity('commitment_discount_quantity') }} as used_quantity,
        {{ total_quantity('consumed_quantity') }} as consumed_quantity,
        sum(list_cost) as list_cost,
        sum(x_amortized_cost) as x_amortized_cost,
        sum(effective_cost) as effective_cost,
        count(*) as charge_count
    from charges
    where commitment_discount_status = 'Used'
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
)

select * from final
