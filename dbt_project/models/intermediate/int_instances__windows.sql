{{ config(materialized='view') }}

-- At which hours instances work, UTC, by the days of which CloudWatch tells nearly all hours.
with answers as (
    select * from {{ ref('stg_collections__answers') }}
    where source = 'metrics' and part = 'instance' and is_latest
),

days as (
    select
        metrics.account_id,
        metrics.region_id,
        metrics.resource_id,
        metrics.metric_name,
        metrics.hourly,
        {{ day_number('metrics.metric_on') }} as day_number,
        answers.told_through
    from {{ ref('stg_metrics__days') }} as metrics
    inner join answers
        on metrics.account_id = answers.asked_account_id and metrics.region_id = answers.asked_region_id
    where
        metrics.resource_type = 'instance'
        and metrics.metric_name in ('CPUUtilization', 'NetworkIn', 'NetworkOut')
        and metrics.hourly is not null
        and metrics.coverage_pct >= {{ var('least_coverage_pct') }}
        and date_diff('day', metrics.metric_on, answers.told_through) < {{ var('rightsizing_look_back_days') }}
),

hours as (
    select
        days.*,
        hours.hour_of_day,
        cast(
            case hours.hour_of_day
                {%- for hour in range(24) %}
                when {{ hour }} then {{ map_get('days.hourly', '%02d' | format(hour)) }}
                {%- endfor %}
            end as double
        ) as value
    from days
    cross join (
        values
        (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11),
        (12), (13), (14), (15), (16), (17), (18), (19), (20), (21), (22), (23)
    ) as hours (hour_of_day)
),

-- An hour is told by its processor and both directions of its network. It is as idle as the rule for whole days says.
told as (
    select
        account_id,
        region_id,
        resource_id,
        day_number,
        hour_of_day,
        max(told_through) as known_on,
        case
            when
                max(case when metric_name = 'CPUUtilization' then value end) >= {{ var('idle_cpu_pct') }}
                or sum(case when metric_name <> 'CPUUtilization' then value end)
                >= {{ var('idle_network_bytes') }} / 24.0
                then 1
            else 0
        end as is_busy
    from hours
    group by 1, 2, 3, 4, 5
    having count(value) = 3
),

-- Busy is an hour of the day that was so on any day.
working as (
    select
        account_id,
        region_id,
        resource_id,
        hour_of_day,
        coalesce(
            lead(hour_of_day) over (partition by account_id, region_id, resource_id order by hour_of_day),
            min(hour_of_day) over (partition by account_id, region_id, resource_id) + 24
        ) as next_hour
    from told
    where is_busy = 1
    group by 1, 2, 3, 4
),

-- The longest rest, which may go over midnight. An hour before and after it is left for starting, and for the clocks.
rests as (
    select
        *,
        next_hour - hour_of_day - 3 as idle_hours,
        (next_hour + 23) % 24 as begins_at,
        (hour_of_day + 2) % 24 as ends_at,
        row_number() over (
            partition by account_id, region_id, resource_id
            order by next_hour - hour_of_day desc, hour_of_day asc
        ) as place
    from working
),

-- What is done after midnight belongs to the day on which the window began. Days since a Monday.
weeks as (
    select
        told.*,
        rests.idle_hours,
        rests.begins_at,
        rests.ends_at,
        (told.day_number - case when told.hour_of_day < rests.begins_at then 1 else 0 end) % 7 >= 5 as is_weekend,
        count(*) over (partition by told.account_id, told.region_id, told.resource_id, told.hour_of_day) as times_told
    from told
    left join rests
        on told.account_id = rests.account_id
            and told.region_id = rests.region_id
            and told.resource_id = rests.resource_id
            and rests.place = 1
),

summed as (
    select
        account_id,
        region_id,
        resource_id,
        max(known_on) as known_on,
        count(distinct day_number) as day_count,
        count(distinct case when day_number % 7 >= 5 then day_number end) as weekend_day_count,
        count(distinct hour_of_day) as hour_count,
        min(times_told) as least_times_told,
        max(is_busy) as is_ever_busy,
        max(case when is_weekend then is_busy else 0 end) as is_weekend_busy,
        max(idle_hours) as idle_hours,
        max(begins_at) as begins_at,
        max(ends_at) as ends_at
    from weeks
    group by 1, 2, 3
),

final as (
    select
        account_id,
        region_id,
        resource_id,
        known_on,
        day_count,
        is_ever_busy = 1 and idle_hours < {{ var('least_idle_night_hours') }} as works_at_night,
        least_times_told >= {{ var('rightsizing_min_days') }}
        and weekend_day_count >= {{ var('weekend_min_days') }}
        and hour_count = 24 as is_told_enough,
        case
            when is_ever_busy = 1 and idle_hours >= {{ var('least_idle_night_hours') }}
                then
                    case when is_weekend_busy = 1 then 'any ' else 'mon-fri ' end
                    || lpad(cast(begins_at as varchar), 2, '0') || ':00-'
                    || lpad(cast(ends_at as varchar), 2, '0') || ':00 tz=UTC'
        end as working_hours,
        case when is_ever_busy = 1 then (24.0 - idle_hours) * case when is_weekend_busy = 1 then 7 else 5 end / 168 end
            as hours_left
    from summed
)

select * from final
