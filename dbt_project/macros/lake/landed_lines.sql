{#-
  The lines of a form of bill, to stand behind FROM: those that were copied into the lake, and those that are read where
  AWS delivered them, in the same types. On DuckDB the view of the form holds both.
-#}
{% macro landed_lines(zone, form) %}{{ return(adapter.dispatch('landed_lines')(zone, form)) }}{% endmacro %}

{#-
  Only the columns that models ask for, by name. A row that is read in place is of the delivery that named its file; a
  file that no delivery named counts for nothing.
-#}
{% macro default__landed_lines(zone, form) -%}
    {%- set asked = asked_columns()[form] -%}
    (
        select {{ (asked.amounts + asked.others) | join(', ') }}, {{ landed_period() }}, delivery_id, source_file
        from {{ source(zone, form) }}
        union all
        select
            {% for name in asked.amounts %}{{ money('placed.' ~ name) }}, {% endfor -%}
            {% for name in asked.others %}placed.{{ name }}, {% endfor -%}
            placed.{{ landed_period() }}, named.delivery_id, named.source_file
        from {{ source(zone, form ~ '_in_place') }} as placed
        inner join {{ source('landing', 'placed_files') }} as named on placed."$path" = named.address
    )
{%- endmacro %}

{% macro duckdb__landed_lines(zone, form) %}{{ source(zone, form) }}{% endmacro %}

{#- What the staging models read of the forms that can be read in place; AWS writes `amounts` as doubles. -#}
{% macro asked_columns() -%}
    {{ return({
        'cur2': {
            'amounts': [
                'line_item_net_unblended_cost', 'line_item_unblended_cost', 'pricing_public_on_demand_cost',
                'reservation_amortized_upfront_fee_for_billing_period', 'reservation_effective_cost',
                'reservation_net_amortized_upfront_fee_for_billing_period', 'reservation_net_effective_cost',
                'reservation_net_unused_amortized_upfront_fee_for_billing_period',
                'reservation_net_unused_recurring_fee', 'reservation_unused_amortized_upfront_fee_for_billing_period',
                'reservation_unused_recurring_fee', 'savings_plan_amortized_upfront_commitment_for_billing_period',
                'savings_plan_net_amortized_upfront_commitment_for_billing_period',
                'savings_plan_net_recurring_commitment_for_billing_period',
                'savings_plan_net_savings_plan_effective_cost', 'savings_plan_savings_plan_effective_cost',
                'savings_plan_total_commitment_to_date', 'savings_plan_used_commitment',
                'split_line_item_net_split_cost', 'split_line_item_net_unused_cost',
                'split_line_item_public_on_demand_split_cost', 'split_line_item_public_on_demand_unused_cost',
                'split_line_item_split_cost', 'split_line_item_unused_cost',
            ],
            'others': [
                'bill_bill_type', 'bill_billing_period_end_date', 'bill_billing_period_start_date', 'bill_invoice_id',
                'bill_invoicing_entity', 'bill_payer_account_id', 'bill_payer_account_name',
                'capacity_reservation_capacity_reservation_arn', 'capacity_reservation_capacity_reservation_status',
                'cost_category',
                'line_item_availability_zone', 'line_item_currency_code', 'line_item_legal_entity',
                'line_item_line_item_description', 'line_item_line_item_type', 'line_item_normalized_usage_amount',
                'line_item_operation', 'line_item_product_code', 'line_item_resource_id', 'line_item_usage_account_id',
                'line_item_usage_account_name', 'line_item_usage_amount', 'line_item_usage_end_date',
                'line_item_usage_start_date', 'line_item_usage_type', 'pricing_currency',
                'pricing_lease_contract_length', 'pricing_offering_class', 'pricing_public_on_demand_rate',
                'pricing_purchase_option', 'pricing_rate_code', 'pricing_unit', 'product', 'product_instance_type',
                'product_product_family', 'product_region_code', 'product_servicecode', 'product_sku',
                'reservation_end_time', 'reservation_reservation_a_r_n', 'reservation_start_time',
                'reservation_total_reserved_normalized_units', 'reservation_total_reserved_units',
                'reservation_unused_normalized_unit_quantity', 'reservation_unused_quantity', 'resource_tags',
                'savings_plan_end_time', 'savings_plan_offering_type', 'savings_plan_payment_option',
                'savings_plan_purchase_term', 'savings_plan_savings_plan_a_r_n', 'savings_plan_start_time',
                'split_line_item_parent_resource_id',
            ],
        },
        'focus': {
            'amounts': ['BilledCost', 'ContractedCost', 'EffectiveCost', 'ListCost'],
            'others': [
                'AvailabilityZone', 'BillingAccountId', 'BillingAccountName', 'BillingCurrency', 'BillingPeriodEnd',
                'BillingPeriodStart', 'CapacityReservationId', 'CapacityReservationStatus', 'ChargeCategory',
                'ChargeClass', 'ChargeDescription', 'ChargeFrequency', 'ChargePeriodEnd', 'ChargePeriodStart',
                'CommitmentDiscountCategory', 'CommitmentDiscountId', 'CommitmentDiscountQuantity',
                'CommitmentDiscountStatus', 'CommitmentDiscountType', 'CommitmentDiscountUnit', 'ConsumedQuantity',
                'InvoiceId', 'InvoiceIssuerName', 'ListUnitPrice', 'PricingCategory', 'PricingCurrency',
                'PricingQuantity', 'PricingUnit', 'ProviderName', 'PublisherName', 'RegionId', 'ResourceId',
                'ResourceType', 'ServiceCategory', 'ServiceName', 'ServiceSubcategory', 'SkuId', 'SkuMeter',
                'SkuPriceDetails', 'SkuPriceId', 'SubAccountId', 'SubAccountName', 'Tags', 'x_CostCategories',
                'x_Discounts', 'x_Operation', 'x_ServiceCode', 'x_UsageType',
            ],
        },
    }) }}
{%- endmacro %}
