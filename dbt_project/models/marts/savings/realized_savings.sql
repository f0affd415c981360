{%- set by_rule = 'partition by action, rule_id' -%}
{%- set days_in_month = '(cast(' ~ var('hours_per_month') ~ ' as double) / 24)' -%}

with measured as (
    select * from {{ ref('int_acts__measured') }}
),

saved as (
    select
        *,
        {{ estimated_money('daily_cost * days_after') }} as expected_cost,
        {{ estimated_money('daily_cost * days_after') }} - actual_cost - created_cost as saved_cost
    from measured
),

judged as (
    select
        *,
        {{ realized_status('saved') }} as status
    from saved
),

-- What is estimated is a month's, what is known are days. A resource that somebody else took away proves no estimate.
compared as (
    select
        *,
        case
            when status not in ('PENDING', 'VANISHED') and monthly_savings_cost is not null
                then cast(saved_cost as double)
        end as settled_cost,
        case
            when status not in ('PENDING', 'VANISHED') and saved_cost is not null
                then cast(monthly_savings_cost as double) * days_after / {{ days_in_month }}
        end as estimated_cost
    from judged
),

final as (
    select
        action,
        act_key,
        rule_id,
        verb,
        kind,
        coalesce(billing_account_id, account_id) as billing_account_id,
        account_id as sub_account_id,
        region_id,
        resource_id,
        acted_at,
        {{ month_of('acted_on') }} as billing_period,
        coalesce(nullif(billing_currency, ''), known_currency, 'unknown') as billing_currency,
        cast(days_before as bigint) as days_before,
        cast(days_after as bigint) as days_after,
        {{ money('baseline_cost') }} as baseline_cost,
        expected_cost,
        {{ money('actual_cost') }} as actual_cost,
        {{ money('created_cost') }} as created_cost,
        {{ money('saved_cost') }} as saved_cost,
        status,
        {{ money('monthly_savings_cost') }} as estimated_monthly_savings_cost,
        case
            when status <> 'PENDING'
                then
                    {{ estimated_money('cast(saved_cost as double) / nullif(days_after, 0) * ' ~ days_in_month) }}
        end as monthly_savings_cost,
        round(
            100 * (sum(settled_cost) over ({{ by_rule }}) / nullif(sum(estimated_cost) over ({{ by_rule }}), 0) - 1), 1
        ) as estimate_error_pct
    from compared
)

select * from final
