-- Which accounts cost most this month?
select
    sub_account_id,
    max(sub_account_name) as sub_account_name,
    billing_currency,
    sum(billed_cost) as billed_cost,
    sum(effective_cost) as effective_cost
from ${marts}.monthly_costs
where billing_period = (select max(billing_period) from ${marts}.monthly_costs)
group by sub_account_id, billing_currency
order by billed_cost desc
limit 25
