{{ config(materialized='incremental') }}

with charges as (
    select * from {{ ref('int_charges') }}
    {{ where_due() }}
),

eligible as (
    select * from {{ ref('int_usage__eligible') }}
    {{ where_due() }}
),

meters as (
    select
        billing_period,
        billing_account_id,
        x_service_code,
        x_usage_type,
        coalesce(x_operation, '') as operation,
        max(plan_offering) as plan_offering,
        max(case when x_service_code = 'AmazonEC2' then instance_family end) as instance_family
    from eligible
    where plan_offering is not null and x_purchase_option = 'On-Demand'
    group by 1, 2, 3, 4, 5
),

-- A line longer than an hour does not tell in which hours its usage was: it says nothing of the floor. Usage without a
-- region is not eligible: nobody knows where a plan would have to be.
final as (
    select
        charges.billing_period,
        charges.billing_account_id,
        charges.region_id,
        meters.plan_offering,
        meters.instance_family,
        charges.billing_currency,
        date_trunc('hour', charges.charge_period_start) as used_at,
        {{ hours_between('charges.charge_period_start', 'charges.charge_period_end') }} <= 1 as is_hourly,
        sum(charges.list_cost) as list_cost
    from charges
    inner join meters
        on charges.billing_period = meters.billing_period
            and charges.billing_account_id = meters.billing_account_id
            and charges.x_service_code = meters.x_service_code
            and charges.x_usage_type = meters.x_usage_type
            and coalesce(charges.x_operation, '') = meters.operation
    where
        charges.x_is_usage
        and charges.x_purchase_option = 'On-Demand'
        and charges.x_amortized_cost > 0
        and charges.region_id <> 'global'
    group by 1, 2, 3, 4, 5, 6, 7, 8
)

select * from final
