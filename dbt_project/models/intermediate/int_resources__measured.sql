{{ config(materialized='view') }}

-- What instances, databases and volumes used at most, in the last days of which CloudWatch tells nearly all hours.
with answers as (
    select * from {{ ref('stg_collections__answers') }}
    where source = 'metrics' and is_latest
),

days as (
    select
        metrics.*,
        answers.told_through,
        -- Days since a Monday: the last two of seven are Saturday and Sunday.
        {{ day_number('metrics.metric_on') }} % 7 >= 5 as is_weekend,
        metrics.metric_name in ('mem_used_percent', 'Memory % Committed Bytes In Use') as is_memory
    from {{ ref('stg_metrics__days') }} as metrics
    inner join answers
        on metrics.account_id = answers.asked_account_id
            and metrics.region_id = answers.asked_region_id
            and metrics.resource_type = answers.part
    where
        metrics.resource_type in ('instance', 'database', 'volume')
        and metrics.coverage_pct >= {{ var('least_coverage_pct') }}
        and date_diff('day', metrics.metric_on, answers.told_through) < {{ var('rightsizing_look_back_days') }}
),

final as (
    select
        account_id,
        region_id,
        resource_type as part,
        resource_id,
        max(told_through) as known_on,
        count(case when metric_name = 'CPUUtilization' then p99_5 end) as day_count,
        max(case when metric_name = 'CPUUtilization' then p99_5 end) as cpu_p99_5_pct,
        max(case when metric_name = 'CPUUtilization' then maximum end) as cpu_max_pct,
        count(case when is_memory then p99_5 end) as memory_day_count,
        max(case when is_memory then p99_5 end) as memory_p99_5_pct,
        count(case when metric_name = 'FreeableMemory' then minimum end) as free_memory_day_count,
        min(case when metric_name = 'FreeableMemory' then minimum end) / 1048576 as least_free_memory_mib,
        -- Of the busiest days, spread over the day: peaks within a day are not collected.
        (
            coalesce(max(case when metric_name = 'EBSReadOps' then total end), 0)
            + coalesce(max(case when metric_name = 'EBSWriteOps' then total end), 0)
        ) / 86400 as disk_operations,
        count(case when is_weekend and metric_name = 'CPUUtilization' then maximum end) as weekend_day_count,
        max(case when is_weekend and metric_name = 'CPUUtilization' then maximum end) as weekend_cpu_max_pct,
        max(case when is_weekend and metric_name = 'NetworkIn' then total end)
        + max(case when is_weekend and metric_name = 'NetworkOut' then total end) as weekend_network_bytes,
        least(
            count(case when metric_name = 'VolumeReadOps' then busiest_minute end),
            count(case when metric_name = 'VolumeWriteOps' then busiest_minute end),
            count(case when metric_name = 'VolumeReadBytes' then busiest_minute end),
            count(case when metric_name = 'VolumeWriteBytes' then busiest_minute end)
        ) as speed_day_count,
        -- Both at once, though the busiest minutes of reading and writing may differ: never too little.
        (
            max(case when metric_name = 'VolumeReadOps' then busiest_minute end)
            + max(case when metric_name = 'VolumeWriteOps' then busiest_minute end)
        ) / 60 as peak_iops,
        (
            max(case when metric_name = 'VolumeReadBytes' then busiest_minute end)
            + max(case when metric_name = 'VolumeWriteBytes' then busiest_minute end)
        ) / 60 / 1048576 as peak_mibps
    from days
    group by 1, 2, 3, 4
)

select * from final
