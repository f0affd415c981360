{{ config(materialized='incremental', meta={'months_after': 1}) }}
{%- set ways = [
    'billing_account_id', 'sub_account_id', 'service_name', 'region_id', 'x_usage_type', 'x_purchase_option',
    'pricing_unit', 'billing_currency',
] -%}

with used as (
    select
        *,
        used_on as charged_on,
        used_hours is not null as is_by_day
    from {{ ref('int_resources__used_daily') }}
    {{ where_due(before=1, after=1) }}
),

months as (
    select *
    from {{ ref('int_months__compared') }}
    where comparison = 'previous_month'
),

sides as (
    select
        months.billing_period,
        {{ each('used.@', ways) }},
        used.resource_id,
        used.consumed_quantity,
        used.effective_cost,
        1 as is_now
    from used
    inner join months
        on used.billing_account_id = months.billing_account_id and used.billing_period = months.billing_period
    where {{ is_compared('used', 'months') }}
    union all
    select
        months.billing_period,
        {{ each('used.@', ways) }},
        used.resource_id,
        used.consumed_quantity,
        used.effective_cost,
        0 as is_now
    from used
    inner join months
        on used.billing_account_id = months.billing_account_id and used.billing_period = months.compared_period
    where {{ is_compared('used', 'months', first_on='compared_first_on') }}
),

-- A resource is known by its account alone: its data transfer may have another region than itself, or none.
seen as (
    select
        *,
        max(is_now) over (partition by billing_period, billing_account_id, sub_account_id, resource_id) = 0 as is_gone,
        min(is_now) over (partition by billing_period, billing_account_id, sub_account_id, resource_id) = 1 as is_new
    from sides
),

final as (
    select
        billing_period,
        {{ each('@', ways) }},
        sum(case when is_new then consumed_quantity end) as new_quantity,
        sum(case when is_gone then consumed_quantity end) as gone_quantity,
        {{ money('coalesce(sum(case when is_new then effective_cost end), 0)') }} as new_cost,
        {{ money('coalesce(sum(case when is_gone then effective_cost end), 0)') }} as gone_cost,
        count(distinct case when is_new then resource_id end) as new_resource_count,
        count(distinct case when is_gone then resource_id end) as gone_resource_count
    from seen
    where (is_new or is_gone) {{ 'and ' ~ is_due(after=1) if is_incremental() }}
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
)

select * from final
