with acts as (
    select * from {{ source('landing', 'acts') }}
),

-- A resource by the last part of its name: the bill names it by id or by ARN, AWS by either.
final as (
    select
        action,
        key as act_key,
        run_id,
        plan_key,
        rule_id,
        {{ commitment_moment('acted_at') }} as acted_at,
        verb,
        kind,
        resource_id,
        {{ resource_name('resource_id') }} as resource_name,
        account as account_id,
        region as region_id,
        reason,
        try_cast(monthly_cost as decimal(38, 10)) as monthly_cost,
        try_cast(monthly_savings_cost as decimal(38, 10)) as monthly_savings_cost,
        currency as billing_currency,
        created_resource_id
    from acts
)

select * from final
