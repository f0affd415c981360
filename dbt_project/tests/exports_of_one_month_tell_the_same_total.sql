{{ config(severity = 'warn') }}
-- One export of a payer's month counts, whole. If another one tells a different total, one of the two is filtered, is
-- of one account only, or has stopped: somebody should say which to believe.
with totals as (
    select
        elected.billing_account_id,
        elected.billing_period,
        deliveries.billing_currency,
        deliveries.delivery_id,
        elected.is_elected,
        sum(deliveries.billed_cost) as billed_cost
    from {{ ref('int_deliveries__elected') }} as elected
    inner join {{ ref('stg_landing__deliveries') }} as deliveries
        on elected.delivery_id = deliveries.delivery_id
            and elected.billing_account_id = deliveries.billing_account_id
            and elected.billing_period = deliveries.billing_period
    group by 1, 2, 3, 4, 5
)

select
    other.billing_account_id,
    other.billing_period,
    other.delivery_id,
    other.billed_cost - coalesce(counted.billed_cost, 0) as difference
from totals as other
left join totals as counted
    on other.billing_account_id = counted.billing_account_id
        and other.billing_period = counted.billing_period
        and other.billing_currency = counted.billing_currency
        and counted.is_elected
where not other.is_elected and abs(other.billed_cost - coalesce(counted.billed_cost, 0)) > 0.01
