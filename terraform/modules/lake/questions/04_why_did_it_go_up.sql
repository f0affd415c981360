-- Why did it go up: price, usage, mix, new or gone resources? The dearest changes between the last two months.
select
    sub_account_name,
    service_name,
    region_id,
    usage_type,
    billing_currency,
    effective_cost_change,
    price_change_cost,
    usage_change_cost,
    mix_change_cost,
    new_resources_cost,
    gone_resources_cost,
    other_change_cost
from ${marts}.cost_movers
where billing_period = (select max(billing_period) from ${marts}.cost_movers)
order by abs(effective_cost_change) desc
limit 25
