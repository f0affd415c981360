-- What was unusual in the last thirty days of the bill, and which resources are behind it?
select
    charged_on,
    sub_account_name,
    service_name,
    usage_group,
    billing_currency,
    effective_cost,
    expected_cost,
    impact_cost,
    cause,
    top_resources
from ${marts}.cost_anomalies
where charged_on > (select max(charged_on) from ${marts}.daily_costs) - interval '30' day
order by abs(impact_cost) desc
limit 25
