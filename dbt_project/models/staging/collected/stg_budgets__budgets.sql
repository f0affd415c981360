with collected as (
    {{ collected_rows('budgets') }}
),

final as (
    select
        account_id,
        budget_name,
        budget_type,
        time_unit,
        period_start,
        period_end,
        limit_amount,
        planned_limits,
        actual_amount,
        forecasted_amount,
        unit,
        cost_filters,
        updated_at,
        collected_at,
        is_latest
    from collected
)

select * from final
