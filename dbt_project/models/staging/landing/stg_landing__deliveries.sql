with deliveries as (
    select * from {{ source('landing', 'deliveries') }}
),

final as (
    select
        delivery_id,
        source,
        export_name,
        billing_period,
        accepted_at,
        billing_account_id,
        billing_currency,
        row_count,
        cast(unblended_cost as decimal(38, 10)) as billed_cost
    from deliveries
)

select * from final
