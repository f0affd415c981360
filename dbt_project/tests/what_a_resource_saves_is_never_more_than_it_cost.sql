-- Several findings speak of one resource: what they save together is part of what it cost in the month.
select
    {{ each('@', resource_columns()) }},
    max(effective_cost) as effective_cost,
    sum(savings_cost) as savings_cost,
    sum(cash_savings_cost) as cash_savings_cost
from {{ ref('savings') }}
group by 1, 2, 3, 4, 5, 6
having sum(savings_cost) > max(effective_cost) or sum(cash_savings_cost) > sum(savings_cost)
