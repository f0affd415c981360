{{ config(materialized='incremental') }}

with charges as (
    select * from {{ ref('int_charges') }}
    {{ where_due() }}
),

layouts as (
    select * from {{ ref('int_discounts__layout') }}
),

-- What was spread is net where the invoice is net.
lines as (
    select
        charges.billing_period,
        charges.billing_account_id,
        charges.billing_currency,
        charges.commitment_discount_id,
        charges.charge_period_start,
        charges.charge_period_end,
        charges.x_charge_kind,
        charges.billed_cost,
        charges.x_amortized_cost,
        charges.x_used_commitment_cost,
        case when layouts.is_net_billed then charges.effective_cost else charges.x_amortized_cost end
        + charges.x_commitment_trueup_cost as spread_cost,
        charges.x_charge_kind in ('SavingsPlanRecurringFee', 'RIFee') as is_fee,
        charges.x_charge_kind in ('SavingsPlanCoveredUsage', 'DiscountedUsage') as is_covered,
        charges.x_charge_kind like 'SavingsPlan%' as is_plan
    from charges
    inner join layouts
        on charges.x_delivery_id = layouts.delivery_id
            and charges.billing_account_id = layouts.billing_account_id
            and charges.billing_currency = layouts.billing_currency
    where
        charges.commitment_discount_id is not null
        and charges.x_charge_kind in (
            'SavingsPlanCoveredUsage', 'SavingsPlanNegation', 'SavingsPlanRecurringFee', 'DiscountedUsage', 'RIFee'
        )
),

-- Fees come by the hour, the day or the month, as the export tells time.
fee_steps as (
    select
        billing_period,
        billing_account_id,
        commitment_discount_id,
        max({{ hours_between('charge_period_start', 'charge_period_end') }}) as longest_hours
    from lines
    where x_charge_kind = 'SavingsPlanRecurringFee'
    group by 1, 2, 3
),

stepped as (
    select
        lines.*,
        case
            when fee_steps.longest_hours <= 1
                then
                    cast(cast(lines.charge_period_start as date) as varchar)
                    || ' hour ' || cast(hour(lines.charge_period_start) as varchar)
            when fee_steps.longest_hours <= 24 then cast(cast(lines.charge_period_start as date) as varchar)
            else lines.billing_period
        end as step
    from lines
    inner join fee_steps
        on lines.billing_period = fee_steps.billing_period
            and lines.billing_account_id = fee_steps.billing_account_id
            and lines.commitment_discount_id = fee_steps.commitment_discount_id
    where lines.x_charge_kind in ('SavingsPlanCoveredUsage', 'SavingsPlanRecurringFee')
),

parts as (
    select
        'plan_usage_is_what_the_fee_says_is_used' as identity,
        billing_period,
        billing_account_id,
        billing_currency,
        commitment_discount_id || ' ' || step as part,
        sum(case when is_fee then x_used_commitment_cost else 0 end) as expected_cost,
        sum(case when is_covered then x_amortized_cost else 0 end) as actual_cost,
        count(case when is_covered then 1 end) as covered_count
    from stepped
    group by 2, 3, 4, 5
    having count(case when is_fee then 1 end) > 0
    union all
    select
        'negation_takes_back_what_a_plan_covered' as identity,
        billing_period,
        billing_account_id,
        billing_currency,
        commitment_discount_id || ' ' || cast(cast(charge_period_start as date) as varchar) as part,
        sum(case when is_covered then billed_cost else 0 end) as expected_cost,
        -sum(case when is_covered then 0 else billed_cost end) as actual_cost,
        count(*) as covered_count
    from lines
    where x_charge_kind in ('SavingsPlanCoveredUsage', 'SavingsPlanNegation')
    group by 2, 3, 4, 5
    union all
    -- A member account's own bill shows what a commitment covered but not its fee: nothing to compare.
    select
        case when is_plan then 'used_and_unused_plan_is_its_fee' else 'used_and_unused_reservation_is_its_fee' end
            as identity,
        billing_period,
        billing_account_id,
        billing_currency,
        commitment_discount_id as part,
        sum(case when is_fee or not is_plan then billed_cost else 0 end) as expected_cost,
        sum(spread_cost) as actual_cost,
        count(case when is_covered then 1 end) as covered_count
    from lines
    where x_charge_kind <> 'SavingsPlanNegation'
    group by 1, 2, 3, 4, 5
    having count(case when is_fee then 1 end) > 0
),

final as (
    select
        *,
        {{ rounding('covered_count') }} as tolerance_cost
    from parts
)

select * from final
