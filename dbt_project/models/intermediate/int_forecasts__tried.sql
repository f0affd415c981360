{%- set series = ['scope', 'measure', 'billing_account_id', 'sub_account_id', 'service_name', 'billing_currency'] -%}
{%- set target = [
    'newest_period', 'horizon', 'first_on', 'starts_on', 'ends_on', 'origin_on', 'is_live', 'days_left', 'months_left',
] -%}
{%- set is_past = 'charged_on <= origin_on' -%}

with costs as (
    select * from {{ ref('int_costs__paced') }}
),

targets as (
    select * from {{ ref('int_forecasts__targets') }}
),

series as (
    {{ forecast_series('payer', 'billed_cost') }}
    union all
    {{ forecast_series('payer', 'effective_cost') }}
    union all
    {{ forecast_series('account_service', 'effective_cost') }}
),

days as (
    select
        {{ each('series.@', series) }},
        series.billing_period,
        series.charged_on,
        series.rhythm,
        series.cost,
        {{ each('targets.@', target) }},
        targets.previous_period,
        date_diff('day', series.charged_on, targets.origin_on) as days_before
    from series
    inner join targets
        on series.billing_account_id = targets.billing_account_id
            and series.charged_on <= targets.ends_on
            and series.charged_on >= cast(targets.starts_on - interval '2' month as date)
),

weighed as (
    select
        *,
        case when days_before between 0 and 27 then {{ days_alike_to_come('days_left', 'days_before') }} else 0 end
            as days_alike
    from days
),

summed as (
    select
        {{ each('@', series) }},
        {{ each('@', target) }},
        {{ sum_where('charged_on >= starts_on') }} as actual_cost,
        {{ sum_where('charged_on >= starts_on and ' ~ is_past) }} as cost_to_date,
        {{ sum_where("charged_on >= starts_on and charged_on < first_on") }} as closed_cost,
        {{ sum_where("charged_on >= first_on and rhythm <> 'Monthly' and " ~ is_past) }} as dated_cost,
        {{ sum_where("billing_period = previous_period and rhythm = 'Monthly'") }} as monthly_cost,
        {{ sum_where('billing_period = previous_period') }} as previous_cost,
        {{ sum_where("rhythm = 'Daily' and days_before between 0 and 6", 'cost * days_alike') }} as last_week_ahead,
        {{ sum_where("rhythm = 'Daily' and days_before between 0 and 13", 'cost * days_alike') }} as two_weeks_ahead,
        {{ sum_where("rhythm = 'Daily' and days_before between 0 and 27", 'cost * days_alike') }} as four_weeks_ahead,
        {{ sum_where("rhythm = 'Daily' and days_before between 0 and 13") }} as newer_half,
        {{ sum_where("rhythm = 'Daily' and days_before between 14 and 27") }} as older_half
    from weighed
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
),

-- The trend goes on half as fast, and from the middle of the two weeks to the middle of the days to come.
grown as (
    select
        *,
        cast(closed_cost + dated_cost + monthly_cost * months_left as double) as base,
        {{ growth_ahead('newer_half', 'older_half', 'days_left') }} as growth
    from summed
),

final as (
    select
        {{ each('@', series) }},
        {{ each('@', target) }},
        {{ money('actual_cost') }} as actual_cost,
        {{ money('cost_to_date') }} as cost_to_date,
        {{ money('previous_cost') }} as previous_cost,
        {{ estimated_money('base + cast(four_weeks_ahead as double) * 0.25e0') }} as four_weeks_cost,
        {{ estimated_money('base + cast(two_weeks_ahead as double) * 0.5e0') }} as two_weeks_cost,
        {{ money('closed_cost + previous_cost * months_left') }} as last_month_cost,
        {{ estimated_money('base + cast(two_weeks_ahead as double) * 0.5e0 * growth') }} as trend_cost,
        {{ estimated_money('base + cast(last_week_ahead as double)') }} as seasonal_naive_cost
    from grown
)

select * from final
