{{ config(materialized='view') }}

-- Volumes with what they have and what they need at their peak; that is known of a payer's newest month alone.
with volumes as (
    select
        *,
        {{ resource_key('resource_id') }} as resource_key
    from {{ ref('int_volumes__summed') }}
),

periods as (
    select * from {{ ref('int_billing_periods__latest') }}
    where is_latest_period
),

known as (
    select * from {{ ref('int_inventory__known') }}
    where part = 'volume'
),

measured as (
    select * from {{ ref('int_resources__measured') }}
    where part = 'volume' and speed_day_count >= {{ var('rightsizing_min_days') }}
),

listed as (
    select
        region_id,
        billing_currency,
        cast(min(price) as double) as price
    from {{ ref('stg_prices__list') }}
    where resource_type = 'volume' and type = 'gp3'
    group by 1, 2
),

-- With room to spare, in steps of 5 MiB/s and 100 operations.
roomy as (
    select
        *,
        ceil(peak_mibps / {{ var('rightsizing_room') }} / 5) * 5 as roomy_mibps,
        ceil(peak_iops / {{ var('rightsizing_room') }} / 100) * 100 as roomy_iops
    from measured
),

-- gp3 has at most 1 MiB/s for 4 operations.
peaks as (
    select
        account_id,
        region_id,
        resource_id,
        known_on,
        speed_day_count as day_count,
        peak_iops,
        peak_mibps,
        greatest({{ var('gp3_included_mibps') }}, roomy_mibps) as needed_mibps,
        greatest({{ var('gp3_included_iops') }}, roomy_iops, 4 * roomy_mibps) as needed_iops
    from roomy
),

final as (
    select
        volumes.*,
        -- A ratio that holds in every region of the price list stands for gp3's price beside gp2 alone.
        case
            when volumes.seen_gp3_price is not null then 'on this bill'
            when volumes.volume_type = 'gp2' then 'published ratio'
            when listed.price is not null then 'price list'
            else 'not on this bill'
        end as price_basis,
        coalesce(
            volumes.seen_gp3_price,
            case
                when volumes.volume_type = 'gp2' then volumes.storage_price * {{ var('gp3_to_gp2_price_ratio') }}
                else listed.price
            end
        ) as gp3_price,
        known.owners,
        known.is_multi_attach,
        cast(known.iops as double) as iops,
        cast(known.throughput as double) as mibps,
        peaks.day_count,
        peaks.peak_iops,
        peaks.peak_mibps,
        peaks.needed_iops,
        peaks.needed_mibps,
        cast(volumes.storage_cost as double) * volumes.hours_in_period / volumes.observed_hours as monthly_storage_cost,
        coalesce(cast(volumes.iops_cost as double) * volumes.hours_in_period / nullif(volumes.iops_hours, 0), 0.0)
            as monthly_iops_cost,
        coalesce(
            cast(volumes.throughput_cost as double) * volumes.hours_in_period / nullif(volumes.throughput_hours, 0), 0.0
        ) as monthly_throughput_cost
    from volumes
    left join listed
        on volumes.region_id = listed.region_id and volumes.billing_currency = listed.billing_currency
    left join periods
        on volumes.billing_account_id = periods.billing_account_id
            and volumes.billing_period = periods.billing_period
    left join known
        on volumes.sub_account_id = known.account_id
            and volumes.region_id = known.region_id
            and volumes.resource_key = known.resource_key
            and volumes.volume_type = known.type
            and date_diff('day', known.known_on, periods.usage_through_on) <= {{ var('collected_may_lag_days') }}
    left join peaks
        on known.account_id = peaks.account_id
            and known.region_id = peaks.region_id
            and known.resource_id = peaks.resource_id
            and date_diff('day', peaks.known_on, periods.usage_through_on) <= {{ var('collected_may_lag_days') }}
)

select * from final
