-- noqa: disable=capitalisation.identifiers
-- Per invoice, or what is not invoiced yet: BilledCost is what the bill bills and EffectiveCost what the waist knows.
-- Effective costs are only moved between rows and so exact. Of billed costs, usage that savings plans cover and the
-- lines that take it back are left out, which AWS may round apart.
with focus as (
    select
        x_BillingPeriod as billing_period,
        BillingAccountId as billing_account_id,
        BillingCurrency as billing_currency,
        coalesce(InvoiceId, '') as invoice_id,
        sum(BilledCost) as billed_cost,
        sum(EffectiveCost) as effective_cost
    from {{ ref('focus_1_2') }}
    group by 1, 2, 3, 4
),

waist as (
    select
        billing_period,
        billing_account_id,
        billing_currency,
        coalesce(invoice_id, '') as invoice_id,
        sum(billed_cost) as billed_cost,
        sum(effective_cost) as effective_cost,
        count(case when x_charge_kind = 'SavingsPlanCoveredUsage' then 1 end) as covered_count
    from {{ ref('int_charges') }}
    group by 1, 2, 3, 4
)

select
    waist.*,
    focus.billed_cost as focus_billed_cost,
    focus.effective_cost as focus_effective_cost
from waist
left join focus
    on waist.billing_period = focus.billing_period
        and waist.billing_account_id = focus.billing_account_id
        and waist.billing_currency = focus.billing_currency
        and waist.invoice_id = focus.invoice_id
where
    coalesce(focus.effective_cost, 0) <> waist.effective_cost
    or abs(coalesce(focus.billed_cost, 0) - waist.billed_cost)
    > case when waist.covered_count > 0 then 0.00001 + 0.000000001 * waist.covered_count else 0 end
