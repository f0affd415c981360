{#-
  The columns that legacy CUR and CUR 2.0 share, under the names of the waist. Legacy Parquet writes '' where CUR 2.0
  writes null, and CUR 2.0 csv writes both: '' never means anything on a bill.
-#}
{% macro shared_line_item_columns() %}
    delivery_id,
    source_file,
    {{ landed_period() }} as landed_period,
    {{ month_of('bill_billing_period_start_date') }} as billing_period,
    {{ moment('bill_billing_period_start_date') }} as billing_period_start,
    {{ moment('bill_billing_period_end_date') }} as billing_period_end,
    nullif(bill_invoice_id, '') as invoice_id,
    bill_payer_account_id as billing_account_id,
    line_item_usage_account_id as sub_account_id,
    {{ moment('line_item_usage_start_date') }} as charge_period_start,
    {{ moment('line_item_usage_end_date') }} as charge_period_end,
    line_item_line_item_type as line_item_type,
    case
        when line_item_line_item_type = 'Fee' and coalesce(reservation_reservation_a_r_n, '') <> ''
            then 'Fee:Reservation'
        when
            line_item_line_item_type = 'Refund'
            and line_item_product_code like '%SavingsPlans'
            and line_item_line_item_description like 'Refund for one-time fee for Savings Plan%'
            then 'Refund:SavingsPlan'
        else line_item_line_item_type
    end as charge_kind,
    nullif(line_item_line_item_description, '') as charge_description,
    line_item_product_code as service_code,
    nullif(line_item_usage_type, '') as usage_type,
    nullif(line_item_operation, '') as operation,
    nullif(line_item_availability_zone, '') as availability_zone,
    nullif(line_item_resource_id, '') as resource_id,
    nullif(product_product_family, '') as product_family,
    line_item_usage_amount as consumed_quantity,
    nullif(pricing_unit, '') as pricing_unit,
    line_item_currency_code as billing_currency,
    -- Blank only on lines of pods and tasks, whose cost is on the line of their host.
    {{ amount_or_zero('line_item_unblended_cost') }} as unblended_cost,
    line_item_net_unblended_cost as net_unblended_cost,
    pricing_public_on_demand_cost as public_on_demand_cost,
    try_cast(nullif(pricing_public_on_demand_rate, '') as decimal(38, 10)) as public_on_demand_rate,
    nullif(reservation_reservation_a_r_n, '') as reservation_arn,
    reservation_effective_cost,
    reservation_net_effective_cost,
    reservation_amortized_upfront_fee_for_billing_period,
    reservation_net_amortized_upfront_fee_for_billing_period,
    reservation_unused_amortized_upfront_fee_for_billing_period,
    reservation_unused_recurring_fee,
    reservation_net_unused_amortized_upfront_fee_for_billing_period,
    reservation_net_unused_recurring_fee,
    nullif(savings_plan_savings_plan_a_r_n, '') as savings_plan_arn,
    savings_plan_savings_plan_effective_cost as savings_plan_effective_cost,
    savings_plan_net_savings_plan_effective_cost as savings_plan_net_effective_cost,
    savings_plan_net_recurring_commitment_for_billing_period,
    savings_plan_net_amortized_upfront_commitment_for_billing_period,
    savings_plan_total_commitment_to_date,
    savings_plan_used_commitment,
    savings_plan_amortized_upfront_commitment_for_billing_period,
    nullif(savings_plan_offering_type, '') as savings_plan_offering_type,
    coalesce(nullif(savings_plan_offering_type, ''), nullif(pricing_offering_class, '')) as commitment_offering,
    coalesce(nullif(savings_plan_purchase_term, ''), nullif(pricing_lease_contract_length, '')) as commitment_term,
    coalesce(nullif(savings_plan_payment_option, ''), nullif(pricing_purchase_option, ''))
        as commitment_payment_option,
    coalesce(nullif(savings_plan_start_time, ''), nullif(reservation_start_time, '')) as commitment_start,
    coalesce(nullif(savings_plan_end_time, ''), nullif(reservation_end_time, '')) as commitment_end,
    nullif(bill_bill_type, '') as bill_type,
    nullif(bill_invoicing_entity, '') as invoice_issuer_name,
    nullif(line_item_legal_entity, '') as publisher_name,
    nullif(product_sku, '') as sku_id,
    nullif(pricing_rate_code, '') as sku_price_id,
    nullif(pricing_currency, '') as pricing_currency,
    line_item_normalized_usage_amount as normalized_quantity,
    try_cast(nullif(reservation_total_reserved_units, '') as double) as reservation_total_quantity,
    try_cast(nullif(reservation_total_reserved_normalized_units, '') as double) as reservation_total_normalized_quantity,
    reservation_unused_quantity,
    reservation_unused_normalized_unit_quantity as reservation_unused_normalized_quantity,
    nullif(split_line_item_parent_resource_id, '') as split_parent_resource_id,
    split_line_item_split_cost as split_cost,
    split_line_item_unused_cost as split_unused_cost,
    split_line_item_net_split_cost as net_split_cost,
    split_line_item_net_unused_cost as net_split_unused_cost,
    split_line_item_public_on_demand_split_cost as public_split_cost,
    split_line_item_public_on_demand_unused_cost as public_split_unused_cost,
    resource_tags as tags,
    cost_category as cost_categories
{%- endmacro %}
