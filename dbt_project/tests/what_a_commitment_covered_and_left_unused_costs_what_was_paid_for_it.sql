-- noqa: disable=capitalisation.identifiers
-- Per commitment and period: EffectiveCost of its used and unused parts = what its recurring purchases billed + its
-- advance payment's share of the period. A member account's own bill has no purchases: nothing to compare. Where net
-- columns hold the discounts the bill tells some of these amounts only before discount: nothing to compare either.
with advance_payments as (
    select
        charges.billing_period,
        charges.billing_account_id,
        charges.billing_currency,
        charges.commitment_discount_id,
        -sum(charges.x_commitment_trueup_cost) as amortized_upfront_cost
    from {{ ref('int_charges') }} as charges
    inner join {{ ref('int_discounts__layout') }} as layouts
        on charges.x_delivery_id = layouts.delivery_id
            and charges.billing_account_id = layouts.billing_account_id
            and charges.billing_currency = layouts.billing_currency
            and not layouts.is_net_layout
    where charges.x_charge_kind in ('SavingsPlanRecurringFee', 'RIFee')
    group by 1, 2, 3, 4
),

commitments as (
    select
        x_BillingPeriod as billing_period,
        BillingAccountId as billing_account_id,
        BillingCurrency as billing_currency,
        CommitmentDiscountId as commitment_discount_id,
        sum(case when ChargeFrequency = 'Recurring' then BilledCost else 0 end) as recurring_cost,
        sum(case when ChargeCategory = 'Usage' then EffectiveCost else 0 end) as effective_cost,
        count(case when CommitmentDiscountStatus = 'Used' then 1 end) as covered_count
    from {{ ref('focus_1_2') }}
    where CommitmentDiscountId is not null
    group by 1, 2, 3, 4
)

select
    commitments.*,
    advance_payments.amortized_upfront_cost
from commitments
inner join advance_payments
    on commitments.billing_period = advance_payments.billing_period
        and commitments.billing_account_id = advance_payments.billing_account_id
        and commitments.billing_currency = advance_payments.billing_currency
        and commitments.commitment_discount_id = advance_payments.commitment_discount_id
where
    abs(commitments.effective_cost - commitments.recurring_cost - advance_payments.amortized_upfront_cost)
    > 0.00001 + 0.000000001 * commitments.covered_count
