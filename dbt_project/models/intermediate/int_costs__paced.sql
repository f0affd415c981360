{{ config(materialized='incremental') }}

with costs as (
    select
        *,
        cast(billing_period || '-01' as date) as first_on
    from {{ ref('int_costs__by_usage') }}
    {{ where_due() }}
),

-- Whatever a month bills is on one of its days: usage of the last hour before it on the first.
final as (
    select
        billing_period,
        least(
            greatest(charged_on, first_on), cast(first_on + interval '1' month - interval '1' day as date)
        ) as charged_on,
        billing_account_id,
        sub_account_id,
        service_name,
        billing_currency,
        rhythm,
        sum(billed_cost) as billed_cost,
        sum(effective_cost) as effective_cost
    from costs
    group by 1, 2, 3, 4, 5, 6, 7
)

select * from final
