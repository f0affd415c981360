-- What the inventory says of what was billed in a payer's newest month: used, unused, gone, or nothing.
with costed as (
    select * from {{ ref('int_resources__costed') }}
),

periods as (
    select * from {{ ref('int_billing_periods__latest') }}
    where is_latest_period
),

answers as (
    select * from {{ ref('stg_collections__answers') }}
    where source = 'inventory' and is_latest
),

known as (
    select * from {{ ref('int_inventory__known') }}
),

aws as (
    select
        account_id,
        region_id,
        part,
        resource_key,
        max(case when is_idle then 1 else 0 end) as is_idle
    from {{ ref('int_aws__recommended') }}
    group by 1, 2, 3, 4
),

final as (
    select
        costed.*,
        periods.usage_through_on,
        answers.collected_on as asked_on,
        known.owners,
        known.use_count,
        known.used_by,
        -- Only an inventory of after the last day on the bill can tell that it is gone.
        coalesce(known.resource_key is null and answers.collected_on > costed.last_billed_on, false) as is_gone,
        coalesce(known.use_count > 0, false) as is_used,
        coalesce(
            known.use_count = 0
            and date_diff('day', known.known_on, periods.usage_through_on) <= {{ var('collected_may_lag_days') }}, false
        ) as is_unused,
        case when aws.is_idle = 1 then 'agrees' when aws.is_idle = 0 then 'differs' else 'not told' end as aws_finding
    from costed
    inner join periods
        on costed.billing_account_id = periods.billing_account_id and costed.billing_period = periods.billing_period
    left join answers
        on costed.sub_account_id = answers.asked_account_id
            and costed.region_id = answers.asked_region_id
            and costed.part = answers.part
    left join known
        on costed.sub_account_id = known.account_id
            and costed.region_id = known.region_id
            and costed.part = known.part
            and costed.resource_key = known.resource_key
    left join aws
        on costed.sub_account_id = aws.account_id
            and costed.region_id = aws.region_id
            and costed.part = aws.part
            and costed.resource_key = aws.resource_key
)

select * from final
