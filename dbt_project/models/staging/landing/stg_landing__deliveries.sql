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
        invoiced_count,
        -- Records of older lakes know no difference between what a line costs and what is invoiced for it.
        cast(coalesce(billed_cost, unblended_cost) as decimal(38, 10)) as billed_cost
    from deliveries
)

select * from final
