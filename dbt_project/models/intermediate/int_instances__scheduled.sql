{{ config(materialized='view') }}

-- Instances and databases that run at hours at which nobody needs them: by their tag, and by what they do at night
-- where that was measured; or idle on every weekend.
with standing as (
    select * from {{ ref('int_instances__standing') }}
    where is_running and (not is_known or is_free)
),

environments as (
    select * from {{ ref('non_production_environments') }}
),

tagged as (
    select
        standing.*,
        'non_production_hours' as rule_id,
        -- One that was idle at all hours needs no others than offices have.
        coalesce(
            case when standing.is_night_told then standing.working_hours end, '{{ var("office_hours") }}'
        ) as recommended_type,
        case when standing.is_night_told and standing.working_hours is not null then cast(standing.hours_left as double)
            else cast({{ var('office_hours_per_week') }} as double) / 168
        end as part_left,
        'high' as confidence,
        case
            when standing.is_night_told then 'bill+metrics'
            when standing.is_known then 'bill+inventory'
            else 'bill'
        end as evidence,
        case when not standing.is_night_told then 'Its nights were not measured' end as remark,
        'It runs day and night in the environment ' || standing.environment_name
        || case
            when standing.is_night_told
                then ', and on ' || cast(standing.night_count as varchar) || ' days did nothing at other hours'
            else ''
        end as finding
    from standing
    inner join environments on lower(standing.environment_name) = environments.environment
    -- Billed in nearly every hour from its first day to the newest day of the bill.
    where
        not standing.works_at_night
        and standing.observed_hours
        >= {{ var('always_on_share') }} * 24
        * (date_diff('day', standing.first_seen_on, standing.usage_through_on) + 1)
),

-- As idle as the rule for whole days, on weekends alone: at least two of them, each day told.
resting as (
    select
        standing.*,
        'idle_weekends' as rule_id,
        '{{ var("weekday_hours") }}' as recommended_type,
        cast({{ var('weekday_hours_per_week') }} as double) / 168 as part_left,
        'medium' as confidence,
        'bill+metrics' as evidence,
        cast(null as varchar) as remark,
        'Its processor stays below {{ var("idle_cpu_pct") }} % and its network below 5 MB a day on weekends alone'
            as finding
    from standing
    left join environments on lower(standing.environment_name) = environments.environment
    where
        (environments.environment is null or standing.works_at_night)
        and standing.part = 'instance'
        and standing.weekend_day_count >= {{ var('weekend_min_days') }}
        and standing.weekend_cpu_max_pct < {{ var('idle_cpu_pct') }}
        and standing.weekend_network_bytes < {{ var('idle_network_bytes') }}
        and standing.cpu_max_pct >= {{ var('idle_cpu_pct') }}
),

final as (
    select * from tagged
    union all
    select * from resting
)

select * from final
