-- noqa: disable=capitalisation.identifiers,aliasing.self_alias.column
-- FOCUS names its columns so: see docs/decisions/0005.
with line_items as (
    select * from {{ landed_lines('landing', 'focus') }}
),

-- Other clouds close their bills at other times: a line belongs to the month that it was delivered with.
deliveries as (
    select distinct
        delivery_id as known_delivery_id,
        billing_period
    from {{ source('landing', 'deliveries') }}
    where source = 'focus'
),

final as (
    select
        'focus' as source,
        nullif(SubAccountName, '') as sub_account_name,
        coalesce(nullif(ServiceName, ''), nullif(x_ServiceCode, ''), 'Unknown') as service_name,
        nullif(RegionId, '') as region_id,
        nullif({{ map_get('SkuPriceDetails', 'InstanceType') }}, '') as instance_type,
        nullif({{ map_get('SkuPriceDetails', 'OperatingSystem') }}, '') as operating_system,
        nullif({{ map_get('SkuPriceDetails', 'x_Tenancy') }}, '') as tenancy,
        nullif({{ map_get('SkuPriceDetails', 'x_PreInstalledSoftware') }}, '') as preinstalled_software,
        nullif({{ map_get('SkuPriceDetails', 'x_LicenseModel') }}, '') as license_model,
        nullif({{ map_get('SkuPriceDetails', 'x_DatabaseEngine') }}, '') as database_engine,
        nullif({{ map_get('SkuPriceDetails', 'x_DeploymentOption') }}, '') as deployment_option,
        nullif(BillingAccountName, '') as billing_account_name,
        nullif(CapacityReservationId, '') as capacity_reservation_id,
        nullif(CapacityReservationStatus, '') as capacity_reservation_status,
        line_items.delivery_id,
        source_file,
        line_items.{{ landed_period() }} as landed_period,
        deliveries.billing_period,
        {{ moment('BillingPeriodStart') }} as billing_period_start,
        {{ moment('BillingPeriodEnd') }} as billing_period_end,
        nullif(InvoiceId, '') as invoice_id,
        BillingAccountId as billing_account_id,
        -- What the payer was charged as a whole has no account of its own.
        coalesce(nullif(SubAccountId, ''), BillingAccountId) as sub_account_id,
        {{ moment('ChargePeriodStart') }} as charge_period_start,
        {{ moment('ChargePeriodEnd') }} as charge_period_end,
        ChargeCategory as line_item_type,
        {{ focus_charge_kind() }} as charge_kind,
        nullif(ChargeDescription, '') as charge_description,
        coalesce(nullif(x_ServiceCode, ''), nullif(ServiceName, '')) as service_code,
        -- FOCUS 1.0 has AWS's own column, 1.2 the meter of the SKU.
        coalesce(nullif(x_UsageType, ''), nullif(SkuMeter, '')) as usage_type,
        nullif(x_Operation, '') as operation,
        nullif(AvailabilityZone, '') as availability_zone,
        nullif(ResourceId, '') as resource_id,
        nullif(ResourceType, '') as product_family,
        coalesce(ConsumedQuantity, PricingQuantity) as consumed_quantity,
        nullif(PricingUnit, '') as pricing_unit,
        BillingCurrency as billing_currency,
        BilledCost as unblended_cost,
        {{ untold(['net_unblended_cost']) }},
        ListCost as public_on_demand_cost,
        try_cast(round(ListUnitPrice, 10) as decimal(38, 10)) as public_on_demand_rate,
        case when not {{ focus_is_savings_plan() }} then nullif(CommitmentDiscountId, '') end as reservation_arn,
        {{ untold([
            'reservation_effective_cost', 'reservation_net_effective_cost',
            'reservation_amortized_upfront_fee_for_billing_period',
            'reservation_net_amortized_upfront_fee_for_billing_period',
            'reservation_unused_amortized_upfront_fee_for_billing_period', 'reservation_unused_recurring_fee',
            'reservation_net_unused_amortized_upfront_fee_for_billing_period', 'reservation_net_unused_recurring_fee',
        ]) }},
        case when {{ focus_is_savings_plan() }} then nullif(CommitmentDiscountId, '') end as savings_plan_arn,
        {{ untold([
            'savings_plan_effective_cost', 'savings_plan_net_effective_cost',
            'savings_plan_net_recurring_commitment_for_billing_period',
            'savings_plan_net_amortized_upfront_commitment_for_billing_period',
            'savings_plan_total_commitment_to_date', 'savings_plan_used_commitment',
            'savings_plan_amortized_upfront_commitment_for_billing_period',
        ]) }},
        {{ untold([
            'savings_plan_offering_type', 'commitment_offering', 'commitment_term', 'commitment_payment_option',
            'commitment_start', 'commitment_end', 'bill_type',
        ], 'varchar') }},
        nullif(InvoiceIssuerName, '') as invoice_issuer_name,
        nullif(PublisherName, '') as publisher_name,
        nullif(SkuId, '') as sku_id,
        nullif(SkuPriceId, '') as sku_price_id,
        nullif(PricingCurrency, '') as pricing_currency,
        {{ untold([
            'normalized_quantity', 'reservation_total_quantity', 'reservation_total_normalized_quantity',
            'reservation_unused_quantity', 'reservation_unused_normalized_quantity',
        ], 'double') }},
        -- FOCUS 1.2 tells no parts of a machine.
        {{ untold(['split_parent_resource_id'], 'varchar') }},
        {{ untold([
            'split_cost', 'split_unused_cost', 'net_split_cost', 'net_split_unused_cost', 'public_split_cost',
            'public_split_unused_cost',
        ]) }},
        Tags as tags,
        x_CostCategories as cost_categories,
        EffectiveCost as told_effective_cost,
        ListCost as told_list_cost,
        ContractedCost as told_contracted_cost,
        cast(round(coalesce({{ map_total('x_Discounts') }}, 0), 10) as decimal(38, 10)) as told_discount_cost,
        case when lower(ChargeClass) = 'correction' then 'Correction' end as told_charge_class,
        -- Writers differ in case; a word that FOCUS does not know is worked out as for other bills.
        case lower(ChargeFrequency)
            when 'usage-based' then 'Usage-Based'
            when 'recurring' then 'Recurring'
            when 'one-time' then 'One-Time'
        end as told_charge_frequency,
        nullif(PricingCategory, '') as told_pricing_category,
        nullif(ServiceCategory, '') as told_service_category,
        nullif(ServiceSubcategory, '') as told_service_subcategory,
        CommitmentDiscountQuantity as told_commitment_quantity,
        case when CommitmentDiscountQuantity is not null then nullif(CommitmentDiscountUnit, '') end
            as told_commitment_unit,
        nullif(ProviderName, '') as told_provider_name
    from line_items
    inner join deliveries on line_items.delivery_id = deliveries.known_delivery_id
)

select * from final
