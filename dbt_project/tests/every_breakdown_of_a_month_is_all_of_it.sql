-- However costs are broken down, they are all there: on each day of an account, each dimension sums to the daily costs,
-- to the last digit. Closed months are asked by the suites.
{%- set day = ['billing_period', 'charged_on', 'billing_account_id', 'sub_account_id', 'billing_currency'] %}
{%- set measures = ['billed_cost', 'amortized_cost', 'effective_cost'] %}

with broken_down as (
    select
        dimension,
        {{ each('@', day + measures) }}
    from {{ ref('cost_breakdowns') }}
    where {{ is_due() }}
),

days as (
    select
        {{ each('@', day) }},
        {{ each('sum(@) as @', measures) }}
    from {{ ref('daily_costs') }}
    where {{ is_due() }}
    group by 1, 2, 3, 4, 5
),

dimensions as (
    select distinct dimension
    from broken_down
),

both_sides as (
    select * from broken_down
    union all
    select
        dimensions.dimension,
        {{ each('days.@', day) }},
        {{ each('-days.@ as @', measures) }}
    from days
    cross join dimensions
),

differences as (
    select
        dimension,
        {{ each('@', day) }},
        {{ each('sum(@) as @', measures) }}
    from both_sides
    group by 1, 2, 3, 4, 5, 6
)

select * from differences
where {{ costs_anything(measures) }}
