-- noqa: disable=capitalisation.identifiers,aliasing.self_alias.column
-- FOCUS names its columns so, and tools look for these very names: see docs/decisions/0005.
with charges as (
    select * from {{ ref('int_charges__in_focus') }}
    {{ where_due() }}
),

subcategories as (
    select * from {{ ref('service_subcategories') }}
),

-- What applies to which rows: taxes have no price, commitments no consumption of their own, usage that names a
-- commitment without being covered by it has none.
told as (
    select
        charges.*,
        case when part = 'unused' then 'Usage' else charge_category end as category,
        case
            when part = 'unused' then 'Unused'
            when commitment_discount_status = 'Used' then 'Used'
        end as status,
        charge_category in ('Usage', 'Purchase') as is_priced,
        case
            when charge_category <> 'Usage' or commitment_discount_status is not null then commitment_discount_id
        end as commitment_id,
        case
            when part = 'unused' then coalesce(x_unused_commitment_quantity, 1)
            else coalesce(consumed_quantity, 0)
        end as quantity,
        case when part = 'unused' then x_unused_commitment_quantity else commitment_discount_quantity end
            as commitment_quantity,
        coalesce(
            case
                when part <> 'unused' then pricing_unit
                when x_unused_commitment_quantity is not null then commitment_discount_unit
            end, 'Unit'
        ) as unit,
        case when capacity_reservation_status in ('Used', 'Unused') then capacity_reservation_status end
            as capacity_status,
        nullif(region_id, 'global') as known_region_id,
        coalesce(pricing_currency, billing_currency) as known_pricing_currency
    from charges
),

-- The bill's own public price where it explains the cost; else the price that does.
list_priced as (
    select
        *,
        case
            when not is_priced then null
            when
                abs(cast(list_unit_price as double) * quantity - cast(focus_list_cost as double))
                <= 0.000001 + 0.000000001 * abs(cast(focus_list_cost as double))
                then cast(list_unit_price as double)
            else cast(focus_list_cost as double) / nullif(quantity, 0)
        end as list_price
    from told
),

priced as (
    select
        *,
        case
            when not is_priced then null
            when focus_contracted_cost = focus_list_cost then list_price
            else cast(focus_contracted_cost as double) / nullif(quantity, 0)
        end as contracted_price
    from list_priced
),

final as (
    select
        priced.availability_zone as AvailabilityZone,
        priced.focus_billed_cost as BilledCost,
        priced.billing_account_id as BillingAccountId,
        priced.billing_account_name as BillingAccountName,
        'Payer account' as BillingAccountType,
        priced.billing_currency as BillingCurrency,
        priced.billing_period_end as BillingPeriodEnd,
        priced.billing_period_start as BillingPeriodStart,
        case when priced.capacity_status is not null then priced.capacity_reservation_id end as CapacityReservationId,
        case when priced.capacity_reservation_id is not null then priced.capacity_status end
            as CapacityReservationStatus,
        priced.category as ChargeCategory,
        priced.charge_class as ChargeClass,
        priced.charge_description as ChargeDescription,
        case when priced.part = 'unused' then 'Usage-Based' else priced.charge_frequency end as ChargeFrequency,
        priced.charge_period_end as ChargePeriodEnd,
        priced.charge_period_start as ChargePeriodStart,
        case
            when priced.commitment_id is null then null
            when priced.x_purchase_option = 'Savings Plan' then 'Spend'
            else 'Usage'
        end as CommitmentDiscountCategory,
        priced.commitment_id as CommitmentDiscountId,
        cast(null as varchar) as CommitmentDiscountName,
        case when priced.commitment_id is not null then priced.commitment_quantity end as CommitmentDiscountQuantity,
        case when priced.commitment_id is not null then priced.status end as CommitmentDiscountStatus,
        case
            when priced.commitment_id is null then null
            when priced.x_purchase_option = 'Savings Plan' then 'Savings Plan'
            else 'Reserved Instance'
        end as CommitmentDiscountType,
        case
            when priced.commitment_id is not null and priced.commitment_quantity is not null
                then priced.commitment_discount_unit
        end as CommitmentDiscountUnit,
        case when priced.category = 'Usage' and priced.part = 'billed' then priced.quantity end as ConsumedQuantity,
        case when priced.category = 'Usage' and priced.part = 'billed' then priced.unit end as ConsumedUnit,
        priced.focus_contracted_cost as ContractedCost,
        priced.contracted_price as ContractedUnitPrice,
        priced.focus_effective_cost as EffectiveCost,
        priced.invoice_id as InvoiceId,
        coalesce(priced.invoice_issuer_name, 'AWS') as InvoiceIssuerName,
        priced.focus_list_cost as ListCost,
        priced.list_price as ListUnitPrice,
        case
            when not priced.is_priced then null
            when priced.status is not null then 'Committed'
            when priced.x_purchase_option = 'Spot' then 'Dynamic'
            else 'Standard'
        end as PricingCategory,
        priced.known_pricing_currency as PricingCurrency,
        case when priced.known_pricing_currency = priced.billing_currency then priced.contracted_price end
            as PricingCurrencyContractedUnitPrice,
        case when priced.known_pricing_currency = priced.billing_currency then priced.focus_effective_cost end
            as PricingCurrencyEffectiveCost,
        case when priced.known_pricing_currency = priced.billing_currency then priced.list_price end
            as PricingCurrencyListUnitPrice,
        case when priced.is_priced then priced.quantity end as PricingQuantity,
        case when priced.is_priced then priced.unit end as PricingUnit,
        coalesce(priced.x_told_provider_name, 'AWS') as ProviderName,
        coalesce(priced.publisher_name, 'AWS') as PublisherName,
        priced.known_region_id as RegionId,
        coalesce(regions.region_name, priced.known_region_id) as RegionName,
        priced.resource_id as ResourceId,
        cast(null as varchar) as ResourceName,
        case when priced.resource_id is not null then coalesce(priced.x_product_family, priced.service_name) end
            as ResourceType,
        coalesce(priced.told_category, priced.service_category) as ServiceCategory,
        priced.service_name as ServiceName,
        coalesce(
            priced.told_subcategory, subcategories.service_subcategory, 'Other (' || priced.service_category || ')'
        ) as ServiceSubcategory,
        case when priced.category <> 'Tax' then priced.sku_id end as SkuId,
        case when priced.category <> 'Tax' and priced.sku_id is not null then priced.x_usage_type end as SkuMeter,
        case
            when priced.category = 'Tax' or priced.sku_price_id is null or priced.x_instance_type is null then null
            else {{ sku_price_details('priced') }}
        end as SkuPriceDetails,
        case when priced.category <> 'Tax' then priced.sku_price_id end as SkuPriceId,
        priced.sub_account_id as SubAccountId,
        priced.sub_account_name as SubAccountName,
        case when priced.sub_account_id = priced.billing_account_id then 'Payer account' else 'Member account' end
            as SubAccountType,
        priced.tags_json as Tags,
        priced.billing_period as x_BillingPeriod,
        priced.x_charge_id as x_ChargeId,
        priced.x_operation as x_Operation,
        priced.x_service_code as x_ServiceCode,
        priced.x_usage_type as x_UsageType
    from priced
    left join subcategories on priced.x_service_code = subcategories.service_code
    left join {{ ref('regions') }} as regions on priced.known_region_id = regions.region_id
)

select * from final
