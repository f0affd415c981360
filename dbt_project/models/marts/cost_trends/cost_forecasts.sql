{%- set series = ['scope', 'measure', 'billing_account_id', 'sub_account_id', 'service_name', 'billing_currency'] -%}

with tried as (
    select
        *,
        {{ row_text(series + ['horizon']) }} as series_key
    from {{ ref('int_forecasts__tried') }}
),

accounts as (
    select * from {{ ref('int_accounts__named') }}
),

attempts as (
    {{ forecast_attempts('tried', forecast_methods()) }}
),

-- As decimals: a sum of doubles changes its last digits with the order of the rows.
errors as (
    select
        series_key,
        method,
        preference,
        count(*) as try_count,
        cast(sum(abs(forecast_cost - actual_cost)) as double)
        / nullif(cast(sum(abs(actual_cost)) as double), 0) as wape,
        sum({{ money(squared_ratio('forecast_cost - actual_cost', 'actual_cost')) }}) as squared_errors
    from attempts
    where not is_live
    group by 1, 2, 3
),

ranked as (
    select
        *,
        row_number() over (partition by series_key order by wape, preference) as place
    from errors
    where wape is not null
),

naive as (
    select
        series_key,
        max(case when method = 'last_month' then wape end) as last_month_wape,
        max(case when method = 'seasonal_naive' then wape end) as seasonal_naive_wape
    from errors
    group by 1
),

-- A series that was never tried takes the first method, and no interval.
chosen as (
    select
        tried.*,
        coalesce(ranked.method, 'four_weeks') as method,
        coalesce(ranked.try_count, 0) as try_count,
        ranked.wape,
        naive.last_month_wape,
        naive.seasonal_naive_wape,
        attempts.forecast_cost,
        {{ estimated_money(margin_of_80_pct('attempts.forecast_cost', 'ranked')) }} as margin_cost
    from tried
    left join ranked on tried.series_key = ranked.series_key and ranked.place = 1
    left join naive on tried.series_key = naive.series_key
    inner join attempts
        on tried.series_key = attempts.series_key
            and attempts.is_live
            and attempts.method = coalesce(ranked.method, 'four_weeks')
    where tried.is_live
),

final as (
    select
        chosen.newest_period as billing_period,
        chosen.horizon,
        chosen.ends_on,
        chosen.scope,
        chosen.measure,
        chosen.billing_account_id,
        chosen.sub_account_id,
        accounts.sub_account_name,
        chosen.service_name,
        chosen.billing_currency,
        chosen.origin_on as known_through_on,
        chosen.days_left,
        chosen.cost_to_date,
        chosen.forecast_cost,
        chosen.forecast_cost - chosen.margin_cost as low_cost,
        chosen.forecast_cost + chosen.margin_cost as high_cost,
        chosen.method,
        cast(chosen.try_count as bigint) as try_count,
        {{ share_in_pct('chosen.wape') }} as wape_pct,
        {{ share_in_pct('chosen.last_month_wape') }} as last_month_wape_pct,
        {{ share_in_pct('chosen.seasonal_naive_wape') }} as seasonal_naive_wape_pct
    from chosen
    left join accounts on chosen.sub_account_id = accounts.sub_account_id
    where
        chosen.scope = 'payer'
        or (chosen.try_count >= 2 and abs(chosen.previous_cost) >= {{ var('forecast_min_cost') }})
)

select * from final
