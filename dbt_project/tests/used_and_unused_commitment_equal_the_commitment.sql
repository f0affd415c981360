-- What a savings plan's covered usage took, and what nobody used of it, is its fee plus its advance payment's share.
-- Per plan and period, where the bill has the plan's fee at all: a member account's own bill has not.
with plans as (
    select
        billing_period,
        billing_account_id,
        billing_currency,
        commitment_discount_id,
        sum(x_amortized_cost + x_commitment_trueup_cost) as amortized_cost,
        sum(case when x_charge_kind = 'SavingsPlanRecurringFee' then billed_cost end) as fee_cost,
        count_if(x_charge_kind = 'SavingsPlanCoveredUsage') as covered_count
    from {{ ref('int_charges') }}
    where x_charge_kind in ('SavingsPlanCoveredUsage', 'SavingsPlanRecurringFee')
    group by 1, 2, 3, 4
)

select *
from plans
where fee_cost is not null and abs(amortized_cost - fee_cost) > 0.00001 + 0.000000001 * covered_count
