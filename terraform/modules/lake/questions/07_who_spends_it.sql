-- Which team spends it this month: its own costs, its part of what is shared, and what is nobody's?
select
    coalesce(team, 'nobody') as team,
    billing_currency,
    sum(direct_cost) as direct_cost,
    sum(shared_cost) as shared_cost,
    sum(unallocated_cost) as unallocated_cost,
    sum(effective_cost) as effective_cost
from ${marts}.team_costs
where billing_period = (select max(billing_period) from ${marts}.team_costs)
group by team, billing_currency
order by effective_cost desc
