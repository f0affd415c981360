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
        InvoiceId as invoice_id,
        CommitmentDiscountId as commitment_discount_id,
        sum(BilledCost) as billed_cost,
        sum(EffectiveCost) as effective_cost,
        sum(case when ChargeFrequency = 'Recurring' then BilledCost else 0 end) as fee_cost,
        sum(case when ChargeCategory = 'Usage' then EffectiveCost else 0 end) as used_cost,
        sum(case when CommitmentDiscountStatus = 'Used' then 1 else 0 end) as used_count
    from charges
    group by 1, 2, 3, 4, 5
)

select * from final
