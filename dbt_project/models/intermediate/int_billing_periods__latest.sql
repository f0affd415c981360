with costs as (
    select * from {{ ref('int_costs__summed') }}
),

-- Fees are dated ahead of their month and taxes span it: only usage tells how far the bill has come.
final as (
    select
        billing_account_id,
        billing_period,
        billing_period = max(billing_period) over (partition by billing_account_id) as is_latest_period,
        {{ month_of("min(billing_period_start) - interval '1' day") }} as previous_billing_period,
        {{ hours_between('min(billing_period_start)', 'max(billing_period_end)') }} as hours_in_period,
        max(case when x_is_usage then charged_on end) as usage_through_on,
        max(case when x_is_usage then newest_charge_end end) as usage_ends_at
    from costs
    group by 1, 2
)

select * from final
