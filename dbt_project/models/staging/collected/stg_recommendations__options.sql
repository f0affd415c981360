with collected as (
    {{ collected_rows('recommendations') }}
),

final as (
    select
        recommended_by,
        recommendation_id,
        account_id,
        region_id,
        resource_type,
        resource_id,
        resource_arn,
        resource_name,
        finding,
        finding_reasons,
        action,
        rank,
        current_type,
        recommended_type,
        performance_risk,
        effort,
        is_restart_needed,
        is_rollback_possible,
        look_back_days,
        monthly_cost,
        monthly_savings_cost,
        savings_pct,
        billing_currency,
        refreshed_at,
        collected_at,
        is_latest
    from collected
)

select * from final
