with billed as (
    select * from {{ ref('int_idle__billed') }}
),

collected as (
    select * from {{ ref('int_idle__collected') }}
),

checked as (
    select * from {{ ref('int_resources__checked') }}
),

periods as (
    select
        *,
        -- A payer whose bills stopped coming has a newest month, too, but it tells nothing about today.
        date_diff('day', usage_through_on, max(usage_through_on) over ()) as days_behind_newest_bill
    from {{ ref('int_billing_periods__latest') }}
),

accounts as (
    select * from {{ ref('int_accounts__named') }}
),

-- What was collected of each resource on the newest bill: its finding, if that is not too old to speak of it.
known as (
    select
        checked.*,
        collected.rule_id,
        collected.resource_type,
        collected.evidence,
        collected.confidence,
        collected.action,
        collected.finding,
        collected.blockers,
        collected.since_on,
        collected.known_on,
        collected.users_owners
    from checked
    left join collected
        on checked.sub_account_id = collected.account_id
            and checked.region_id = collected.region_id
            and checked.part = collected.part
            and checked.resource_key = collected.resource_key
            and date_diff('day', collected.known_on, checked.usage_through_on) <= {{ var('collected_may_lag_days') }}
),

findings as (
    select
        {{ each('billed.@', idle_columns()) }},
        case
            when known.evidence in ('bill+inventory', 'bill+metrics') then known.evidence
            when known.is_unused then 'bill+inventory'
            else 'bill'
        end as evidence,
        '.' as lasting,
        billed.activity_quantity,
        billed.first_seen_on,
        billed.last_seen_on,
        billed.last_seen_on as last_billed_on,
        billed.x_owner as owner,
        coalesce(known.aws_finding, 'not told') as aws_finding,
        concat_ws(
            '; ',
            case
                when known.is_gone
                    then 'It is not in the account any more, by the inventory of ' || cast(known.asked_on as varchar)
            end,
            case
                when known.is_used
                    then
                        'The inventory of ' || cast(known.asked_on as varchar) || ' has it in use by '
                        || coalesce(known.used_by, 'something')
            end,
            'It belongs to ' || known.owners
        ) as obstacles
    from billed
    left join known
        on billed.billing_account_id = known.billing_account_id
            and billed.billing_period = known.billing_period
            and billed.sub_account_id = known.sub_account_id
            and billed.resource_id = known.resource_id
            and billed.billing_currency = known.billing_currency
    -- What is in use by something that does nothing itself is better told by what was collected.
    where not coalesce(known.is_used and known.confidence = 'high', false)
    union all
    select
        {{ each('known.@', idle_columns()) }},
        known.evidence,
        ', since ' || cast(known.since_on as varchar) || ' at least.' as lasting,
        cast(null as decimal(38, 10)) as activity_quantity,
        known.since_on as first_seen_on,
        greatest(known.known_on, known.since_on) as last_seen_on,
        known.last_billed_on,
        known.owner,
        known.aws_finding,
        concat_ws(
            '; ', 'It belongs to ' || known.owners, 'Its instance belongs to ' || known.users_owners
        ) as obstacles
    from known
    left join billed
        on known.billing_account_id = billed.billing_account_id
            and known.billing_period = billed.billing_period
            and known.sub_account_id = billed.sub_account_id
            and known.resource_id = billed.resource_id
    where
        known.rule_id is not null and not known.is_gone
        and (billed.resource_id is null or (known.is_used and known.confidence = 'high'))
),

final as (
    select
        {{ dbt.hash(finding_key('findings')) }} as finding_id,
        findings.billing_period,
        periods.is_latest_period,
        findings.billing_account_id,
        findings.sub_account_id,
        accounts.sub_account_name,
        findings.region_id,
        findings.service_name,
        findings.resource_id,
        findings.resource_type,
        findings.rule_id,
        findings.resource_type || ' billed for ' || cast(cast(round(findings.observed_hours) as bigint) as varchar)
        || ' hours in ' || findings.billing_period || ': ' || findings.finding || findings.lasting as reason,
        findings.evidence,
        findings.confidence,
        cast(findings.observed_hours as double) as observed_hours,
        cast(findings.activity_quantity as double) as activity_quantity,
        findings.first_seen_on,
        findings.last_seen_on,
        cast(date_diff('day', findings.first_seen_on, findings.last_seen_on) + 1 as bigint) as idle_days,
        findings.aws_finding,
        findings.owner,
        findings.billing_currency,
        {{ money('findings.effective_cost') }} as effective_cost,
        {{ money('findings.covered_cost') }} as covered_cost,
        {{ estimated_money(
            "cast(findings.effective_cost as double) * " ~ var('hours_per_month') ~ " / nullif(findings.observed_hours, 0)"
        ) }} as monthly_cost,
        coalesce(
            findings.action is not null
            and coalesce(findings.obstacles, '') = ''
            and findings.confidence in ('certain', 'high')
            and periods.is_latest_period
            and periods.days_behind_newest_bill <= {{ var('bill_may_lag_days') }}
            and findings.last_billed_on >= cast({{ dbt.dateadd('day', -1, 'periods.usage_through_on') }} as date), false
        ) as is_actionable,
        findings.action,
        concat_ws('; ', nullif(findings.obstacles, ''), findings.blockers) as blockers
    from findings
    inner join periods
        on findings.billing_account_id = periods.billing_account_id
            and findings.billing_period = periods.billing_period
    inner join accounts on findings.sub_account_id = accounts.sub_account_id
)

select * from final
