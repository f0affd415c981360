-- AWS splits a host's amortized cost over its pods and tasks, rounded per line. More than the host cost means that its
-- lines are not all on the bill, or that we take other lines for it than AWS does: the residual is then below zero.
{{ config(severity='warn') }}

select
    billing_period,
    charged_on,
    host_id,
    sum(amortized_cost) as residual_cost
from {{ ref('int_hosts__allocated') }}
where allocation = 'Residual'
group by 1, 2, 3
having sum(amortized_cost) < -0.00001
