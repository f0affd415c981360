{{ config(materialized='incremental') }}

with instances as (
    select * from {{ ref('int_instances__priced') }}
    {{ where_due() }}
),

resources as (
    select
        billing_period,
        billing_account_id,
        sub_account_id,
        region_id,
        resource_id,
        x_service_code,
        instance_type,
        instance_family,
        instance_size,
        price_key,
        operating_system,
        preinstalled_software,
        database_engine,
        billing_currency,
        max(service_name) as service_name,
        max(normalization_factor) as normalization_factor,
        max(owner) as owner,
        max(environment) as environment,
        min(used_on) as first_seen_on,
        max(used_on) as last_seen_on,
        cast(sum(used_hours) as double) as observed_hours,
        cast(
            sum(case when purchase_option = 'On-Demand' then used_hours else cast(0 as decimal(38, 10)) end) as double
        ) as on_demand_hours,
        sum(effective_cost) as effective_cost,
        sum(case when purchase_option = 'On-Demand' then effective_cost else {{ money('0') }} end) as on_demand_cost,
        cast(max(list_unit_price) as double) as hourly_price
    from instances
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
),

-- An instance that was resized is of its newest type; the one before it is history.
present as (
    select
        *,
        max(last_seen_on) over (
            partition by billing_period, billing_account_id, sub_account_id, region_id, resource_id
        ) as resource_last_seen_on
    from resources
),

final as (
    select
        *,
        {{ billed_part('resource_id') }} as part,
        {{ resource_key('resource_id') }} as resource_key
    from present
    -- What the free tier gives saves nothing.
    where last_seen_on = resource_last_seen_on and effective_cost > 0
)

select * from final
