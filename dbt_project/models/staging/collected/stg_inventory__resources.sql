with resources as (
    select * from {{ source('collected', 'inventory') }}
),

answers as (
    select * from {{ ref('stg_collections__answers') }}
    where source = 'inventory' and is_answered
),

final as (
    select
        resources.account_id,
        resources.region_id,
        resources.resource_type,
        resources.resource_id,
        resources.resource_arn,
        resources.resource_name,
        resources.state,
        resources.state_reason,
        resources.state_changed_at,
        resources.type,
        resources.zone,
        resources.created_at,
        resources.started_at,
        resources.size_gb,
        resources.iops,
        resources.throughput,
        resources.platform,
        resources.architecture,
        resources.lifecycle,
        resources.engine,
        resources.engine_version,
        resources.group_name,
        resources.managed_by,
        resources.parent_id,
        resources.source_id,
        resources.used_by,
        resources.use_count,
        resources.healthy_count,
        resources.tags,
        resources.attributes,
        resources.collected_at,
        answers.is_latest
    from resources
    inner join answers
        on
            resources.part = answers.part
            and resources.asked_account_id = answers.asked_account_id
            and resources.asked_region_id = answers.asked_region_id
            and {{ moment('resources.collected_at') }} = answers.collected_at
)

select * from final
