with line_items as (
    select * from {{ source('landing', 'legacy_cur') }}
),

final as (
    select
        'legacy_cur' as source,
        -- The legacy report never carries account names.
        cast(null as varchar) as sub_account_name,
        coalesce(
            nullif(product_product_name, ''),
            nullif(product_servicecode, ''),
            line_item_product_code
        ) as service_name,
        coalesce(nullif(product_region_code, ''), nullif(product_region, '')) as region_id,
        nullif(product_instance_type, '') as instance_type,
        nullif(product_operating_system, '') as operating_system,
        nullif(product_tenancy, '') as tenancy,
        nullif(product_pre_installed_sw, '') as preinstalled_software,
        nullif(product_license_model, '') as license_model,
        nullif(product_database_engine, '') as database_engine,
        nullif(product_deployment_option, '') as deployment_option,
        cast(null as varchar) as billing_account_name,
        cast(null as varchar) as capacity_reservation_id,
        cast(null as varchar) as capacity_reservation_status,
        {{ shared_line_item_columns() }},
        {{ told_columns() }}
    from line_items
)

select * from final
