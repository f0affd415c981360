-- What is not known stays unknown: a volume is gone only where volumes could be seen, and no image uses a snapshot only
-- where images could be.
with checked as (
    select * from {{ ref('int_resources__checked') }}
),

known as (
    select * from {{ ref('int_inventory__known') }}
),

answers as (
    select * from {{ ref('stg_collections__answers') }}
    where source = 'inventory' and is_latest
),

periods as (
    select * from {{ ref('int_billing_periods__latest') }}
),

accounts as (
    select * from {{ ref('int_accounts__named') }}
),

seen as (
    select
        asked_account_id,
        asked_region_id,
        max(case when part = 'volume' then collected_on end) as volumes_seen_on,
        max(case when part = 'image' then collected_on end) as images_seen_on
    from answers
    group by 1, 2
),

-- A volume is there if the inventory has it, or the bill of its last days.
volumes as (
    select distinct
        region_id,
        resource_id as volume_id
    from known
    where kind = 'volume'
    union distinct
    select distinct
        region_id,
        resource_key as volume_id
    from checked
    where
        part = 'volume'
        and not is_gone
        and last_billed_on >= cast({{ dbt.dateadd('day', -1, 'usage_through_on') }} as date)
),

images as (
    select
        known.region_id,
        made_of.snapshot_id,
        min(known.resource_id) as image_id
    from known
    cross join unnest(split(known.source_id, ',')) as made_of (snapshot_id)
    where known.kind = 'image'
    group by 1, 2
),

-- AWS names no volume of a copy: vol-ffffffff is nobody's.
joined as (
    select
        checked.*,
        details.resource_id as known_id,
        details.state,
        cast(details.created_at as date) as created_on,
        details.size_gb,
        nullif(details.source_id, 'vol-ffffffff') as source_volume_id,
        details.known_on,
        volumes.volume_id,
        seen.volumes_seen_on,
        seen.images_seen_on,
        images.image_id
    from checked
    left join known as details
        on checked.sub_account_id = details.account_id
            and checked.region_id = details.region_id
            and checked.part = details.part
            and checked.resource_key = details.resource_key
    left join volumes on details.region_id = volumes.region_id and details.source_id = volumes.volume_id
    left join images on details.region_id = images.region_id and details.resource_id = images.snapshot_id
    left join seen
        on checked.sub_account_id = seen.asked_account_id and checked.region_id = seen.asked_region_id
    where checked.part = 'snapshot'
),

final as (
    select
        joined.billing_period,
        periods.is_latest_period,
        joined.billing_account_id,
        joined.sub_account_id,
        accounts.sub_account_name,
        joined.region_id,
        joined.resource_id,
        joined.resource_key as snapshot_id,
        joined.owner,
        joined.first_billed_on,
        joined.last_billed_on,
        joined.billing_currency,
        {{ money('joined.effective_cost') }} as effective_cost,
        {{ estimated_money(
            'cast(joined.effective_cost as double) * ' ~ var('hours_per_month') ~ ' / nullif(joined.observed_hours, 0)'
        ) }} as monthly_cost,
        case
            when joined.known_id is not null then 'there'
            when joined.is_gone then 'gone'
            else 'unknown'
        end as snapshot_standing,
        joined.created_on,
        cast(date_diff('day', joined.created_on, joined.usage_through_on) as bigint) as age_days,
        cast(joined.size_gb as bigint) as volume_size_gb,
        joined.source_volume_id,
        case
            when joined.source_volume_id is null then 'unknown'
            when joined.volume_id is not null then 'there'
            when joined.volumes_seen_on is not null then 'gone'
            else 'unknown'
        end as source_volume_standing,
        joined.image_id,
        case
            when joined.known_id is null then 'unknown'
            when joined.image_id is not null then 'used'
            when joined.images_seen_on is not null then 'unused'
            else 'unknown'
        end as image_standing,
        joined.owners as managed_by,
        joined.known_on
    from joined
    inner join periods
        on joined.billing_account_id = periods.billing_account_id and joined.billing_period = periods.billing_period
    inner join accounts on joined.sub_account_id = accounts.sub_account_id
)

select * from final
