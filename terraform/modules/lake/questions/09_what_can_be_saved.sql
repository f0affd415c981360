-- What can be saved, each resource counted once, and in cash?
select
    lever,
    resource_type,
    resource_id,
    sub_account_name,
    owner,
    billing_currency,
    monthly_savings_cost,
    monthly_cash_savings_cost,
    confidence,
    reason
from ${marts}.savings
where
    is_latest_period
    and is_counted
order by monthly_savings_cost desc
limit 50
