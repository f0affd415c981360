{{ config(materialized='view') }}

-- Instances and databases that run at hours at which nobody needs them: by their tag, or idle on every weekend.
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
        '{{ var("office_hours") }}' as recommended_type,
        cast({{ var('office_hours_per_week') }} as double) / 168 as hours_left,
        'high' as confidence,
        'It runs day and night in the environment ' || standing.environment_name as finding
    from standing
    inner join environments on lower(standing.environment_name) = environments.environment
    -- Billed in nearly every hour from its first day to the newest day of the bill.
    where
        standing.observed_hours
        >= {{ var('always_on_share') }} * 24
        * (date_diff('day', standing.first_seen_on, standing.usage_through_on) + 1)
),

-- As idle as the rule for whole days, on weekends alone: at least two of them, each day told.
resting as (
    select
        standing.*,
        'idle_weekends' as rule_id,
        '{{ var("weekday_hours") }}' as recommended_type,
        cast({{ var('weekday_hours_per_week') }} as double) / 168 as hours_left,
        'medium' as confidence,
        'Its processor stays below {{ var("idle_cpu_pct") }} % and its network below 5 MB a day on weekends alone'
            as finding
    from standing
    left join environments on lower(standing.environment_name) = environments.environment
    where
        environments.environment is null
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
