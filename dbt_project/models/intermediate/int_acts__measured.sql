with told as (
    select
        *,
        cast(acted_at as date) as acted_on,
        row_number() over (
            partition by action, account_id, region_id, resource_name order by acted_at, act_key
        ) as place
    from {{ ref('stg_landing__acts') }}
    where {{ acts_that_save() }}
),

-- A scheduler stops the same machine every evening: its first stop counts, and what was saved since. What another
-- action did to the resource later is that action's.
acts as (
    select
        *,
        lead(acted_on) over (partition by account_id, resource_name order by acted_at, act_key) as next_acted_on
    from told
    where place = 1
),

costs as (
    select * from {{ ref('int_acts__costs') }}
),

payers as (
    select
        costs.sub_account_id,
        max(periods.billing_account_id) as billing_account_id,
        max(periods.usage_through_on) as usage_through_on
    from {{ ref('monthly_costs') }} as costs
    inner join {{ ref('int_billing_periods__latest') }} as periods
        on costs.billing_account_id = periods.billing_account_id and periods.is_latest_period
    group by 1
),

-- How far the bill can tell: the last days of usage still grow, and a month after the act is enough.
windows as (
    select
        acts.*,
        payers.billing_account_id,
        {{ day_number('acts.acted_on') }} as act_day,
        least(
            coalesce({{ day_number('payers.usage_through_on') }} - {{ var('provisional_days') }}, 0),
            {{ day_number('acts.acted_on') }} + {{ var('realized_days_after') }},
            coalesce({{ day_number('acts.next_acted_on') }} - 1, 1000000)
        ) as last_day
    from acts
    left join payers on acts.account_id = payers.sub_account_id
),

spent as (
    select
        windows.act_key,
        max(costs.billing_currency) as billing_currency,
        min(case when {{ day_number('costs.used_on') }} < windows.act_day then {{ day_number('costs.used_on') }} end)
            as first_day,
        sum(case when {{ day_number('costs.used_on') }} < windows.act_day then costs.effective_cost end)
            as baseline_cost,
        sum(case when {{ day_number('costs.used_on') }} > windows.act_day then costs.effective_cost end)
            as actual_cost,
        sum(
            case
                when
                    {{ day_number('costs.used_on') }}
                    > greatest(windows.last_day - {{ var('realized_days_again') }}, windows.act_day)
                    then costs.effective_cost
            end
        ) as newest_cost
    from windows
    inner join costs
        on windows.account_id = costs.sub_account_id
            and windows.resource_name = costs.resource_name
            and coalesce(nullif(windows.billing_currency, ''), costs.billing_currency) = costs.billing_currency
            and {{ day_number('costs.used_on') }} >= windows.act_day - {{ var('realized_days_before') }}
            and {{ day_number('costs.used_on') }} <= windows.last_day
    group by 1
),

created as (
    select
        windows.act_key,
        sum(costs.effective_cost) as created_cost
    from windows
    inner join costs
        on windows.account_id = costs.sub_account_id
            and {{ resource_name('windows.created_resource_id') }} = costs.resource_name
            and coalesce(nullif(windows.billing_currency, ''), costs.billing_currency) = costs.billing_currency
            and {{ day_number('costs.used_on') }} > windows.act_day
            and {{ day_number('costs.used_on') }} <= windows.last_day
    group by 1
),

final as (
    select
        windows.*,
        greatest(windows.last_day - windows.act_day, 0) as days_after,
        windows.act_day - spent.first_day as days_before,
        spent.billing_currency as known_currency,
        spent.baseline_cost,
        {{ amount_or_zero('spent.actual_cost') }} as actual_cost,
        {{ amount_or_zero('spent.newest_cost') }} as newest_cost,
        {{ amount_or_zero('created.created_cost') }} as created_cost,
        cast(spent.baseline_cost as double) / nullif(windows.act_day - spent.first_day, 0) as daily_cost
    from windows
    left join spent on windows.act_key = spent.act_key
    left join created on windows.act_key = created.act_key
)

select * from final
