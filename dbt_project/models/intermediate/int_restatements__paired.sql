with deliveries as (
    select * from {{ ref('stg_superseded__deliveries') }}
),

elected as (
    select * from {{ ref('int_deliveries__elected') }}
    where is_elected
),

previous_payers as (
    select distinct
        delivery_id,
        billing_account_id
    from {{ ref('int_restatements__previous') }}
),

payers as (
    select
        elected.billing_account_id,
        deliveries.*
    from deliveries
    inner join elected
        on deliveries.current_delivery_id = elected.delivery_id
            and deliveries.billing_period = elected.billing_period
    union all
    -- Nobody tells this payer's month any more.
    select
        previous_payers.billing_account_id,
        deliveries.*
    from deliveries
    inner join previous_payers on deliveries.previous_delivery_id = previous_payers.delivery_id
    left join elected
        on previous_payers.billing_account_id = elected.billing_account_id
            and deliveries.billing_period = elected.billing_period
    where elected.delivery_id is null
),

ranked as (
    select
        *,
        row_number() over (
            partition by billing_account_id, billing_period
            order by current_accepted_at desc, current_delivery_id asc
        ) as place
    from payers
),

final as (
    select
        billing_period,
        billing_account_id,
        previous_delivery_id,
        previous_accepted_at,
        current_delivery_id,
        current_accepted_at
    from ranked
    where place = 1
)

select * from final
