-- Who had it changes in allocation, what it cost does not: on every column that the two marts share, each measure of
-- the allocated costs sums to that of the daily costs, to the last digit. Closed months are asked by the suites.
{%- set grain = [
    'billing_period', 'charged_on', 'billing_account_id', 'sub_account_id', 'service_name', 'region_id',
    'charge_category', 'purchase_option', 'billing_currency',
] %}
{%- set measures = cost_measures() %}

with both_sides as (
    select
        {{ each('@', grain + measures) }}
    from {{ ref('allocated_costs') }}
    where {{ is_due() }}
    union all
    select
        {{ each('@', grain) }},
        {{ each('-@ as @', measures) }}
    from {{ ref('daily_costs') }}
    where {{ is_due() }}
),

differences as (
    select
        {{ each('@', grain) }},
        {{ each('sum(@) as @', measures) }}
    from both_sides
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
)

select * from differences
where {{ costs_anything(measures) }}
