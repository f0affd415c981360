-- Are savings plans and reservations used, what do they save, and when do they end?
select
    commitment_kind,
    commitment_offering,
    commitment_discount_id,
    billing_currency,
    commitment_cost,
    unused_commitment_to_date_cost,
    utilization_pct,
    net_savings_cost,
    ends_at,
    days_left
from ${marts}.commitment_usage
where billing_period = (select max(billing_period) from ${marts}.commitment_usage)
order by unused_commitment_to_date_cost desc
limit 50
