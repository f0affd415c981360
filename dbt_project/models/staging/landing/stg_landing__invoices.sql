with invoices as (
    select * from {{ source('landing', 'invoices') }}
),

final as (
    select
        delivery_id,
        billing_period,
        billing_account_id,
        billing_currency,
        coalesce(invoice_id, '') as invoice_id,
        row_count,
        cast(billed_cost as decimal(38, 10)) as billed_cost
    from invoices
)

select * from final
