{{ config(materialized='incremental') }}

with used_daily as (
    select * from {{ ref('int_resources__used_daily') }}
    {{ where_due() }}
),

periods as (
    select * from {{ ref('int_billing_periods__latest') }}
),

-- gp3's storage rate as this bill shows it, per region.
gp3_prices as (
    select
        billing_period,
        billing_account_id,
        region_id,
        billing_currency,
        cast(max(list_unit_price) as double) as gp3_price
    from used_daily
    where x_usage_type like '%EBS:VolumeUsage.gp3' and list_unit_price > 0
    group by 1, 2, 3, 4
),

volumes as (
    select
        billing_period,
        billing_account_id,
        sub_account_id,
        region_id,
        resource_id,
        billing_currency,
        max(service_name) as service_name,
        max(x_owner) as owner,
        max(used_on) as last_seen_on,
        cast(sum(used_hours) as double) as observed_hours,
        cast(sum(consumed_quantity) as double) as gb_months,
        sum(effective_cost) as effective_cost,
        cast(max(list_unit_price) as double) as gp2_price
    from used_daily
    where x_usage_type like '%EBS:VolumeUsage.gp2' and list_unit_price > 0
    group by 1, 2, 3, 4, 5, 6
),

-- A volume that was migrated bills its new type afterwards: what it was before is history.
newest_types as (
    select
        billing_period,
        billing_account_id,
        sub_account_id,
        resource_id,
        max(used_on) as last_other_type_on
    from used_daily
    where x_usage_type like '%EBS:VolumeUsage%' and x_usage_type not like '%EBS:VolumeUsage.gp2'
    group by 1, 2, 3, 4
),

-- Storage is billed by the part of the month it lived: its size is the GB-months over that part. Limits that come
-- with the size (IOPS, throughput) would be wrong if taken from GB-months.
sized as (
    select
        volumes.*,
        gp3_prices.gp3_price as seen_gp3_price,
        coalesce(gp3_prices.gp3_price, volumes.gp2_price * {{ var('gp3_to_gp2_price_ratio') }}) as gp3_price,
        volumes.gb_months * periods.hours_in_period / nullif(volumes.observed_hours, 0) as size_gb
    from volumes
    inner join periods
        on volumes.billing_account_id = periods.billing_account_id
            and volumes.billing_period = periods.billing_period
    left join gp3_prices
        on volumes.billing_account_id = gp3_prices.billing_account_id
            and volumes.billing_period = gp3_prices.billing_period
            and volumes.region_id = gp3_prices.region_id
            and volumes.billing_currency = gp3_prices.billing_currency
    left join newest_types
        on volumes.billing_account_id = newest_types.billing_account_id
            and volumes.billing_period = newest_types.billing_period
            and volumes.sub_account_id = newest_types.sub_account_id
            and volumes.resource_id = newest_types.resource_id
    where
        volumes.observed_hours >= {{ var('rightsizing_min_hours') }}
        and coalesce(newest_types.last_other_type_on < volumes.last_seen_on, true)
),

-- gp3 must give what the gp2 volume of that size gave.
compared as (
    select
        *,
        round(size_gb * gp2_price, 6) as gp2_monthly_cost,
        round(
            gp3_price * (
                size_gb
                + {{ var('gp3_iops_to_storage_price_ratio') }}
                * greatest(0.0, size_gb * {{ var('gp2_iops_per_gb') }} - {{ var('gp3_included_iops') }})
                + {{ var('gp3_throughput_to_storage_price_ratio') }}
                * case
                    when size_gb > {{ var('gp2_small_volume_gb') }} then {{ var('gp2_extra_throughput_mibps') }} else 0
                end
            ), 6
        ) as gp3_monthly_cost
    from sized
),

final as (
    select * from compared
    where gp3_monthly_cost < gp2_monthly_cost
)

select * from final
