-- Instances and databases of a payer's newest bill, with what inventory and metrics tell of them, where they do.
with instances as (
    select
        *,
        row_number() over (
            partition by billing_period, billing_account_id, sub_account_id, region_id, resource_id, billing_currency
            order by observed_hours desc, instance_type asc, price_key asc
        ) as place
    from {{ ref('int_instances__summed') }}
    where on_demand_hours > 0 and observed_hours >= {{ var('rightsizing_min_hours') }}
),

periods as (
    select * from {{ ref('int_billing_periods__latest') }}
    where is_latest_period
),

known as (
    select * from {{ ref('int_inventory__known') }}
),

measured as (
    select * from {{ ref('int_resources__measured') }}
),

windows as (
    select * from {{ ref('int_instances__windows') }}
),

final as (
    select
        instances.*,
        periods.usage_through_on,
        known.resource_key is not null as is_known,
        known.owners,
        coalesce(known.environment, instances.environment) as environment_name,
        coalesce(known.state, 'running') in ('running', 'available') as is_running,
        known.platform,
        known.architecture,
        known.virtualization_type,
        known.capacity_reservation_id,
        known.network_interface_count,
        known.known_on as inventoried_on,
        -- A group's instances follow its template, a licence may be bound to the type, a host is paid for whole.
        known.lifecycle is null
        and known.group_name is null
        and not coalesce(known.has_marketplace_code, false)
        and coalesce(known.tenancy, '') not in ('dedicated', 'host')
        and (instances.part <> 'database' or (known.state = 'available' and known.source_id is null)) as is_free,
        measured.known_on,
        measured.day_count,
        measured.cpu_p99_5_pct,
        measured.cpu_max_pct,
        case when measured.memory_day_count >= {{ var('rightsizing_min_days') }} then measured.memory_p99_5_pct end
            as memory_p99_5_pct,
        case
            when measured.free_memory_day_count >= {{ var('rightsizing_min_days') }} then measured.least_free_memory_mib
        end as least_free_memory_mib,
        measured.disk_operations,
        measured.weekend_day_count,
        measured.weekend_cpu_max_pct,
        measured.weekend_network_bytes,
        coalesce(windows.works_at_night, false) as works_at_night,
        coalesce(windows.is_told_enough, false) as is_night_told,
        windows.day_count as night_count,
        windows.working_hours,
        windows.hours_left
    from instances
    inner join periods
        on instances.billing_account_id = periods.billing_account_id
            and instances.billing_period = periods.billing_period
    left join known
        on instances.sub_account_id = known.account_id
            and instances.region_id = known.region_id
            and instances.part = known.part
            and instances.resource_key = known.resource_key
            and date_diff('day', known.known_on, periods.usage_through_on) <= {{ var('collected_may_lag_days') }}
    left join measured
        on known.account_id = measured.account_id
            and known.region_id = measured.region_id
            and known.part = measured.part
            and known.resource_id = measured.resource_id
            and date_diff('day', measured.known_on, periods.usage_through_on) <= {{ var('collected_may_lag_days') }}
    left join windows
        on known.part = 'instance'
            and known.account_id = windows.account_id
            and known.region_id = windows.region_id
            and known.resource_id = windows.resource_id
            and date_diff('day', windows.known_on, periods.usage_through_on) <= {{ var('collected_may_lag_days') }}
    where instances.place = 1
)

select * from final
