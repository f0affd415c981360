{{ config(materialized='incremental') }}
-- noqa: disable=capitalisation.identifiers
with charges as (
    select * from {{ ref('focus_1_2') }}
    {{ where_due('x_BillingPeriod') }}
),

final as (
    select
        x_BillingPeriod as billing_period,
        BillingAccountId as billing_account_id,
        BillingCurrency as billing_currency,
        coalesce(InvoiceId, '') as invoice_id,
        sum(BilledCost) as billed_cost,
        sum(EffectiveCost) as effective_cost
    from charges
    group by 1, 2, 3, 4
)

select * from final
