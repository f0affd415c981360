{{ config(severity = 'warn') }}
-- Usage covered by a commitment whose fee is not on the bill: this is a member account's own export, or a filtered one.
-- Its amortized cost is right; its unused commitment is unknown.
select
    billing_period,
    billing_account_id,
    sum(charge_count) as covered_count
from {{ ref('int_costs__summed') }}
where commitment_discount_status is not null
group by 1, 2
having count(case when commitment_discount_status = 'Unused' then 1 end) = 0
