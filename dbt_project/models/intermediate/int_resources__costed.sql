{{ config(materialized='incremental') }}

with used_daily as (
    select
        *,
        {{ billed_part('resource_id') }} as part
    from {{ ref('int_resources__used_daily') }}
    {{ where_due() }}
),

-- Several units of a resource are billed for one hour: the longest tells how long it was there.
by_day as (
    select
        billing_period,
        billing_account_id,
        sub_account_id,
        resource_id,
        part,
        billing_currency,
        used_on,
        -- Data transfer of a resource may carry no region.
        max(case when region_id <> 'global' then region_id end) as region_id,
        max(service_name) as service_name,
        max(x_owner) as owner,
        max(used_hours) as used_hours,
        sum(effective_cost) as effective_cost,
        sum(case when x_purchase_option in ('Reserved', 'Savings Plan') then effective_cost else {{ money('0') }} end)
            as covered_cost
    from used_daily
    where part is not null
    group by 1, 2, 3, 4, 5, 6, 7
),

final as (
    select
        billing_period,
        billing_account_id,
        sub_account_id,
        resource_id,
        part,
        {{ resource_key('resource_id') }} as resource_key,
        billing_currency,
        max(region_id) as region_id,
        max(service_name) as service_name,
        max(owner) as owner,
        min(used_on) as first_billed_on,
        max(used_on) as last_billed_on,
        cast(sum(used_hours) as double) as observed_hours,
        sum(effective_cost) as effective_cost,
        sum(covered_cost) as covered_cost
    from by_day
    group by 1, 2, 3, 4, 5, 6, 7
    -- What costs nothing, be it bundled or free, is not paid for in vain.
    having sum(effective_cost) > 0 and sum(used_hours) > 0
)

select * from final
