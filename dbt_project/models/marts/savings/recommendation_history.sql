{%- set finding = [
    'billing_account_id', 'sub_account_id', 'region_id', 'resource_id', 'rule_id', 'billing_currency',
] -%}
{%- set told = ['sub_account_name', 'service_name', 'resource_type', 'owner', 'confidence'] -%}

with idle as (
    select * from {{ ref('idle_resources') }}
),

recommendations as (
    select * from {{ ref('rightsizing_recommendations') }}
),

acts as (
    select * from {{ ref('realized_savings') }}
),

findings as (
    select
        {{ each('@', ['billing_period', 'is_latest_period', 'last_seen_on'] + finding + told) }},
        'idle_resources' as found_in,
        'delete' as lever,
        monthly_cost as monthly_savings_cost
    from idle
    union all
    select
        {{ each('@', ['billing_period', 'is_latest_period', 'last_seen_on'] + finding + told) }},
        'rightsizing_recommendations' as found_in,
        lever,
        monthly_savings_cost
    from recommendations
),

placed as (
    select
        *,
        row_number() over (partition by {{ each('@', finding) }} order by billing_period) as place,
        count(*) over (partition by {{ each('@', finding) }}) as months_found
    from findings
),

-- What a finding said in its first month and in its newest one.
said as (
    select
        {{ each('@', finding) }},
        {{ each('max(case when place = months_found then @ end) as @', told + ['found_in', 'lever']) }},
        min(billing_period) as first_billing_period,
        max(billing_period) as billing_period,
        max(last_seen_on) as last_seen_on,
        max(case when is_latest_period then 1 else 0 end) as is_in_newest,
        max(months_found) as months_found,
        max(case when place = 1 then monthly_savings_cost end) as first_monthly_savings_cost,
        max(case when place = months_found then monthly_savings_cost end) as monthly_savings_cost
    from placed
    group by 1, 2, 3, 4, 5, 6
),

-- The newest act on each resource: whatever rule it followed, what is deleted or changed answers all findings.
acted as (
    select
        sub_account_id,
        {{ resource_key('resource_id') }} as resource_key,
        action,
        status,
        acted_at,
        row_number() over (
            partition by sub_account_id, {{ resource_key('resource_id') }} order by acted_at desc, action asc
        ) as place
    from acts
),

final as (
    select
        said.billing_period,
        said.is_in_newest = 1 as is_latest_period,
        {{ each('said.@', finding) }},
        {{ each('said.@', told) }},
        said.found_in,
        said.lever,
        case
            when cast(acted.acted_at as date) >= said.last_seen_on then 'acted'
            when said.is_in_newest = 1 then 'open'
            when {{ month_of('acted.acted_at') }} >= said.first_billing_period then 'acted'
            else 'gone'
        end as state,
        said.first_billing_period,
        said.last_seen_on,
        cast(said.months_found as bigint) as months_found,
        {{ money('said.first_monthly_savings_cost') }} as first_monthly_savings_cost,
        {{ money('said.monthly_savings_cost') }} as monthly_savings_cost,
        {{ money('said.monthly_savings_cost - said.first_monthly_savings_cost') }} as monthly_savings_cost_change,
        acted.action,
        acted.acted_at,
        acted.status as realized_status
    from said
    left join acted
        on said.sub_account_id = acted.sub_account_id
            and {{ resource_key('said.resource_id') }} = acted.resource_key
            and acted.place = 1
)

select * from final
