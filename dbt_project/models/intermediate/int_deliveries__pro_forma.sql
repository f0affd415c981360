-- A bill of AWS Billing Conductor tells again, at other prices, what a payer's real bill tells. Its payer is an account
-- that is a mere member on the real one, at the same time. An account that joins or leaves a payer is not: its days on
-- a bill of its own are other days.
with accounts as (
    select * from {{ ref('stg_landing__delivery_accounts') }}
),

bills as (
    select
        delivery_id,
        billing_period,
        billing_account_id,
        min(usage_from) as usage_from,
        max(usage_through) as usage_through
    from accounts
    group by 1, 2, 3
),

members as (
    select
        bills.delivery_id,
        bills.billing_period,
        bills.billing_account_id,
        accounts.billing_account_id as real_billing_account_id,
        bills.usage_from,
        bills.usage_through,
        greatest(bills.usage_from, accounts.usage_from) as shared_from,
        least(bills.usage_through, accounts.usage_through) as shared_through
    from bills
    inner join accounts
        on bills.billing_period = accounts.billing_period
            and bills.billing_account_id = accounts.sub_account_id
            and bills.billing_account_id <> accounts.billing_account_id
    where accounts.usage_from is not null and bills.usage_from is not null
),

-- At least half of the time that the bill speaks of.
told_twice as (
    select * from members
    where
        shared_from <= shared_through
        and 2 * {{ hours_between("shared_from", "shared_through") }}
        >= {{ hours_between("usage_from", "usage_through") }}
),

-- Two payers that are members of each other make no sense, and nothing tells which of them is real.
mutual as (
    select
        told_twice.delivery_id,
        told_twice.billing_account_id
    from told_twice
    inner join told_twice as other
        on told_twice.billing_period = other.billing_period
            and told_twice.billing_account_id = other.real_billing_account_id
            and told_twice.real_billing_account_id = other.billing_account_id
),

final as (
    select
        told_twice.delivery_id,
        told_twice.billing_account_id,
        min(told_twice.real_billing_account_id) as real_billing_account_id
    from told_twice
    left join mutual
        on told_twice.delivery_id = mutual.delivery_id
            and told_twice.billing_account_id = mutual.billing_account_id
    where mutual.delivery_id is null
    group by 1, 2
)

select * from final
