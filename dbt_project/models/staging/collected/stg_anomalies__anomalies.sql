with anomalies as (
    select
        *,
        -- AWS forgets them after 90 days; as they were told last they stay.
        row_number() over (partition by asked_account_id, anomaly_id order by collected_at desc) as age
    from {{ source('collected', 'anomalies') }}
),

final as (
    select
        asked_account_id as billing_account_id,
        anomaly_id,
        monitor_arn,
        started_on,
        ended_on,
        dimension_value,
        service_name,
        region_id,
        sub_account_id,
        usage_type,
        cause_count,
        causes,
        actual_cost,
        expected_cost,
        impact_cost,
        greatest_daily_impact_cost,
        impact_pct,
        score,
        greatest_score,
        feedback,
        collected_at
    from anomalies
    where age = 1
)

select * from final
