{{ config(materialized='incremental', meta={'months_after': 4}) }}
{%- set series = ['billing_account_id', 'sub_account_id', 'service_name', 'usage_group', 'billing_currency'] -%}
{%- set back = var('anomaly_history_days') -%}

with usage as (
    select * from {{ ref('int_usage_groups__daily') }}
    {{ where_due(before=4, after=4) }}
),

months as (
    select * from {{ ref('int_months__judged') }}
),

-- The days that a payer's bill tells by now; a day may be on the bill of the month before.
days as (
    select distinct
        usage.billing_account_id,
        usage.billing_currency,
        usage.charged_on,
        months.billing_period,
        {{ day_number('usage.charged_on') }} as day_number
    from usage
    inner join months
        on usage.billing_account_id = months.billing_account_id
            and {{ month_of('usage.charged_on') }} = months.billing_period
            and usage.charged_on <= months.judged_through_on
),

costs as (
    select
        {{ each('@', series) }},
        charged_on,
        sum(effective_cost) as effective_cost
    from usage
    group by 1, 2, 3, 4, 5, 6
),

-- What never cost half of what counts can be no news: neither it nor what is expected of it.
known as (
    select {{ each('@', series) }}
    from costs
    group by 1, 2, 3, 4, 5
    having max(effective_cost) >= {{ var('anomaly_min_cost') }} * 0.5
),

-- A day without a cost is a day of no cost, also before the first one.
filled as (
    select
        {{ each('known.@', series) }},
        days.billing_period,
        days.charged_on,
        days.day_number,
        {{ amount_or_zero('costs.effective_cost') }} as effective_cost
    from known
    inner join days
        on known.billing_account_id = days.billing_account_id and known.billing_currency = days.billing_currency
    left join costs on {{ same(series, 'known', 'costs') }} and days.charged_on = costs.charged_on
),

levelled as (
    select
        *,
        {{ moving_median('effective_cost', series, 'day_number', 13, 0) }} as level_cost,
        count(*) over {{ moving_window(series, 'day_number', 13, 0) }} as level_days,
        max(effective_cost) over {{ moving_window(series, 'day_number', 7, 7) }} as week_before_cost
    from filled
),

-- A day's cost as a share of the level of the two weeks that it ends: of the same weekdays, these are alike.
weekly as (
    select
        *,
        day_number % 7 as weekday,
        {{ share_of_level('effective_cost', 'level_cost') }} as level_share,
        {{ share_of_level('effective_cost', 'week_before_cost') }} as week_share,
        max(level_cost) over {{ moving_window(series, 'day_number', 1, 1) }} as level_before_cost
    from levelled
    where level_days >= {{ var('anomaly_min_level_days') }}
),

seasonal as (
    select
        *,
        {{ moving_median('level_share', series + ['weekday'], 'day_number', back, 1) }} as weekday_share,
        count(*) over {{ moving_window(series + ['weekday'], 'day_number', back, 1) }} as weekday_count
    from weekly
),

recalled as (
    select
        seasonal.*,
        before.week_share as month_ago_share,
        {{ amount_times('seasonal.level_before_cost', 'cast(seasonal.weekday_share as double)') }} as expected_cost
    from seasonal
    left join weekly as before
        on {{ same(series, 'seasonal', 'before') }}
            and cast(seasonal.charged_on - interval '1' month as date) = before.charged_on
    where seasonal.weekday_count >= 2 and seasonal.level_before_cost is not null
),

expected as (
    select
        *,
        effective_cost - expected_cost as impact_cost
    from recalled
),

judged as (
    select
        billing_period,
        charged_on,
        day_number,
        {{ each('@', series) }},
        {{ money('effective_cost') }} as effective_cost,
        {{ money('expected_cost') }} as expected_cost,
        {{ money('impact_cost') }} as impact_cost,
        month_ago_share,
        {{ money(moving_median('abs(impact_cost)', series, 'day_number', back, 1)) }} as usual_impact_cost,
        count(*) over {{ moving_window(series, 'day_number', back, 1) }} as judged_days
    from expected
),

final as (
    select * from judged
    {{ where_due(after=4) }}
)

select * from final
