-- Amortization moves money between months and never makes any: per payer and period, what is invoiced equals what is
-- amortized, less what earlier advance payments spread into the month, plus the advance payments invoiced now.
-- A member account's own bill shows what a commitment covered but not its fee, which the payer has: nothing to compare.
with totals as (
    select
        billing_period,
        billing_account_id,
        billing_currency,
        sum(billed_cost - x_amortized_cost - x_commitment_trueup_cost - x_upfront_fee_cost) as difference,
        count_if(commitment_discount_status = 'Used') as covered_count,
        count_if(commitment_discount_status = 'Unused') as fee_count
    from {{ ref('int_charges') }}
    group by 1, 2, 3
)

select *
from totals
where
    (covered_count = 0 or fee_count > 0)
    -- AWS rounds each covered line to ten places, so that the sum drifts with their number: the published real bill
    -- this was measured on is 0.00000518 apart over 8,345 of them.
    and abs(difference) > 0.00001 + 0.000000001 * covered_count
