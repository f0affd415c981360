{{ config(severity = 'warn') }}
-- A commitment's month is used or it is not: both parts are its fee and the month's part of what was paid in advance,
-- but for AWS's rounding of each covered line. The identities say the same of what is billed, and hold a month back.
select
    billing_period,
    billing_account_id,
    commitment_discount_id,
    commitment_cost,
    used_cost,
    unused_cost
from {{ ref('int_commitments__accounted') }}
where abs(commitment_cost - used_cost - unused_cost) > {{ rounding('covered_count') }}
