{{ config(materialized='view') }}
{%- set sure = 'false as is_unsure, cast(null as varchar) as users_owners' -%}

with known as (
    select * from {{ ref('int_inventory__known') }}
),

rules as (
    select * from {{ ref('idle_rules_collected') }}
),

answers as (
    select * from {{ ref('stg_collections__answers') }}
    where source = 'inventory' and is_latest
),

seen as (
    select
        *,
        {{ resource_key('coalesce(resource_arn, resource_id)') }} as resource_key,
        cast(collected_at as date) as seen_on
    from {{ ref('stg_inventory__resources') }}
),

-- Each day on which a resource was seen, and whether it was as the rule says. What AWS did not tell is not so.
state_days as (
    select
        rules.rule_id,
        seen.account_id,
        seen.region_id,
        seen.resource_type as kind,
        seen.resource_key,
        seen.seen_on,
        coalesce(
            (coalesce(rules.state, '') = '' or seen.state = rules.state)
            and (rules.most_use_count < 0 or seen.use_count <= rules.most_use_count), false
        ) as is_so
    from seen
    inner join rules on seen.resource_type = rules.kind
    where rules.method in ('state', 'since')
),

marked as (
    select
        *,
        max(case when not is_so then seen_on end) over (
            partition by rule_id, account_id, region_id, kind, resource_key
        ) as last_otherwise_on
    from state_days
),

-- The unbroken days up to the newest: it may have begun before the first of them.
standing as (
    select
        {{ each('@', ['rule_id', 'account_id', 'region_id', 'kind', 'resource_key']) }},
        min(seen_on) as since_on
    from marked
    where is_so and coalesce(seen_on > last_otherwise_on, true)
    group by 1, 2, 3, 4, 5
),

stopped as (
    select
        {{ each('known.@', ['account_id', 'region_id', 'resource_id', 'owners', 'state_changed_at']) }},
        -- AWS tells when it was stopped, in words that are sometimes missing: it may have run between two inventories.
        coalesce(cast(known.state_changed_at as date), standing.since_on) as since_on
    from known
    inner join standing
        on known.account_id = standing.account_id
            and known.region_id = standing.region_id
            and known.kind = standing.kind
            and known.resource_key = standing.resource_key
            and standing.rule_id = 'instance_stopped'
),

of_stopped as (
    select
        {{ each('volumes.@', ['account_id', 'region_id', 'kind', 'resource_key']) }},
        max(stopped.since_on) as since_on,
        count(stopped.state_changed_at) < count(*) as is_unsure,
        max(stopped.owners) as users_owners
    from known as volumes
    inner join stopped
        on volumes.account_id = stopped.account_id
            and volumes.region_id = stopped.region_id
            and strpos(',' || volumes.used_by || ',', ',' || stopped.resource_id || ',') > 0
    where volumes.kind = 'volume'
    group by 1, 2, 3, 4
    having count(*) = max(volumes.use_count)
),

-- A snapshot is of a gone volume only where volumes and images could be seen, in the whole region.
orphans as (
    select
        snapshots.account_id,
        snapshots.region_id,
        snapshots.kind,
        snapshots.resource_key,
        cast(max(snapshots.created_at) as date) as since_on
    from known as snapshots
    inner join answers
        on snapshots.account_id = answers.asked_account_id and snapshots.region_id = answers.asked_region_id
            and answers.part in ('volume', 'image')
    left join known as volumes
        on snapshots.region_id = volumes.region_id
            and snapshots.source_id = volumes.resource_id
            and volumes.kind = 'volume'
    left join known as images
        on snapshots.region_id = images.region_id
            and images.kind = 'image'
            and strpos(',' || images.source_id || ',', ',' || snapshots.resource_id || ',') > 0
    where
        snapshots.kind = 'snapshot'
        and snapshots.state = 'completed'
        and snapshots.source_id is not null
        and volumes.resource_id is null
        and images.resource_id is null
    group by 1, 2, 3, 4
    having count(distinct answers.part) = 2
),

found as (
    select
        *,
        {{ sure }}
    from standing
    union all
    select
        'volume_of_stopped_instance' as rule_id,
        *
    from of_stopped
    union all
    select
        'snapshot_of_gone_volume' as rule_id,
        *,
        {{ sure }}
    from orphans
    union all
    select
        'load_balancer_without_healthy_targets' as rule_id,
        {{ each('@', ['account_id', 'region_id', 'kind', 'resource_key', 'known_on as since_on']) }},
        {{ sure }}
    from known
    where kind = 'load_balancer' and use_count > 0 and healthy_count = 0
),

final as (
    select
        found.rule_id,
        known.account_id,
        known.region_id,
        known.part,
        known.resource_key,
        found.since_on,
        known.known_on,
        found.is_unsure,
        found.users_owners
    from found
    inner join known
        on found.account_id = known.account_id
            and found.region_id = known.region_id
            and found.kind = known.kind
            and found.resource_key = known.resource_key
    inner join rules on found.rule_id = rules.rule_id
    where rules.method <> 'since' and date_diff('day', found.since_on, known.known_on) >= rules.min_days
)

select * from final
