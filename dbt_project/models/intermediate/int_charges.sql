{{ config(materialized='incremental') }}

with line_items as (
    select * from {{ ref('int_line_items__elected') }}
    {{ where_due('landed_period') }}
),

line_item_types as (
    select * from {{ ref('line_item_types') }}
),

layouts as (
    select * from {{ ref('int_discounts__layout') }}
),

service_categories as (
    select * from {{ ref('service_categories') }}
),

-- A type nobody has told us about keeps its billed cost, and a warning names it.
typed as (
    select
        line_items.*,
        coalesce(line_item_types.charge_category, 'Adjustment') as charge_category,
        coalesce(line_items.told_charge_class, nullif(line_item_types.charge_class, '')) as charge_class,
        coalesce(line_item_types.amortized_basis, 'billed') as amortized_basis,
        coalesce(line_item_types.list_basis, 'none') as list_basis,
        coalesce(line_item_types.contracted_basis, 'none') as contracted_basis,
        coalesce(line_item_types.is_usage, false) as is_usage,
        layouts.is_net_layout,
        layouts.is_net_billed,
        coalesce(service_categories.service_category, line_items.told_service_category, 'Other') as service_category,
        {{ net_if_there('line_items.net_unblended_cost', 'line_items.unblended_cost') }} as net_billed_cost,
        coalesce(line_items.region_id, 'global') as known_region_id,
        {{ purchase_option('line_items', 'line_item_types') }} as purchase_option
    from line_items
    left join line_item_types on line_items.charge_kind = line_item_types.charge_kind
    left join service_categories on line_items.service_code = service_categories.service_code
    inner join layouts
        on line_items.delivery_id = layouts.delivery_id
            and line_items.billing_account_id = layouts.billing_account_id
            and line_items.billing_currency = layouts.billing_currency
),

measured as (
    select
        *,
        {{ unused_commitment(net=false) }} as unused_cost,
        {{ unused_commitment(net=true) }} as net_unused_cost
    from typed
),

final as (
    select
        billing_period,
        billing_period_start,
        billing_period_end,
        invoice_id,
        billing_account_id,
        sub_account_id,
        sub_account_name,
        billing_account_name,
        invoice_issuer_name,
        publisher_name,
        charge_period_start,
        charge_period_end,
        charge_category,
        charge_class,
        charge_description,
        service_category,
        service_name,
        known_region_id as region_id,
        availability_zone,
        resource_id,
        consumed_quantity,
        pricing_unit,
        sku_id,
        sku_price_id,
        pricing_currency,
        public_on_demand_rate as list_unit_price,
        coalesce(savings_plan_arn, reservation_arn) as commitment_discount_id,
        {{ commitment_discount_status() }} as commitment_discount_status,
        {{ commitment_quantity() }} as commitment_discount_quantity,
        {{ commitment_unit() }} as commitment_discount_unit,
        {{ unused_commitment_quantity() }} as x_unused_commitment_quantity,
        capacity_reservation_id,
        capacity_reservation_status,
        billing_currency,
        {{ billed_cost() }} as billed_cost,
        {{ list_cost() }} as list_cost,
        {{ contracted_cost() }} as contracted_cost,
        {{ amortized_cost() }} as x_amortized_cost,
        {{ effective_cost() }} as effective_cost,
        unused_cost as x_unused_commitment_cost,
        {{ amount_or_zero('savings_plan_used_commitment') }} as x_used_commitment_cost,
        {{ commitment_cost() }} as x_commitment_cost,
        {{ commitment_trueup() }} as x_commitment_trueup_cost,
        {{ upfront_fee() }} as x_upfront_fee_cost,
        {% for fact in ['offering', 'term', 'payment_option', 'start', 'end'] -%}
        {{ told_of_commitment('commitment_' ~ fact) }} as x_commitment_{{ fact }},
        {% endfor -%}
        line_item_type as x_line_item_type,
        charge_kind as x_charge_kind,
        is_usage as x_is_usage,
        purchase_option as x_purchase_option,
        service_code as x_service_code,
        usage_type as x_usage_type,
        operation as x_operation,
        product_family as x_product_family,
        instance_type as x_instance_type,
        operating_system as x_operating_system,
        tenancy as x_tenancy,
        preinstalled_software as x_preinstalled_software,
        license_model as x_license_model,
        database_engine as x_database_engine,
        deployment_option as x_deployment_option,
        bill_type as x_bill_type,
        told_list_cost as x_told_list_cost,
        told_contracted_cost as x_told_contracted_cost,
        told_charge_frequency as x_told_charge_frequency,
        told_service_category as x_told_service_category,
        told_service_subcategory as x_told_service_subcategory,
        told_provider_name as x_told_provider_name,
        split_parent_resource_id as x_split_parent_resource_id,
        {{ split_amortized_cost() }} as x_split_amortized_cost,
        {{ split_effective_cost() }} as x_split_effective_cost,
        {{ split_list_cost() }} as x_split_list_cost,
        tags,
        {{ allocation_values() }} as x_allocation_values,
        {{ tag_key_variants() }} as x_tag_key_variants,
        {{ first_tag('tags', var('owner_tag_keys')) }} as x_owner,
        {{ first_tag('tags', var('environment_tag_keys')) }} as x_environment,
        source as x_source,
        delivery_id as x_delivery_id,
        source_file as x_source_file
    from measured
)

select * from final
