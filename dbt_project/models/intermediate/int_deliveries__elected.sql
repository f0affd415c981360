with deliveries as (
    select * from {{ ref('stg_landing__deliveries') }}
),

bill_sources as (
    select * from {{ ref('bill_sources') }}
),

per_payer as (
    select
        deliveries.billing_account_id,
        deliveries.billing_period,
        deliveries.delivery_id,
        deliveries.source,
        deliveries.accepted_at,
        bill_sources.preference,
        sum(deliveries.row_count) as row_count
    from deliveries
    inner join bill_sources on deliveries.source = bill_sources.source
    group by 1, 2, 3, 4, 5, 6
),

-- Two exports of one payer and month are the same money told twice: one of them wins, whole.
ranked as (
    select
        *,
        row_number() over (
            partition by billing_account_id, billing_period
            order by preference asc, row_count desc, accepted_at desc, delivery_id asc
        ) as place
    from per_payer
),

final as (
    select
        billing_account_id,
        billing_period,
        delivery_id,
        source,
        place = 1 as is_elected
    from ranked
)

select * from final
