{{ config(materialized='incremental') }}

with charges as (
    select
        *,
        case when x_charge_kind in ('SavingsPlanRecurringFee', 'RIFee') then commitment_discount_id end
            as fee_commitment_discount_id
    from {{ ref('int_charges') }}
    {{ where_due() }}
),

final as (
    select
        billing_period,
        cast(charge_period_start as date) as charged_on,
        billing_account_id,
        billing_currency,
        invoice_id,
        sub_account_id,
        sub_account_name,
        service_category,
        service_name,
        region_id,
        charge_category,
        commitment_discount_status,
        x_line_item_type,
        x_charge_kind,
        x_is_usage,
        x_purchase_option,
        x_delivery_id,
        fee_commitment_discount_id,
        min(billing_period_start) as billing_period_start,
        max(billing_period_end) as billing_period_end,
        max(charge_period_start) as newest_charge_start,
        max(charge_period_end) as newest_charge_end,
        sum(billed_cost) as billed_cost,
        sum(list_cost) as list_cost,
        sum(contracted_cost) as contracted_cost,
        sum(x_amortized_cost) as x_amortized_cost,
        sum(effective_cost) as effective_cost,
        sum(x_unused_commitment_cost) as x_unused_commitment_cost,
        sum(x_commitment_trueup_cost) as x_commitment_trueup_cost,
        sum(x_upfront_fee_cost) as x_upfront_fee_cost,
        count(*) as charge_count
    from charges
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18
)

select * from final
