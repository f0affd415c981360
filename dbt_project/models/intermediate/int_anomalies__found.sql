{{ config(materialized='incremental', meta={'months_after': 4}) }}
{%- set series = ['billing_account_id', 'sub_account_id', 'service_name', 'usage_group', 'billing_currency'] -%}
{%- set least_score = 'cast(' ~ var('anomaly_min_score') ~ ' as double)' -%}

with judged as (
    select * from {{ ref('int_usage_groups__judged') }}
    {{ where_due(before=1, after=4) }}
),

-- The usual deviation is told by its median, which for a bell curve is 1 / 1.4826 of the standard deviation. It counts
-- as no less than what makes the least share, or the least cost, of news: a series that is always the same would else
-- cry at a cent.
scored as (
    select
        *,
        case when impact_cost > 0 then 'up' else 'down' end as direction,
        {{ share_of_level('effective_cost', 'expected_cost') }} as expected_share,
        cast(impact_cost as double) / nullif(
            greatest(
                1.4826e0 * cast(usual_impact_cost as double),
                cast({{ var('anomaly_min_share') }} as double) / {{ least_score }} * cast(expected_cost as double),
                cast({{ var('anomaly_min_cost') }} as double) / {{ least_score }}
            ), 0
        ) as score
    from judged
),

-- What was at least half as far from the week before, on the same day of the month before, comes every month.
news as (
    select *
    from scored
    where
        judged_days >= {{ var('anomaly_min_judged_days') }}
        and abs(score) >= {{ least_score }}
        and case direction when 'up' then 2 else -2 end * (coalesce(month_ago_share, 1) - 1) < abs(expected_share - 1)
),

-- Days on end in one direction are one anomaly.
numbered as (
    select
        *,
        day_number - row_number() over (partition by {{ each('@', series) }}, direction order by day_number) as run
    from news
),

dated as (
    select
        billing_period,
        charged_on,
        {{ each('@', series) }},
        direction,
        effective_cost,
        expected_cost,
        impact_cost,
        score,
        min(charged_on) over (partition by {{ each('@', series) }}, direction, run) as started_on
    from numbered
),

final as (
    select * from dated
    {{ where_due(after=4) }}
)

select * from final
