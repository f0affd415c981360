-- What will month and quarter come to, and how far off was the method before?
select
    horizon,
    ends_on,
    billing_account_id,
    measure,
    billing_currency,
    cost_to_date,
    low_cost,
    forecast_cost,
    high_cost,
    wape_pct
from ${marts}.cost_forecasts
where scope = 'payer'
order by billing_account_id, horizon, measure
