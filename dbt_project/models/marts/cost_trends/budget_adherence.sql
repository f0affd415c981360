with budgets as (
    select
        *,
        {{ month_of('collected_at') }} as billing_period,
        coalesce(cardinality(cost_filters), 0) > 0 as is_filtered,
        row_number() over (
            partition by account_id, budget_name, {{ month_of('collected_at') }} order by collected_at desc
        ) as place
    from {{ ref('stg_budgets__budgets') }}
    where budget_type = 'COST'
),

accounts as (
    select * from {{ ref('int_accounts__named') }}
),

costs as (
    select
        billing_period,
        billing_account_id,
        sub_account_id,
        billing_currency,
        sum(billed_cost) as billed_cost
    from {{ ref('monthly_costs') }}
    group by 1, 2, 3, 4
),

-- A payer's budget is for all of its accounts, any other account's for its own.
of_accounts as (
    select
        billing_period,
        billing_account_id,
        billing_account_id as account_id,
        billing_currency,
        sum(billed_cost) as billed_cost
    from costs
    group by 1, 2, 3, 4
    union all
    select
        billing_period,
        max(billing_account_id) as billing_account_id,
        sub_account_id as account_id,
        billing_currency,
        sum(billed_cost) as billed_cost
    from costs
    where sub_account_id <> billing_account_id
    group by 1, 3, 4
),

forecasts as (
    select
        billing_period,
        billing_account_id,
        billing_currency,
        forecast_cost
    from {{ ref('cost_forecasts') }}
    where scope = 'payer' and measure = 'billed_cost' and horizon = 'month'
),

-- What filters or another unit of time leave of a bill AWS alone knows.
told as (
    select
        budgets.billing_period,
        coalesce(costs.billing_account_id, budgets.account_id) as billing_account_id,
        budgets.account_id,
        budgets.budget_name,
        budgets.time_unit,
        budgets.is_filtered,
        budgets.unit as billing_currency,
        budgets.limit_amount as limit_cost,
        case when budgets.time_unit = 'MONTHLY' and not budgets.is_filtered then costs.billed_cost end
            as billed_cost,
        budgets.actual_amount as told_actual_cost,
        case when budgets.time_unit = 'MONTHLY' and not budgets.is_filtered then forecasts.forecast_cost end
            as forecast_cost,
        budgets.forecasted_amount as told_forecast_cost,
        budgets.collected_at as told_at
    from budgets
    left join of_accounts as costs
        on budgets.billing_period = costs.billing_period
            and budgets.account_id = costs.account_id
            and budgets.unit = costs.billing_currency
    left join forecasts
        on budgets.billing_period = forecasts.billing_period
            and budgets.account_id = forecasts.billing_account_id
            and budgets.unit = forecasts.billing_currency
    where budgets.place = 1
),

final as (
    select
        told.billing_period,
        told.billing_account_id,
        told.account_id as sub_account_id,
        accounts.sub_account_name,
        told.budget_name,
        told.time_unit,
        told.is_filtered,
        told.billing_currency,
        {{ money('told.limit_cost') }} as limit_cost,
        {{ money('told.billed_cost') }} as billed_cost,
        {{ money('told.told_actual_cost') }} as told_actual_cost,
        {{ money('told.forecast_cost') }} as forecast_cost,
        {{ money('told.told_forecast_cost') }} as told_forecast_cost,
        {{ pct_of('coalesce(told.billed_cost, told.told_actual_cost)', 'told.limit_cost') }} as used_pct,
        case
            when told.limit_cost is null or coalesce(told.billed_cost, told.told_actual_cost) is null then 'unknown'
            when coalesce(told.billed_cost, told.told_actual_cost) > told.limit_cost then 'over'
            when coalesce(told.forecast_cost, told.told_forecast_cost) > told.limit_cost then 'expected to be over'
            else 'within'
        end as adherence,
        {{ moment('told.told_at') }} as told_at
    from told
    left join accounts on told.account_id = accounts.sub_account_id
)

select * from final
