{%- set bill = ['billing_period', 'billing_account_id', 'billing_currency'] -%}
{%- set scope = ['driver_name', 'team', 'service_name'] -%}

with costs as (
    select * from {{ ref('team_costs') }}
),

drivers as (
    {{ drivers() }}
),

scopes as (
    select distinct
        {{ each('@', scope) }}
    from drivers
),

summed as (
    select
        {{ each('@', bill) }},
        team,
        service_name,
        sum(effective_cost) as effective_cost
    from costs
    group by 1, 2, 3, 4, 5
),

-- Every month has every driver that any month has: one that is missing is told as unknown.
scoped as (
    select
        {{ each('summed.@', bill) }},
        {{ each('scopes.@', scope) }},
        {{ money("sum(
            case
                when scopes.team in ('', summed.team) and scopes.service_name in ('', summed.service_name)
                    then summed.effective_cost
                else 0
            end
        )") }} as effective_cost
    from summed
    cross join scopes
    group by 1, 2, 3, 4, 5, 6
),

final as (
    select
        {{ each('scoped.@', bill) }},
        scoped.driver_name,
        nullif(scoped.team, '') as team,
        nullif(scoped.service_name, '') as service_name,
        scoped.effective_cost,
        {{ money('drivers.quantity') }} as quantity,
        {{ money('round(
            cast(scoped.effective_cost as double) / nullif(cast(drivers.quantity as double), 0), 10
        )') }} as unit_cost
    from scoped
    left join drivers
        on {{ same(scope, 'scoped', 'drivers') }} and scoped.billing_period = drivers.month
)

select * from final
