{%- set bill = ['billing_period', 'billing_account_id', 'billing_currency'] -%}
{%- set pool = bill + ['shared_pool'] -%}
{%- set in_pool = 'partition by ' ~ pool | join(', ') -%}
{%- set what = bill + ['sub_account_id', 'service_name', 'charge_name'] -%}
{%- set whose = ['team', 'environment', 'cost_center', 'allocation', 'shared_pool', 'allocated_method'] -%}
{%- set nobody_s = 'cast(null as varchar)' -%}

with costs as (
    select * from {{ ref('int_costs__ruled') }}
),

accounts as (
    select * from {{ ref('int_accounts__named') }}
),

splits as (
    {{ shared_cost_splits() }}
),

drivers as (
    {{ drivers() }}
),

own as (
    select
        {{ each('@', bill) }},
        team,
        sum(effective_cost) as own_cost
    from costs
    where team is not null
    group by 1, 2, 3, 4
),

pools as (
    select
        {{ each('@', what) }},
        shared_pool,
        {{ money('sum(effective_cost)') }} as effective_cost
    from costs
    where shared_pool is not null
    group by 1, 2, 3, 4, 5, 6, 7
),

pool_months as (
    select distinct
        {{ each('pools.@', pool) }},
        splits.method,
        splits.team,
        splits.percentage,
        splits.driver_name
    from pools
    inner join splits on pools.shared_pool = splits.shared_pool
),

weighed as (
    select
        {{ each('pool_months.@', pool) }},
        pool_months.method,
        own.team,
        case pool_months.method when 'even' then {{ money('1') }} else {{ money('own.own_cost') }} end as weight
    from pool_months
    inner join own on {{ same(bill, 'pool_months', 'own') }}
    where pool_months.method in ('even', 'proportional')
    union all
    select
        {{ each('@', pool) }},
        method,
        team,
        {{ money("nullif(percentage, '')") }} as weight
    from pool_months
    where method = 'fixed'
    union all
    select
        {{ each('pool_months.@', pool) }},
        pool_months.method,
        drivers.team,
        {{ money('drivers.quantity') }} as weight
    from pool_months
    inner join drivers
        on pool_months.driver_name = drivers.driver_name
            and pool_months.billing_period = drivers.month
            and drivers.team <> ''
            and drivers.service_name = ''
    where pool_months.method = 'driver'
),

-- From one team to the next, in the order of their names: so the parts are the whole, to the last digit.
summed as (
    select
        *,
        sum(weight) over ({{ in_pool }}) as whole,
        sum(weight) over ({{ in_pool }} order by team rows between unbounded preceding and current row) as upto
    from weighed
    where weight > 0
),

shares as (
    select
        *,
        {{ share_of('upto - weight', 'whole', '0') }} as from_share,
        {{ share_of('upto', 'whole', '1') }} as to_share
    from summed
),

received as (
    select
        {{ each('pools.@', what) }},
        shares.team,
        {{ nobody_s }} as environment,
        {{ nobody_s }} as cost_center,
        case when shares.team is null then 'Unsplit' else 'Shared' end as allocation,
        pools.shared_pool,
        shares.method as allocated_method,
        coalesce(
            {{ between_shares('pools.effective_cost', 'shares.from_share', 'shares.to_share') }},
            pools.effective_cost
        ) as effective_cost
    from pools
    left join shares on {{ same(pool, 'pools', 'shares') }}
),

direct as (
    select
        {{ each('@', what) }},
        team,
        environment,
        cost_center,
        case when team is not null then 'Direct' when is_taggable then 'Untagged' else 'Untaggable' end as allocation,
        shared_pool,
        {{ nobody_s }} as allocated_method,
        effective_cost
    from costs
    where shared_pool is null
),

allocated as (
    select * from direct
    union all
    select * from received
),

told as (
    select
        {{ each('@', what + whose) }},
        {{ money('sum(effective_cost)') }} as effective_cost
    from allocated
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
),

final as (
    select
        {{ each('told.@', what + whose) }},
        accounts.sub_account_name,
        case told.allocation when 'Direct' then told.effective_cost else {{ money('0') }} end as direct_cost,
        case told.allocation when 'Shared' then told.effective_cost else {{ money('0') }} end as shared_cost,
        case
            when told.allocation in ('Untagged', 'Untaggable', 'Unsplit') then told.effective_cost
            else {{ money('0') }}
        end as unallocated_cost,
        told.effective_cost
    from told
    inner join accounts on told.sub_account_id = accounts.sub_account_id
    where told.effective_cost <> 0
)

select * from final
