with types as (
    select
        *,
        row_number() over (
            partition by region_id, instance_type
            order by collected_at desc, asked_account_id asc
        ) as age
    from {{ source('collected', 'instance_types') }}
),

final as (
    select
        region_id,
        instance_type,
        vcpu_count,
        memory_mib,
        architecture,
        hypervisor,
        is_current_generation,
        is_burstable,
        has_instance_storage,
        gpu_count,
        network_interface_limit,
        network_performance,
        ebs_baseline_iops,
        ebs_baseline_throughput,
        attributes,
        collected_at
    from types
    where age = 1
)

select * from final
