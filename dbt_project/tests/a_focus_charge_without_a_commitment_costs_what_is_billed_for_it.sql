{{ config(severity = 'warn') }}
-- FOCUS does not tell what earlier advance payments spread into a month, so that the identity of billed and amortized
-- cost holds there by itself. What no commitment paid for must cost what it is billed: else the writer rounded one of
-- the two, or means something else by it.
select
    billing_period,
    billing_account_id,
    billing_currency,
    sum(abs(x_commitment_trueup_cost)) as difference
from {{ ref('int_charges') }}
where x_source = 'focus' and commitment_discount_id is null and {{ is_due() }}
group by 1, 2, 3
having sum(abs(x_commitment_trueup_cost)) > 0.01
