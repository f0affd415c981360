with signalled as (
    select * from {{ ref('int_resources__signalled') }}
),

rules as (
    select * from {{ ref('idle_rules') }}
),

periods as (
    select
        *,
        -- A payer whose bills stopped coming has a newest month, too, but it tells nothing about today.
        date_diff('day', usage_through_on, max(usage_through_on) over ()) as days_behind_newest_bill
    from {{ ref('int_billing_periods__latest') }}
),

instances as (
    select * from {{ ref('int_instances__ran_in') }}
),

accounts as (
    select * from {{ ref('int_accounts__named') }}
),

judged as (
    select
        signalled.*,
        rules.resource_type,
        rules.confidence,
        nullif(rules.action, '') as action,
        rules.finding,
        rules.blockers,
        periods.is_latest_period,
        periods.usage_through_on,
        periods.days_behind_newest_bill,
        case rules.method
            when
                'no_activity'
                then signalled.activity_quantity <= rules.max_activity_per_hour * signalled.observed_hours
            -- AWS names the idle hours; an address may be in use by day. A week without use, up to its last idle day.
            when 'billed_is_idle'
                then coalesce(date_diff('day', signalled.last_active_on, signalled.last_seen_on) >= 7, true)
            -- An instance whose region the bill does not tell may run anywhere.
            when 'no_companion'
                then
                    instances.region_id is null
                    and instances_somewhere.region_id is null
                    and signalled.region_id <> 'global'
            -- Billed in nearly every hour from its first day to the newest day of the bill.
            when 'always_on'
                then
                    signalled.observed_hours
                    >= 0.95 * 24 * (date_diff('day', signalled.first_seen_on, periods.usage_through_on) + 1)
        end as is_idle
    from signalled
    inner join rules on signalled.rule_id = rules.rule_id
    inner join periods
        on signalled.billing_account_id = periods.billing_account_id
            and signalled.billing_period = periods.billing_period
    left join instances
        on signalled.billing_account_id = instances.billing_account_id
            and signalled.billing_period = instances.billing_period
            and signalled.sub_account_id = instances.sub_account_id
            and signalled.region_id = instances.region_id
    left join instances as instances_somewhere
        on signalled.billing_account_id = instances_somewhere.billing_account_id
            and signalled.billing_period = instances_somewhere.billing_period
            and signalled.sub_account_id = instances_somewhere.sub_account_id
            and instances_somewhere.region_id = 'global'
    -- What costs nothing, be it bundled with another service or free, is not paid for in vain.
    where signalled.observed_hours >= rules.min_hours and signalled.effective_cost > 0
),

final as (
    select
        {{ dbt.hash(finding_key('judged')) }} as finding_id,
        judged.billing_period,
        judged.is_latest_period,
        judged.billing_account_id,
        judged.sub_account_id,
        accounts.sub_account_name,
        judged.region_id,
        judged.service_name,
        judged.resource_id,
        judged.resource_type,
        judged.rule_id,
        judged.resource_type || ' billed for ' || cast(cast(round(judged.observed_hours) as bigint) as varchar)
        || ' hours in ' || judged.billing_period || ': ' || judged.finding || '.' as reason,
        'bill' as evidence,
        judged.confidence,
        cast(judged.observed_hours as double) as observed_hours,
        cast(judged.activity_quantity as double) as activity_quantity,
        judged.first_seen_on,
        judged.last_seen_on,
        cast(date_diff('day', judged.first_seen_on, judged.last_seen_on) + 1 as bigint) as idle_days,
        judged.x_owner as owner,
        judged.billing_currency,
        {{ money('judged.effective_cost') }} as effective_cost,
        {{ money('judged.covered_cost') }} as covered_cost,
        {{ estimated_money(
            "cast(judged.effective_cost as double) * " ~ var('hours_per_month') ~ " / nullif(judged.observed_hours, 0)"
        ) }} as monthly_cost,
        coalesce(
            judged.action is not null
            and judged.is_latest_period
            and judged.days_behind_newest_bill <= {{ var('bill_may_lag_days') }}
            and judged.last_seen_on >= cast({{ dbt.dateadd('day', -1, 'judged.usage_through_on') }} as date), false
        ) as is_actionable,
        judged.action,
        judged.blockers
    from judged
    inner join accounts on judged.sub_account_id = accounts.sub_account_id
    where judged.is_idle
)

select * from final
