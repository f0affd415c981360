with periods as (
    select
        *,
        cast(billing_period || '-01' as date) as first_on,
        cast(round(hours_in_period / nullif(24.0, 0)) as bigint) as day_count,
        cast(cast(substr(billing_period, 1, 4) as integer) - 1 as varchar) || substr(billing_period, 5)
            as period_of_last_year
    from {{ ref('int_billing_periods__latest') }}
),

-- How far each month's bill has come, by its own usage. A bill without usage is told as a whole.
months as (
    select
        billing_account_id,
        billing_period,
        previous_billing_period,
        period_of_last_year,
        first_on,
        day_count,
        coalesce(least(day_count, date_diff('day', first_on, usage_through_on) + 1), day_count) as through_day
    from periods
),

pairs as (
    select
        months.billing_account_id,
        months.billing_period,
        'previous_month' as comparison,
        months.previous_billing_period as compared_period
    from months
    union all
    select
        months.billing_account_id,
        months.billing_period,
        'previous_year' as comparison,
        months.period_of_last_year as compared_period
    from months
),

final as (
    select
        pairs.billing_account_id,
        pairs.billing_period,
        pairs.comparison,
        pairs.compared_period,
        months.first_on,
        compared.first_on as compared_first_on,
        months.through_day = months.day_count and compared.through_day = compared.day_count as is_whole_month,
        case
            when months.through_day = months.day_count and compared.through_day = compared.day_count
                then months.day_count
            else least(months.through_day, compared.through_day)
        end as days_compared
    from pairs
    inner join months
        on pairs.billing_account_id = months.billing_account_id and pairs.billing_period = months.billing_period
    inner join months as compared
        on pairs.billing_account_id = compared.billing_account_id and pairs.compared_period = compared.billing_period
)

select * from final
