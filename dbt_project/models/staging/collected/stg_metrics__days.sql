with metrics as (
    select
        *,
        row_number() over (
            partition by account_id, region_id, resource_type, resource_id, metric_name, metric_on
            order by collected_at desc
        ) as age
    from {{ source('collected', 'metrics') }}
),

final as (
    select
        account_id,
        region_id,
        resource_type,
        resource_id,
        metric_name,
        metric_on,
        average,
        minimum,
        maximum,
        p99_5,
        total,
        busiest_minute,
        hourly,
        hour_count,
        expected_hour_count,
        100.0 * hour_count / nullif(expected_hour_count, 0) as coverage_pct,
        collected_at
    from metrics
    where age = 1
)

select * from final
