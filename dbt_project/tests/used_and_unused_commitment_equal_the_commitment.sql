-- What a savings plan's covered usage took, and what nobody used of it, is its fee plus its advance payment's share.
-- Per plan and period, where the bill has the plan's fee at all: a member account's own bill has not. Net where the
-- invoice is net.
with plans as (
    select
        charges.billing_period,
        charges.billing_account_id,
        charges.billing_currency,
        charges.commitment_discount_id,
        sum(
            case when layouts.is_net_billed then charges.effective_cost else charges.x_amortized_cost end
            + charges.x_commitment_trueup_cost
        ) as amortized_cost,
        sum(case when charges.x_charge_kind = 'SavingsPlanRecurringFee' then charges.billed_cost end) as fee_cost,
        count(case when charges.x_charge_kind = 'SavingsPlanCoveredUsage' then 1 end) as covered_count
    from {{ ref('int_charges') }} as charges
    inner join {{ ref('int_discounts__layout') }} as layouts
        on charges.x_delivery_id = layouts.delivery_id
            and charges.billing_account_id = layouts.billing_account_id
            and charges.billing_currency = layouts.billing_currency
    where charges.x_charge_kind in ('SavingsPlanCoveredUsage', 'SavingsPlanRecurringFee')
    group by 1, 2, 3, 4
)

select *
from plans
where fee_cost is not null and abs(amortized_cost - fee_cost) > 0.00001 + 0.000000001 * covered_count
