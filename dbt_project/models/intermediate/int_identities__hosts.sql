{{ config(materialized='incremental') }}
-- What pods and tasks had of a machine is no more than it cost. Where it is more, it is off by what is too much.
with allocated as (
    select * from {{ ref('int_hosts__allocated') }}
    {{ where_due() }}
),

hosts as (
    select
        billing_period,
        billing_account_id,
        billing_currency,
        host_id || ' ' || cast(charged_on as varchar) as part,
        sum(amortized_cost) as host_cost,
        sum(case when allocation = 'Split' then amortized_cost else 0 end) as split_cost
    from allocated
    group by 1, 2, 3, 4
),

final as (
    select
        'split_is_no_more_than_its_machine' as identity,
        billing_period,
        billing_account_id,
        billing_currency,
        part,
        case when split_cost > host_cost then host_cost else split_cost end as expected_cost,
        split_cost as actual_cost,
        cast({{ var('rounding_per_identity') }} as decimal(38, 10)) as tolerance_cost
    from hosts
)

select * from final
