{{ config(materialized='incremental') }}
{%- set keys = 'billing_period, billing_account_id, billing_currency' %}
with accepted as (
    select
        delivery_id,
        {{ keys }},
        'all' as invoice_id,
        row_count,
        billed_cost
    from {{ ref('stg_landing__deliveries') }}
    {{ where_due() }}
    union all
    select
        delivery_id,
        {{ keys }},
        invoice_id,
        row_count,
        billed_cost
    from {{ ref('stg_landing__invoices') }}
    {{ where_due() }}
),

elected as (
    select * from {{ ref('int_deliveries__elected') }}
    where is_elected
),

final as (
    select
        accepted.billing_period,
        accepted.billing_account_id,
        accepted.billing_currency,
        accepted.invoice_id,
        cast(accepted.row_count as bigint) as charge_count,
        accepted.billed_cost
    from accepted
    inner join elected
        on accepted.delivery_id = elected.delivery_id
            and accepted.billing_account_id = elected.billing_account_id
            and accepted.billing_period = elected.billing_period
)

select * from final
