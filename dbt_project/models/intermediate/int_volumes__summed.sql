{{ config(materialized='incremental') }}

with used_daily as (
    select * from {{ ref('int_resources__used_daily') }}
    {{ where_due() }}
),

periods as (
    select * from {{ ref('int_billing_periods__latest') }}
),

lines as (
    select
        *,
        case
            when x_usage_type like '%.gp2' then 'gp2'
            when x_usage_type like '%.gp3' then 'gp3'
            when x_usage_type like '%.piops' then 'io1'
            when x_usage_type like '%.io2%' then 'io2'
            else 'other'
        end as volume_type,
        x_usage_type like '%EBS:VolumeUsage%' as is_storage,
        x_usage_type like '%EBS:VolumeP-IOPS%' as is_iops
    from used_daily
    where x_usage_type like '%EBS:VolumeUsage%' or x_usage_type like '%EBS:VolumeP-%'
),

-- gp3's storage rate as this bill shows it, per region.
gp3_prices as (
    select
        billing_period,
        billing_account_id,
        region_id,
        billing_currency,
        cast(max(list_unit_price) as double) as gp3_price
    from lines
    where is_storage and volume_type = 'gp3' and list_unit_price > 0
    group by 1, 2, 3, 4
),

-- What the free tier gives saves nothing.
volumes as (
    select
        billing_period,
        billing_account_id,
        sub_account_id,
        region_id,
        resource_id,
        billing_currency,
        volume_type,
        max(service_name) as service_name,
        max(x_owner) as owner,
        max(case when is_storage then used_on end) as last_seen_on,
        cast(sum(case when is_storage and list_unit_price > 0 then used_hours end) as double) as observed_hours,
        cast(sum(case when is_storage and list_unit_price > 0 then consumed_quantity end) as double) as gb_months,
        cast(max(case when is_storage then list_unit_price end) as double) as storage_price,
        sum(case when is_storage then effective_cost else {{ money('0') }} end) as storage_cost,
        sum(case when is_iops then effective_cost else {{ money('0') }} end) as iops_cost,
        sum(case when is_storage or is_iops then {{ money('0') }} else effective_cost end) as throughput_cost,
        -- Of io2 the same hours are billed in steps of a price.
        cast(sum(case when is_iops and x_usage_type not like '%.tier%' then used_hours end) as double) as iops_hours,
        cast(sum(case when not is_storage and not is_iops then used_hours end) as double) as throughput_hours
    from lines
    group by 1, 2, 3, 4, 5, 6, 7
),

-- A volume that was migrated bills its new type afterwards: what it was before is history.
present as (
    select
        *,
        row_number() over (
            partition by billing_period, billing_account_id, sub_account_id, resource_id, billing_currency
            order by last_seen_on desc, case volume_type when 'gp2' then 2 else 1 end asc, volume_type asc
        ) as place
    from volumes
    where last_seen_on is not null
),

-- Storage is billed by the part of the month it lived: its size is the GB-months over that part. Limits that come
-- with the size (IOPS, throughput) would be wrong if taken from GB-months.
final as (
    select
        present.*,
        gp3_prices.gp3_price as seen_gp3_price,
        periods.hours_in_period,
        present.gb_months * periods.hours_in_period / nullif(present.observed_hours, 0) as size_gb
    from present
    inner join periods
        on present.billing_account_id = periods.billing_account_id
            and present.billing_period = periods.billing_period
    left join gp3_prices
        on present.billing_account_id = gp3_prices.billing_account_id
            and present.billing_period = gp3_prices.billing_period
            and present.region_id = gp3_prices.region_id
            and present.billing_currency = gp3_prices.billing_currency
    where
        present.place = 1
        and present.volume_type <> 'other'
        and present.observed_hours >= {{ var('rightsizing_min_hours') }}
)

select * from final
