{{ config(materialized='incremental') }}

with costs as (
    select *
    from {{ ref('int_costs__by_usage') }}
    where is_usage and is_by_day {{ 'and ' ~ is_due() if is_incremental() }}
),

patterns as (
    select * from {{ ref('usage_groups') }}
),

usage_types as (
    select distinct usage_type
    from costs
),

ranked as (
    select
        usage_types.usage_type,
        coalesce(patterns.usage_group, 'Other') as usage_group,
        row_number() over (partition by usage_types.usage_type order by patterns.preference) as place
    from usage_types
    left join patterns on usage_types.usage_type like patterns.pattern
),

final as (
    select
        costs.billing_period,
        costs.charged_on,
        costs.billing_account_id,
        costs.sub_account_id,
        costs.service_name,
        ranked.usage_group,
        costs.usage_type,
        costs.region_id,
        costs.pricing_unit,
        costs.billing_currency,
        sum(costs.consumed_quantity) as consumed_quantity,
        sum(costs.effective_cost) as effective_cost
    from costs
    inner join ranked on costs.usage_type = ranked.usage_type and ranked.place = 1
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
)

select * from final
