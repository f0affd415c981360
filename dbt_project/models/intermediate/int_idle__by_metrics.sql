{{ config(materialized='view') }}

with known as (
    select * from {{ ref('int_inventory__known') }}
),

rules as (
    select * from {{ ref('idle_rules_collected') }}
    where method = 'quiet'
),

conditions as (
    select
        *,
        count(*) over (partition by rule_id, condition) as metric_count,
        count(*) over (partition by rule_id) as rule_metric_count
    from {{ ref('idle_conditions') }}
),

days as (
    select * from {{ ref('stg_metrics__days') }}
),

answers as (
    select * from {{ ref('stg_collections__answers') }}
    where source = 'metrics' and is_latest
),

-- A value counts only where CloudWatch has one for nearly all hours: what nobody measured is not quiet.
told as (
    select
        conditions.rule_id,
        conditions.condition,
        conditions.metric_count,
        conditions.rule_metric_count,
        conditions.below,
        days.account_id,
        days.region_id,
        days.resource_type as kind,
        days.resource_id,
        days.metric_on,
        case
            when days.coverage_pct >= {{ var('least_coverage_pct') }}
                then case conditions.statistic when 'maximum' then days.maximum else days.total end
        end as value
    from days
    inner join conditions on days.metric_name = conditions.metric_name
    inner join rules on conditions.rule_id = rules.rule_id and days.resource_type = rules.kind
),

met as (
    select
        rule_id,
        condition,
        account_id,
        region_id,
        kind,
        resource_id,
        metric_on,
        max(rule_metric_count) as rule_metric_count,
        count(value) as value_count,
        max(case when condition = 'processor' then value end) as processor_pct
    from told
    group by 1, 2, 3, 4, 5, 6, 7
    having count(value) = max(metric_count) and sum(value) < max(below)
),

quiet as (
    select
        rule_id,
        account_id,
        region_id,
        kind,
        resource_id,
        metric_on,
        max(processor_pct) as processor_pct
    from met
    group by 1, 2, 3, 4, 5, 6
    having sum(value_count) = max(rule_metric_count)
),

-- Days that follow each other have the same difference from their place.
runs as (
    select
        *,
        {{ day_number('metric_on') }} - row_number() over (
            partition by rule_id, account_id, region_id, kind, resource_id
            order by metric_on
        ) as run_number
    from quiet
),

unbroken as (
    select
        rule_id,
        account_id,
        region_id,
        kind,
        resource_id,
        run_number,
        min(metric_on) as since_on,
        max(metric_on) as known_on,
        count(*) as quiet_days
    from runs
    group by 1, 2, 3, 4, 5, 6
),

final as (
    select
        unbroken.rule_id,
        known.account_id,
        known.region_id,
        known.part,
        known.resource_key,
        unbroken.since_on,
        unbroken.known_on,
        false as is_unsure,
        cast(null as varchar) as users_owners
    from unbroken
    inner join rules on unbroken.rule_id = rules.rule_id
    -- Only a run that lasts to the newest day that was asked for tells of now.
    inner join answers
        on unbroken.account_id = answers.asked_account_id
            and unbroken.region_id = answers.asked_region_id
            and unbroken.kind = answers.part
            and unbroken.known_on = answers.told_through
    inner join known
        on unbroken.account_id = known.account_id
            and unbroken.region_id = known.region_id
            and unbroken.kind = known.kind
            and unbroken.resource_id = known.resource_id
    where
        unbroken.quiet_days >= rules.min_days
        and (coalesce(rules.state, '') = '' or known.state = rules.state)
        and (rules.least_use_count = 0 or known.use_count >= rules.least_use_count)
        -- A replica is read by nobody and needed all the same.
        and (known.kind <> 'database' or known.source_id is null)
)

select * from final
