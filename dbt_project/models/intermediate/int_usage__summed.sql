{{ config(materialized='incremental') }}

with charges as (
    select * from {{ ref('int_charges') }}
    {{ where_due() }}
),

services as (
    select distinct service_code from {{ ref('commitment_eligibility') }}
),

-- What costs nothing, as the free tier, needs no commitment.
final as (
    select
        charges.billing_period,
        charges.billing_account_id,
        charges.sub_account_id,
        charges.region_id,
        charges.service_name,
        charges.x_service_code,
        charges.x_usage_type,
        charges.x_operation,
        charges.x_purchase_option,
        charges.x_instance_type,
        charges.billing_currency,
        {{ total_quantity('charges.consumed_quantity') }} as consumed_quantity,
        sum(charges.list_cost) as list_cost,
        sum(charges.x_amortized_cost) as x_amortized_cost,
        sum(charges.effective_cost) as effective_cost
    from charges
    inner join services on charges.x_service_code = services.service_code
    where
        charges.x_is_usage
        and (charges.commitment_discount_status is not null or charges.x_amortized_cost <> 0)
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
)

select * from final
