{{ config(materialized='incremental') }}
{%- set sides = commitment_identity_sides() %}

with charges as (
    select * from {{ ref('int_charges') }}
    {{ where_due() }}
),

layouts as (
    select * from {{ ref('int_discounts__layout') }}
),

-- What was spread is net where the invoice is net. A plan covers many lines of one hour; its identities speak of sums.
lines as (
    select
        charges.billing_period,
        charges.billing_account_id,
        charges.billing_currency,
        charges.commitment_discount_id,
        charges.charge_period_start,
        charges.charge_period_end,
        charges.x_charge_kind,
        charges.x_charge_kind in ('SavingsPlanRecurringFee', 'RIFee') as is_fee,
        charges.x_charge_kind in ('SavingsPlanCoveredUsage', 'DiscountedUsage') as is_covered,
        charges.x_charge_kind like 'SavingsPlan%' as is_plan,
        sum(charges.billed_cost) as billed_cost,
        sum(charges.x_amortized_cost) as x_amortized_cost,
        sum(charges.x_used_commitment_cost) as x_used_commitment_cost,
        sum(
            case when layouts.is_net_billed then charges.effective_cost else charges.x_amortized_cost end
            + charges.x_commitment_trueup_cost
        ) as spread_cost,
        count(*) as line_count
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
    group by 1, 2, 3, 4, 5, 6, 7
),

-- Fees come by the hour, the day or the month, as the export tells time.
timed as (
    select
        *,
        max(
            case
                when x_charge_kind = 'SavingsPlanRecurringFee'
                    then {{ hours_between('charge_period_start', 'charge_period_end') }}
            end
        ) over (partition by billing_period, billing_account_id, commitment_discount_id) as fee_hours
    from lines
),

stepped as (
    select
        *,
        case
            when fee_hours <= 1
                then
                    cast(cast(charge_period_start as date) as varchar)
                    || ' hour ' || cast(hour(charge_period_start) as varchar)
            when fee_hours <= 24 then cast(cast(charge_period_start as date) as varchar)
            else billing_period
        end as step
    from timed
),

-- A member account's own bill shows what a commitment covered but not its fee: nothing to compare.
told as (
    select
        {{ by_side(sides, 'identity') }} as identity,
        billing_period,
        billing_account_id,
        billing_currency,
        {{ by_side(sides, 'part') }} as part,
        sum({{ by_side(sides, 'expected') }}) as expected_cost,
        sum({{ by_side(sides, 'actual') }}) as actual_cost,
        sum({{ by_side(sides, 'covered_count') }}) as covered_count
    from {{ read_for('stepped', sides) }}
    where {{ by_side(sides, 'where') }}
    group by 1, 2, 3, 4, 5
    having sum({{ by_side(sides, 'fee_count') }}) > 0
),

final as (
    select
        *,
        {{ rounding('covered_count') }} as tolerance_cost
    from told
)

select * from final
