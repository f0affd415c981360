-- What a savings plan's covered usage took, per plan and period, is what its fee lines call used.
select
    charges.billing_period,
    charges.commitment_discount_id,
    sum(charges.x_amortized_cost) as difference
from {{ ref('int_charges') }} as charges
where charges.x_charge_kind in ('SavingsPlanCoveredUsage', 'SavingsPlanRecurringFee')
group by 1, 2
having
    abs(
        sum(charges.x_amortized_cost)
        - sum(charges.billed_cost) filter (where charges.x_charge_kind = 'SavingsPlanRecurringFee')
        + sum(charges.x_commitment_trueup_cost)
    ) > 0.00001
