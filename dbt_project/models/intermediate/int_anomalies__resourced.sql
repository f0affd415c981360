{{ config(materialized='incremental', meta={'months_after': 4}) }}
{%- set series = ['billing_account_id', 'sub_account_id', 'service_name', 'usage_group', 'billing_currency'] -%}

with anomalies as (
    select * from {{ ref('int_anomalies__found') }}
    {{ where_due(after=4) }}
),

usage_types as (
    select distinct
        usage_type,
        usage_group
    from {{ ref('int_usage_groups__daily') }}
    {{ where_due(before=1, after=4) }}
),

used as (
    select
        used.billing_account_id,
        used.sub_account_id,
        used.service_name,
        usage_types.usage_group,
        used.billing_currency,
        used.used_on,
        used.resource_id,
        sum(used.effective_cost) as effective_cost
    from {{ ref('int_resources__used_daily') }} as used
    inner join usage_types on coalesce(used.x_usage_type, 'None') = usage_types.usage_type
    {{ where_due('used.billing_period', before=1, after=4) }}
    group by 1, 2, 3, 4, 5, 6, 7
),

-- The day itself beside the mean of the two weeks before the anomaly began.
beside as (
    select
        anomalies.billing_period,
        anomalies.charged_on,
        {{ each('anomalies.@', series) }},
        anomalies.direction,
        used.resource_id,
        sum(case when used.used_on = anomalies.charged_on then used.effective_cost else {{ money('0') }} end)
            as cost_now,
        sum(case when used.used_on < anomalies.started_on then used.effective_cost else {{ money('0') }} end)
            as cost_of_two_weeks,
        max(case when used.used_on = anomalies.charged_on then 1 else 0 end) = 1 as is_there,
        max(case when used.used_on < anomalies.started_on then 1 else 0 end) = 1 as was_there
    from anomalies
    inner join used
        on {{ same(series, 'anomalies', 'used') }}
            and {{ is_day_or_two_weeks_before('anomalies', 'used.used_on') }}
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
),

changed as (
    select
        *,
        {{ estimated_money('cast(cost_now as double) - cast(cost_of_two_weeks as double) / nullif(14.0, 0)') }}
            as cost_change
    from beside
),

ranked as (
    select
        *,
        row_number() over (
            partition by charged_on, {{ each('@', series) }}, direction
            order by case direction when 'up' then cost_change else -cost_change end desc, resource_id
        ) as place
    from changed
    where (direction = 'up' and cost_change > 0) or (direction = 'down' and cost_change < 0)
),

final as (
    select
        billing_period,
        charged_on,
        {{ each('@', series) }},
        direction,
        max(case when place = 1 then {{ resource_told() }} end) as resource_1,
        max(case when place = 2 then {{ resource_told() }} end) as resource_2,
        max(case when place = 3 then {{ resource_told() }} end) as resource_3,
        count(*) as resource_count,
        coalesce(sum(case when not was_there then cost_change end), {{ money('0') }}) as new_change,
        coalesce(sum(case when not is_there then cost_change end), {{ money('0') }}) as ended_change
    from ranked
    group by 1, 2, 3, 4, 5, 6, 7, 8
)

select * from final
