{{ config(materialized='incremental') }}

with costs as (
    select * from {{ ref('int_costs__summed') }}
    {{ where_due() }}
),

line_items as (
    select * from {{ ref('int_line_items__elected') }}
    {{ where_due('landed_period') }}
),

layouts as (
    select * from {{ ref('int_discounts__layout') }}
),

-- Amortization moves money between months and never makes any. Where discounts stand in net columns alone, the invoice
-- is net, and so is what it must equal: the effective cost.
-- A member account's own bill shows what a commitment covered but not its fee, which the payer has: nothing to compare.
spread as (
    select
        costs.billing_period,
        costs.billing_account_id,
        costs.billing_currency,
        sum(costs.billed_cost) as expected_cost,
        sum(
            case when layouts.is_net_billed then costs.effective_cost else costs.x_amortized_cost end
            + costs.x_commitment_trueup_cost
            + costs.x_upfront_fee_cost
        ) as actual_cost,
        sum(case when costs.commitment_discount_status = 'Used' then costs.charge_count else 0 end) as covered_count,
        count(case when costs.commitment_discount_status = 'Unused' then 1 end) as fee_count
    from costs
    inner join layouts
        on costs.x_delivery_id = layouts.delivery_id
            and costs.billing_account_id = layouts.billing_account_id
            and costs.billing_currency = layouts.billing_currency
    group by 1, 2, 3
),

kinds_on_the_bill as (
    select
        line_items.billing_period,
        line_items.billing_account_id,
        line_items.billing_currency,
        line_items.line_item_type,
        sum({{ billed_cost() }}) as billed_cost
    from line_items
    inner join layouts
        on line_items.delivery_id = layouts.delivery_id
            and line_items.billing_account_id = layouts.billing_account_id
            and line_items.billing_currency = layouts.billing_currency
    group by 1, 2, 3, 4
),

kinds_in_the_waist as (
    select
        billing_period,
        billing_account_id,
        billing_currency,
        x_line_item_type as line_item_type,
        sum(billed_cost) as billed_cost
    from costs
    group by 1, 2, 3, 4
),

parts as (
    select
        'billed_is_amortized_trueup_and_upfront' as identity,
        billing_period,
        billing_account_id,
        billing_currency,
        'all lines' as part,
        expected_cost,
        actual_cost,
        {{ rounding('covered_count') }} as tolerance_cost
    from spread
    where covered_count = 0 or fee_count > 0
    union all
    select
        'waist_holds_every_kind_of_line' as identity,
        coalesce(bill.billing_period, waist.billing_period) as billing_period,
        coalesce(bill.billing_account_id, waist.billing_account_id) as billing_account_id,
        coalesce(bill.billing_currency, waist.billing_currency) as billing_currency,
        coalesce(bill.line_item_type, waist.line_item_type) as part,
        {{ amount_or_zero('bill.billed_cost') }} as expected_cost,
        {{ amount_or_zero('waist.billed_cost') }} as actual_cost,
        {{ money('0') }} as tolerance_cost
    from kinds_on_the_bill as bill
    full outer join kinds_in_the_waist as waist
        on bill.billing_period = waist.billing_period
            and bill.billing_account_id = waist.billing_account_id
            and bill.billing_currency = waist.billing_currency
            and bill.line_item_type = waist.line_item_type
),

final as (
    select * from parts
)

select * from final
