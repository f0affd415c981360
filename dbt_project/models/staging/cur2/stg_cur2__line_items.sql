with line_items as (
    select * from {{ landed_lines('landing', 'cur2') }}
),

final as (
    select
        'cur2' as source,
        nullif(line_item_usage_account_name, '') as sub_account_name,
        coalesce(
            nullif({{ map_get('product', 'product_name') }}, ''),
            nullif(product_servicecode, ''),
            line_item_product_code
        ) as service_name,
        coalesce(nullif(product_region_code, ''), nullif({{ map_get('product', 'region') }}, '')) as region_id,
        nullif(product_instance_type, '') as instance_type,
        nullif({{ map_get('product', 'operating_system') }}, '') as operating_system,
        nullif({{ map_get('product', 'tenancy') }}, '') as tenancy,
        nullif({{ map_get('product', 'pre_installed_sw') }}, '') as preinstalled_software,
        nullif({{ map_get('product', 'license_model') }}, '') as license_model,
        nullif({{ map_get('product', 'database_engine') }}, '') as database_engine,
        nullif({{ map_get('product', 'deployment_option') }}, '') as deployment_option,
        nullif(bill_payer_account_name, '') as billing_account_name,
        nullif(capacity_reservation_capacity_reservation_arn, '') as capacity_reservation_id,
        nullif(capacity_reservation_capacity_reservation_status, '') as capacity_reservation_status,
        {{ shared_line_item_columns() }},
        {{ told_columns() }}
    from line_items
)

select * from final
