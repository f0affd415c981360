-- Instances and databases that the next smaller types of their own family would carry, by what they used.
with standing as (
    select * from {{ ref('int_instances__standing') }}
    where is_known and is_running and is_free and day_count >= {{ var('rightsizing_min_days') }}
),

types as (
    select
        *,
        {{ text_before('instance_type', '.') }} as family
    from {{ ref('stg_instance_types__types') }}
),

sizes as (
    select * from {{ ref('instance_sizes') }}
),

listed as (
    select
        region_id,
        type,
        platform,
        billing_currency,
        min(price) as price
    from {{ ref('stg_prices__list') }}
    where resource_type = 'instance'
    group by 1, 2, 3, 4
),

seen as (
    select * from {{ ref('int_instance_prices__seen') }}
),

-- The disks of a type lose what they hold; burstable types live on credits; graphics processors are not measured.
instance_targets as (
    select
        standing.*,
        targets.instance_type as recommended_type,
        {{ text_after('targets.instance_type', '.') }} as recommended_size,
        cast(present.vcpu_count as double) / nullif(targets.vcpu_count, 0) as processor_share,
        cast(present.memory_mib as double) / nullif(targets.memory_mib, 0) as memory_share,
        standing.memory_p99_5_pct as memory_pct
    from standing
    inner join types as present
        on standing.region_id = present.region_id and standing.instance_type = present.instance_type
    inner join types as targets
        on present.region_id = targets.region_id
            and present.family = targets.family
            and present.vcpu_count > targets.vcpu_count
            and coalesce(targets.hypervisor, '') = coalesce(present.hypervisor, '')
    where
        standing.part = 'instance'
        and not coalesce(present.is_burstable, true)
        and not coalesce(present.has_instance_storage, true)
        and coalesce(present.gpu_count, 1) = 0
        and not coalesce(targets.has_instance_storage, true)
        and strpos(targets.architecture, coalesce(standing.architecture, present.architecture)) > 0
        and coalesce(standing.network_interface_count <= targets.network_interface_limit, true)
        and coalesce(standing.disk_operations <= {{ var('rightsizing_room') }} * targets.ebs_baseline_iops, true)
        and standing.capacity_reservation_id is null
),

-- A class of RDS has the processors and the memory of the type of EC2 whose name it carries.
database_targets as (
    select
        standing.*,
        standing.instance_family || '.' || targets.size as recommended_type,
        targets.size as recommended_size,
        standing.normalization_factor / nullif(targets.normalization_factor, 0) as processor_share,
        standing.normalization_factor / nullif(targets.normalization_factor, 0) as memory_share,
        100 * (1 - standing.least_free_memory_mib / nullif(present.memory_mib, 0)) as memory_pct
    from standing
    inner join sizes as targets
        on standing.normalization_factor > targets.normalization_factor
            and strpos(' {{ var("database_sizes") | join(" ") }} ', ' ' || targets.size || ' ') > 0
    left join types as present
        on standing.region_id = present.region_id and substr(standing.instance_type, 4) = present.instance_type
    where standing.part = 'database' and standing.instance_family not like 'db.t%'
),

targets as (
    select * from instance_targets
    union all
    select * from database_targets
),

-- The next smaller would be timid: the smallest that carries it is what the measurements say.
ranked as (
    select
        targets.*,
        row_number() over (
            partition by billing_period, billing_account_id, sub_account_id, region_id, resource_id, billing_currency
            order by processor_share desc, memory_share desc, recommended_type asc
        ) as target_place
    from targets
    where
        cpu_p99_5_pct * processor_share <= 100 * {{ var('rightsizing_room') }}
        and cpu_max_pct * processor_share <= 100
        and coalesce(memory_pct * memory_share <= 100 * {{ var('rightsizing_room') }}, true)
),

priced as (
    select
        ranked.*,
        case when seen.hourly_price is not null then 'on this bill'
            when ranked.hourly_price is not null and sizes.normalization_factor is not null then 'scaled from this bill'
            when listed_then.price is not null and listed_now.price is not null then 'price list'
            else 'not on this bill'
        end as price_basis,
        coalesce(ranked.hourly_price, cast(listed_now.price as double)) as present_hourly_price,
        coalesce(
            seen.hourly_price,
            ranked.hourly_price * sizes.normalization_factor / nullif(ranked.normalization_factor, 0),
            cast(listed_then.price as double)
        ) as recommended_hourly_price
    from ranked
    left join sizes on ranked.recommended_size = sizes.size
    left join seen
        on ranked.billing_period = seen.billing_period
            and ranked.billing_account_id = seen.billing_account_id
            and ranked.region_id = seen.region_id
            and ranked.x_service_code = seen.x_service_code
            and ranked.price_key = seen.price_key
            and ranked.billing_currency = seen.billing_currency
            and ranked.instance_family = seen.instance_family
            and ranked.recommended_size = seen.instance_size
    left join listed as listed_now
        on ranked.region_id = listed_now.region_id and ranked.instance_type = listed_now.type
            and ranked.platform = listed_now.platform and ranked.billing_currency = listed_now.billing_currency
    left join listed as listed_then
        on ranked.region_id = listed_then.region_id and ranked.recommended_type = listed_then.type
            and ranked.platform = listed_then.platform and ranked.billing_currency = listed_then.billing_currency
    where ranked.target_place = 1
),

final as (
    select * from priced
    where recommended_hourly_price is null or recommended_hourly_price < present_hourly_price
)

select * from final
