-- Rules and splits move costs and never make any: what all teams are told, and what is nobody's, is the effective cost
-- of the payer's month, to the last digit.
with both_sides as (
    select
        billing_period,
        billing_account_id,
        billing_currency,
        effective_cost
    from {{ ref('team_costs') }}
    union all
    select
        billing_period,
        billing_account_id,
        billing_currency,
        -effective_cost as effective_cost
    from {{ ref('int_costs__summed') }}
),

differences as (
    select
        billing_period,
        billing_account_id,
        billing_currency,
        sum(effective_cost) as difference_cost
    from both_sides
    group by 1, 2, 3
)

select * from differences
where difference_cost <> 0
