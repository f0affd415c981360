{{ config(materialized='incremental', meta={'months_after': 1}) }}
{%- set grain = [
    'billing_period', 'billing_account_id', 'sub_account_id', 'service_name', 'region_id', 'usage_type',
    'billing_currency',
] -%}
{%- set counts = ['new_resource_count', 'gone_resource_count'] -%}
{%- set totals = ['effective_cost', 'previous_effective_cost'] + counts -%}
{%- set parts = [
    'quantity_now', 'quantity_before', 'cost_now', 'cost_before', 'new_cost', 'gone_cost', 'other_change',
] -%}

with costs as (
    select
        *,
        is_usage and consumed_quantity is not null as is_metered
    from {{ ref('int_costs__by_usage') }}
    {{ where_due(before=1, after=1) }}
),

months as (
    select *
    from {{ ref('int_months__compared') }}
    where comparison = 'previous_month' {{ 'and ' ~ is_due(after=1) if is_incremental() }}
),

moved as (
    select * from {{ ref('int_resources__moved') }}
    {{ where_due(after=1) }}
),

accounts as (
    select * from {{ ref('int_accounts__named') }}
),

-- What is metered on both sides without the resources that came or went, these, and what has no quantity.
told as (
    {{ moved_side(grain, is_now=true) }}
    union all
    {{ moved_side(grain, is_now=false) }}
    union all
    select
        billing_period,
        billing_account_id,
        sub_account_id,
        service_name,
        region_id,
        coalesce(x_usage_type, 'None') as usage_type,
        billing_currency,
        x_purchase_option as purchase_option,
        pricing_unit,
        -new_quantity as quantity_now,
        -gone_quantity as quantity_before,
        -new_cost as cost_now,
        -gone_cost as cost_before,
        new_cost,
        gone_cost,
        {{ money('0') }} as other_change,
        {{ money('0') }} as effective_cost,
        {{ money('0') }} as previous_effective_cost,
        new_resource_count,
        gone_resource_count
    from moved
),

options as (
    select
        {{ each('@', grain) }},
        purchase_option,
        pricing_unit,
        {{ each('coalesce(sum(@), 0) as @', parts) }},
        {{ each('sum(@) as @', totals) }}
    from told
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
),

-- What is bought now at the old price of its purchase option; an option that is new has none but its own.
priced as (
    select
        *,
        case
            when quantity_before > 0 then {{ at_price_of('quantity_now', 'cost_before', 'quantity_before') }}
            else {{ money('cost_now') }}
        end as cost_at_old_prices
    from options
),

units as (
    select
        {{ each('@', grain) }},
        pricing_unit,
        {{ each('sum(@) as @', parts + totals + ['cost_at_old_prices']) }},
        case
            when sum(quantity_before) > 0 and sum(quantity_now) > 0
                then
                    {{ at_price_of('sum(quantity_now)', 'sum(cost_before)', 'sum(quantity_before)') }}
                    - sum(cost_before)
            else sum(cost_now) - sum(cost_before)
        end as usage_change,
        sum(quantity_before) > 0 and sum(quantity_now) > 0 as is_comparable
    from priced
    group by 1, 2, 3, 4, 5, 6, 7, 8
),

final as (
    select
        units.billing_period,
        max(months.compared_period) as compared_period,
        units.billing_account_id,
        units.sub_account_id,
        max(accounts.sub_account_name) as sub_account_name,
        units.service_name,
        units.region_id,
        units.usage_type,
        units.billing_currency,
        max(months.days_compared) as days_compared,
        {{ money('sum(units.effective_cost)') }} as effective_cost,
        {{ money('sum(units.previous_effective_cost)') }} as previous_effective_cost,
        {{ money('sum(units.effective_cost) - sum(units.previous_effective_cost)') }} as effective_cost_change,
        {{ money('sum(' ~ price_change('units') ~ ')') }} as price_change_cost,
        {{ money('sum(units.usage_change)') }} as usage_change_cost,
        {{ money('sum(' ~ mix_change('units') ~ ')') }} as mix_change_cost,
        {{ money('sum(units.new_cost)') }} as new_resources_cost,
        {{ money('-sum(units.gone_cost)') }} as gone_resources_cost,
        {{ money('sum(units.other_change)') }} as other_change_cost,
        cast(sum(units.new_resource_count) as bigint) as new_resource_count,
        cast(sum(units.gone_resource_count) as bigint) as gone_resource_count
    from units
    inner join months
        on units.billing_account_id = months.billing_account_id and units.billing_period = months.billing_period
    inner join accounts on units.sub_account_id = accounts.sub_account_id
    group by 1, 3, 4, 6, 7, 8, 9
    having max(abs(units.effective_cost) + abs(units.previous_effective_cost)) > 0
)

select * from final
