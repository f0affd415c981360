-- Which services cost most this month, and what have they moved by since the month before?
select
    service_name,
    billing_currency,
    sum(billed_cost) as billed_cost,
    sum(billed_cost_change) as billed_cost_change
from ${marts}.monthly_costs
where billing_period = (select max(billing_period) from ${marts}.monthly_costs)
group by service_name, billing_currency
order by billed_cost desc
limit 25
