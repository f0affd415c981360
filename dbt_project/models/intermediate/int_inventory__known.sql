with resources as (
    select
        *,
        {{ map_to_json('tags') }} as tags_text,
        cast(collected_at as date) as known_on
    from {{ ref('stg_inventory__resources') }}
    where is_latest and coalesce(state, '') not in ('terminated', 'shutting-down', 'deleted', 'deleting')
),

final as (
    select
        account_id,
        region_id,
        resource_type as kind,
        case
            when resource_type = 'load_balancer' and type = 'classic' then 'classic_load_balancer'
            else resource_type
        end as part,
        resource_id,
        {{ resource_key('coalesce(resource_arn, resource_id)') }} as resource_key,
        state,
        {{ moment('state_changed_at') }} as state_changed_at,
        type,
        size_gb,
        iops,
        throughput,
        {{ moment('created_at') }} as created_at,
        platform,
        architecture,
        lifecycle,
        group_name,
        source_id,
        used_by,
        use_count,
        healthy_count,
        {{ first_tag('tags', var('inventory_environment_tag_keys')) }} as environment,
        {{ owners_of('tags_text', 'managed_by') }} as owners,
        coalesce({{ map_get('attributes', 'is_multi_attach') }} = 'true', false) as is_multi_attach,
        coalesce({{ map_get('attributes', 'has_marketplace_code') }} = 'true', false) as has_marketplace_code,
        {{ map_get('attributes', 'has_ena') }} as has_ena,
        {{ map_get('attributes', 'tenancy') }} as tenancy,
        {{ map_get('attributes', 'virtualization_type') }} as virtualization_type,
        {{ map_get('attributes', 'capacity_reservation_id') }} as capacity_reservation_id,
        cast({{ map_get('attributes', 'network_interface_count') }} as bigint) as network_interface_count,
        known_on
    from resources
)

select * from final
