with found as (
    select * from {{ ref('int_idle__by_inventory') }}
    union all
    select * from {{ ref('int_idle__by_metrics') }}
),

rules as (
    select * from {{ ref('idle_rules_collected') }}
),

known as (
    select * from {{ ref('int_inventory__known') }}
),

recommended as (
    select * from {{ ref('int_aws__recommended') }}
    where is_idle
),

judged as (
    select
        found.account_id,
        found.region_id,
        found.part,
        found.resource_key,
        found.rule_id,
        rules.place,
        rules.resource_type,
        rules.evidence,
        case
            when date_diff('day', found.since_on, found.known_on) + case rules.method when 'quiet' then 1 else 0 end
                >= rules.sure_days and not coalesce(found.is_unsure, false)
                then rules.confidence
            else rules.confidence_before
        end as confidence,
        nullif(rules.action, '') as action,
        rules.finding,
        rules.blockers,
        found.since_on,
        found.known_on,
        found.users_owners
    from found
    inner join rules on found.rule_id = rules.rule_id
    union all
    select
        account_id,
        region_id,
        part,
        resource_key,
        'aws_idle' as rule_id,
        99 as place,
        case part
            when 'instance' then 'EC2 instance'
            when 'volume' then 'EBS volume'
            when 'database' then 'RDS instance'
            when 'nat_gateway' then 'NAT gateway'
            else part
        end as resource_type,
        'aws' as evidence,
        'medium' as confidence,
        cast(null as varchar) as action,
        'AWS finds it idle' as finding,
        'Look at it: AWS does not tell what it measured' as blockers,
        cast({{ dbt.dateadd('day', 'cast(-max(look_back_days) as integer)', 'max(known_on)') }} as date) as since_on,
        max(known_on) as known_on,
        cast(null as varchar) as users_owners
    from recommended
    group by 1, 2, 3, 4
),

-- One finding of a resource: the surest, and of those the first in the order of the rules.
ranked as (
    select
        judged.*,
        known.owners,
        row_number() over (
            partition by judged.account_id, judged.region_id, judged.part, judged.resource_key
            order by
                case judged.evidence when 'aws' then 1 else 0 end,
                case judged.confidence when 'high' then 1 when 'medium' then 2 else 3 end,
                judged.place
        ) as rule_place
    from judged
    left join known
        on judged.account_id = known.account_id
            and judged.region_id = known.region_id
            and judged.part = known.part
            and judged.resource_key = known.resource_key
),

final as (
    select * from ranked
    where rule_place = 1
)

select * from final
