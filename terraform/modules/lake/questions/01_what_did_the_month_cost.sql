-- What did each month cost, as invoiced and as it was used up, and how much was unused commitment?
select
    billing_period,
    billing_currency,
    sum(billed_cost) as billed_cost,
    sum(effective_cost) as effective_cost,
    sum(unused_commitment_cost) as unused_commitment_cost
from ${marts}.monthly_costs
group by billing_period, billing_currency
order by billing_period desc, billing_currency
