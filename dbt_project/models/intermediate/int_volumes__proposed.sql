{{ config(materialized='view') }}

-- Volumes that could be gp3, or gp3 with less speed than they pay for.
with standing as (
    select
        *,
        greatest(
            0.0,
            least(size_gb * {{ var('gp2_iops_per_gb') }}, {{ var('gp3_most_iops') }})
            - {{ var('gp3_included_iops') }}
        ) as gp2_iops,
        case when size_gb > {{ var('gp2_small_volume_gb') }} then {{ var('gp2_extra_throughput_mibps') }} else 0 end
            as gp2_mibps,
        needed_iops - {{ var('gp3_included_iops') }} as more_iops,
        needed_mibps - {{ var('gp3_included_mibps') }} as more_mibps,
        'On ' || cast(day_count as varchar) || ' days it did ' || {{ whole('ceil(peak_iops)') }} || ' operations and '
        || {{ tenths('peak_mibps') }} || ' MiB in a second at most: ' as measured_finding
    from {{ ref('int_volumes__standing') }}
),

-- gp3 must give what the gp2 volume of that size gave; where that is no cheaper, what it needs at its peak.
gp2 as (
    select
        *,
        round(size_gb * storage_price, 6) as gp2_cost,
        {{ gp3_cost('gp2_iops', 'gp2_mibps') }} as gp3_cost,
        case
            when more_iops is null then {{ gp3_cost('gp2_iops', 'gp2_mibps') }}
            else {{ gp3_cost('least(gp2_iops, more_iops)', 'least(gp2_mibps, more_mibps)') }}
        end as least_cost
    from standing
    where volume_type = 'gp2'
),

older as (
    select
        *,
        'gp2_to_gp3' as rule_id,
        'modernise' as lever,
        'gp2' as current_type,
        'gp3' as recommended_type,
        'A gp2 volume of this size is dearer than its successor: ' as finding,
        case when price_basis = 'on this bill' then 'high' else 'medium' end as confidence,
        case when gp3_cost < gp2_cost then 'bill' else 'bill+metrics' end as evidence,
        case
            when gp3_cost >= gp2_cost
                then
                    'It gets ' || {{ whole('needed_iops') }} || ' IOPS and ' || {{ whole('needed_mibps') }}
                    || ' MiB/s, less than gp2 may give it'
        end as blockers,
        storage_price as current_unit_price,
        gp3_price as recommended_unit_price,
        storage_cost as effective_cost,
        gp2_cost as monthly_cost,
        gp2_cost - case when gp3_cost < gp2_cost then gp3_cost else least_cost end as monthly_savings_cost,
        gp2_cost - least_cost as high_monthly_savings_cost
    from gp2
    where least_cost < gp2_cost
),

-- The part of the speed above what is included that its peak does not need, at what that part costs on this bill.
slower as (
    select
        *,
        least(iops, needed_iops) as new_iops,
        least(mibps, needed_mibps) as new_mibps,
        monthly_iops_cost * greatest(0.0, iops - needed_iops)
        / nullif(greatest(0.0, iops - {{ var('gp3_included_iops') }}), 0) as iops_savings_cost,
        monthly_throughput_cost * greatest(0.0, mibps - needed_mibps)
        / nullif(greatest(0.0, mibps - {{ var('gp3_included_mibps') }}), 0) as mibps_savings_cost
    from standing
    where volume_type = 'gp3' and iops is not null and mibps is not null and needed_iops is not null
),

unused as (
    select
        *,
        'volume_speed_unused' as rule_id,
        'rightsize' as lever,
        'gp3 ' || {{ whole('iops') }} || ' IOPS ' || {{ whole('mibps') }} || ' MiB/s' as current_type,
        'gp3 ' || {{ whole('new_iops') }} || ' IOPS ' || {{ whole('new_mibps') }} || ' MiB/s' as recommended_type,
        measured_finding as finding,
        'high' as confidence,
        'bill+metrics' as evidence,
        'It belongs to ' || owners as blockers,
        storage_price as current_unit_price,
        gp3_price as recommended_unit_price,
        iops_cost + throughput_cost as effective_cost,
        monthly_iops_cost + monthly_throughput_cost as monthly_cost,
        coalesce(iops_savings_cost, 0.0) + coalesce(mibps_savings_cost, 0.0) as monthly_savings_cost,
        coalesce(iops_savings_cost, 0.0) + coalesce(mibps_savings_cost, 0.0) as high_monthly_savings_cost
    from slower
    where coalesce(iops_savings_cost, 0.0) + coalesce(mibps_savings_cost, 0.0) > 0
),

-- gp3 is attached once, and has a limit; who needs more than that needs io2.
provisioned as (
    select
        *,
        'provisioned_iops_to_gp3' as rule_id,
        'modernise' as lever,
        volume_type || ' ' || {{ whole('iops') }} || ' IOPS' as current_type,
        'gp3 ' || {{ whole('needed_iops') }} || ' IOPS ' || {{ whole('needed_mibps') }} || ' MiB/s' as recommended_type,
        measured_finding as finding,
        case when gp3_price is null then 'low' else 'medium' end as confidence,
        'bill+metrics' as evidence,
        concat_ws(
            '; ',
            'It belongs to ' || owners,
            case when volume_type = 'io2' then 'gp3 is less durable than io2, and answers later' end
        ) as blockers,
        storage_price as current_unit_price,
        gp3_price as recommended_unit_price,
        storage_cost + iops_cost as effective_cost,
        monthly_storage_cost + monthly_iops_cost as monthly_cost,
        monthly_storage_cost + monthly_iops_cost - {{ gp3_cost('more_iops', 'more_mibps') }} as monthly_savings_cost,
        monthly_storage_cost + monthly_iops_cost - {{ gp3_cost('more_iops', 'more_mibps') }}
            as high_monthly_savings_cost
    from standing
    where
        volume_type in ('io1', 'io2')
        and not is_multi_attach
        and size_gb <= {{ var('gp3_most_gb') }}
        and needed_iops <= {{ var('gp3_most_iops') }}
        and needed_mibps <= {{ var('gp3_most_mibps') }}
        and coalesce(
            monthly_storage_cost + monthly_iops_cost > {{ gp3_cost('more_iops', 'more_mibps') }}, true
        )
),

proposed as (
    select {{ each('@', volume_columns()) }} from older
    union all
    select {{ each('@', volume_columns()) }} from unused
    union all
    select {{ each('@', volume_columns()) }} from provisioned
),

final as (
    select
        *,
        'EBS volume' as resource_type,
        'low' as effort,
        false as is_covered_by_commitment
    from proposed
)

select * from final
