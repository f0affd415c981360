{{ config(materialized='view') }}

-- What AWS itself would do, in the newest answers, by the names that bills and inventories use.
with options as (
    select
        *,
        {{ resource_key('coalesce(resource_arn, resource_id)') }} as resource_key
    from {{ ref('stg_recommendations__options') }}
    where is_latest and resource_id is not null
),

-- Cost Explorer tells a region in words; the id of an instance is in one region only.
instances as (
    select * from {{ ref('int_inventory__known') }}
    where kind = 'instance'
),

final as (
    select
        options.account_id,
        coalesce(instances.region_id, options.region_id) as region_id,
        options.resource_type as part,
        options.resource_key,
        options.recommended_by,
        coalesce(options.action, '') in ('Delete', 'Stop', 'Terminate') as is_idle,
        coalesce(options.rank, 1) as rank,
        options.current_type,
        options.recommended_type,
        coalesce(options.look_back_days, 14) as look_back_days,
        options.monthly_savings_cost,
        options.billing_currency,
        cast(options.collected_at as date) as known_on
    from options
    left join instances
        on options.account_id = instances.account_id
            and options.resource_type = instances.kind
            and options.resource_key = instances.resource_key
)

select * from final
