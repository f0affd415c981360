{{ config(materialized='incremental') }}

with used_daily as (
    select * from {{ ref('int_resources__used_daily') }}
    {{ where_due() }}
),

rules as (
    select
        rule_id,
        hours_usage_type,
        nullif(service_code, '') as service_code,
        nullif(hours_operation, '') as hours_operation,
        nullif(activity_usage_type, '') as activity_usage_type,
        nullif(activity_usage_type_2, '') as activity_usage_type_2
    from {{ ref('idle_rules') }}
),

-- Each day of a resource that matches a rule, told apart by what it shows: that it was paid for, or that it was used.
signals as (
    select
        rules.rule_id,
        used_daily.*,
        used_daily.x_usage_type like rules.hours_usage_type
        and (rules.hours_operation is null or used_daily.x_operation = rules.hours_operation) as is_hours,
        coalesce(used_daily.x_usage_type like rules.activity_usage_type, false)
        or coalesce(used_daily.x_usage_type like rules.activity_usage_type_2, false) as is_activity
    from used_daily
    inner join rules
        on (rules.service_code is null or used_daily.x_service_code = rules.service_code)
            and (
                used_daily.x_usage_type like rules.hours_usage_type
                or coalesce(used_daily.x_usage_type like rules.activity_usage_type, false)
                or coalesce(used_daily.x_usage_type like rules.activity_usage_type_2, false)
            )
),

-- A resource may bill several hour units a day (storage classes, zones): the longest tells how long it lived.
by_day as (
    select
        rule_id,
        billing_period,
        billing_account_id,
        sub_account_id,
        region_id,
        resource_id,
        billing_currency,
        used_on,
        max(service_name) as service_name,
        max(x_owner) as x_owner,
        max(case when is_hours then used_hours end) as observed_hours,
        sum(case when is_activity then consumed_quantity else cast(0 as decimal(38, 10)) end) as activity_quantity,
        sum(effective_cost) as effective_cost,
        sum(case when x_purchase_option in ('Reserved', 'Savings Plan') then effective_cost else {{ money('0') }} end)
            as covered_cost
    from signals
    where is_hours or is_activity
    group by 1, 2, 3, 4, 5, 6, 7, 8
),

-- Some lines of a resource carry no region, data transfer first of all: what it did anywhere, it did.
active as (
    select
        *,
        sum(activity_quantity) over (
            partition by rule_id, billing_period, billing_account_id, sub_account_id, resource_id
        ) as activity_anywhere,
        max(case when activity_quantity > 0 then used_on end) over (
            partition by rule_id, billing_period, billing_account_id, sub_account_id, resource_id
        ) as last_active_on
    from by_day
),

final as (
    select
        rule_id,
        billing_period,
        billing_account_id,
        sub_account_id,
        region_id,
        resource_id,
        billing_currency,
        max(service_name) as service_name,
        max(x_owner) as x_owner,
        sum(observed_hours) as observed_hours,
        max(activity_anywhere) as activity_quantity,
        max(last_active_on) as last_active_on,
        sum(effective_cost) as effective_cost,
        sum(covered_cost) as covered_cost,
        min(case when observed_hours is not null then used_on end) as first_seen_on,
        max(case when observed_hours is not null then used_on end) as last_seen_on
    from active
    group by 1, 2, 3, 4, 5, 6, 7
    having sum(observed_hours) > 0
)

select * from final
