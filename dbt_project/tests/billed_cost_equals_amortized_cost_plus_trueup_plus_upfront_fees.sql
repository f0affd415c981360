-- Amortization moves money between months and never makes any: per payer and period, what is invoiced equals what is
-- amortized, less what earlier advance payments spread into the month, plus the advance payments invoiced now.
select
    billing_period,
    billing_account_id,
    billing_currency,
    sum(billed_cost) - sum(x_amortized_cost) - sum(x_commitment_trueup_cost) - sum(x_upfront_fee_cost) as difference
from {{ ref('int_charges') }}
group by 1, 2, 3
having
    -- AWS rounds each covered hour to ten places: a month of them may differ by some 1e-6.
    abs(sum(billed_cost) - sum(x_amortized_cost) - sum(x_commitment_trueup_cost) - sum(x_upfront_fee_cost)) > 0.00001
