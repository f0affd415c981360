-- Covered usage is shown at on-demand prices and taken back by negation lines, per savings plan and day.
select
    billing_account_id,
    billing_currency,
    commitment_discount_id,
    cast(charge_period_start as date) as charged_on,
    sum(billed_cost) as difference
from {{ ref('int_charges') }}
where x_charge_kind in ('SavingsPlanCoveredUsage', 'SavingsPlanNegation')
group by 1, 2, 3, 4
having abs(sum(billed_cost)) > 0.000001
