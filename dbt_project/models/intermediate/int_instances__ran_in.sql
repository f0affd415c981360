{{ config(materialized='incremental') }}

with used_daily as (
    select * from {{ ref('int_resources__used_daily') }}
    {{ where_due() }}
),

-- Where any instance ran at all, or a Fargate task, which may attach volumes too: a volume can only be in use beside
-- one.
final as (
    select distinct
        billing_period,
        billing_account_id,
        sub_account_id,
        region_id
    from used_daily
    where
        x_usage_type like '%BoxUsage%'
        or x_usage_type like '%SpotUsage%'
        or x_usage_type like '%HeavyUsage%'
        or x_usage_type like '%DedicatedUsage%'
        or x_usage_type like '%HostUsage%'
        or x_usage_type like '%HostBoxUsage%'
        or x_usage_type like '%Fargate-%'
)

select * from final
