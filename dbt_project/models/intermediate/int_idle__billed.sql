{{ config(materialized='view') }}

with signalled as (
    select * from {{ ref('int_resources__signalled') }}
),

rules as (
    select * from {{ ref('idle_rules') }}
),

periods as (
    select * from {{ ref('int_billing_periods__latest') }}
),

instances as (
    select * from {{ ref('int_instances__ran_in') }}
),

judged as (
    select
        signalled.*,
        rules.resource_type,
        rules.confidence,
        nullif(rules.action, '') as action,
        rules.finding,
        rules.blockers,
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
    select * from judged
    where is_idle
)

select * from final
