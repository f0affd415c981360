with costs as (
    select
        *,
        -- Of a period the newest answer counts; months that AWS has forgotten stay as they were told last.
        max(collected_at) over (partition by part, asked_account_id, tag_key, period_start) as told_last_at
    from {{ source('collected', 'cost_explorer') }}
),

final as (
    select
        asked_account_id as billing_account_id,
        granularity,
        period_start,
        period_end,
        grouped_by,
        sub_account_id,
        sub_account_name,
        service_name,
        record_type,
        tag_key,
        tag_value,
        billing_currency,
        unblended_cost,
        net_unblended_cost,
        amortized_cost,
        net_amortized_cost,
        is_estimated,
        collected_at
    from costs
    where collected_at = told_last_at
)

select * from final
