{{ config(materialized='incremental') }}

with charges as (
    select
        *,
        coalesce({{ hours_between('charge_period_start', 'charge_period_end') }} <= 24, false) as is_by_day
    from {{ ref('int_charges') }}
    {{ where_due() }}
),

-- Of a line longer than a day nobody knows on which days it was used. Fees that are due by the hour, and what takes
-- covered usage or a discount back, come with each day as usage does; credits, refunds and advance payments do not.
final as (
    select
        billing_period,
        cast(charge_period_start as date) as charged_on,
        billing_account_id,
        sub_account_id,
        service_name,
        region_id,
        charge_category,
        x_purchase_option as purchase_option,
        coalesce(x_usage_type, 'None') as usage_type,
        pricing_unit,
        billing_currency,
        x_is_usage as is_usage,
        is_by_day,
        case
            when charge_category = 'Tax' then 'Monthly'
            when charge_category = 'Credit' or x_charge_kind in ('Refund', 'Refund:SavingsPlan') then 'One-off'
            when x_upfront_fee_cost <> 0 then 'One-off'
            when not is_by_day then 'Monthly'
            when x_is_usage or x_commitment_cost <> 0 then 'Daily'
            when x_charge_kind = 'SavingsPlanNegation' or x_charge_kind like '%Discount' then 'Daily'
            when commitment_discount_id is not null then 'Daily'
            else 'One-off'
        end as rhythm,
        x_allocation_values as allocation_values,
        -- As decimals: a sum of doubles changes its last digits with the order of the rows.
        sum(cast(consumed_quantity as decimal(38, 10))) as consumed_quantity,
        sum(billed_cost) as billed_cost,
        sum(x_amortized_cost) as amortized_cost,
        sum(effective_cost) as effective_cost,
        count(*) as charge_count
    from charges
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
)

select * from final
