{{ config(materialized='incremental') }}
{%- set measures = ['billed_cost', 'amortized_cost', 'effective_cost'] -%}
{%- set tags = var('allocation_tag_keys') -%}
{%- set categories = var('allocation_category_keys') -%}

with costs as (
    select * from {{ ref('int_costs__by_usage') }}
    {{ where_due() }}
),

accounts as (
    select * from {{ ref('int_accounts__named') }}
),

dimensions as (
    select
        -1 as number,
        'usage_type' as dimension
    union all
    select
        0 as number,
        'purchase_option' as dimension
    {% for key in tags -%}
    union all
    select
        {{ loop.index }} as number,
        'tag:{{ key }}' as dimension
    {% endfor -%}
    {% for key in categories -%}
    union all
    select
        {{ tags | length + loop.index }} as number,
        'cost_category:{{ key }}' as dimension
    {% endfor %}
),

-- Costs are few rows a day before they are told once for each dimension: one table is read, once.
told as (
    select
        costs.billing_period,
        costs.charged_on,
        costs.billing_account_id,
        costs.sub_account_id,
        dimensions.dimension,
        case dimensions.number
            when -1 then costs.usage_type
            when 0 then costs.purchase_option
            {% for key in tags -%}
            when {{ loop.index }} then coalesce({{ told_value('costs.allocation_values', loop.index) }}, '(untagged)')
            {% endfor -%}
            {% for key in categories -%}
            {%- set number = tags | length + loop.index -%}
            when {{ number }} then coalesce({{ told_value('costs.allocation_values', number) }}, '(uncategorized)')
            {% endfor %}
        end as dimension_value,
        costs.billing_currency,
        {{ each('costs.@', measures) }}
    from costs
    cross join dimensions
),

summed as (
    select
        billing_period,
        charged_on,
        billing_account_id,
        sub_account_id,
        dimension,
        dimension_value,
        billing_currency,
        {{ each(money('sum(@)') ~ ' as @', measures) }}
    from told
    group by 1, 2, 3, 4, 5, 6, 7
),

-- A pod's line repeats the tags of its own and costs nothing: its machine's line does.
final as (
    select
        summed.billing_period,
        summed.charged_on,
        summed.billing_account_id,
        summed.sub_account_id,
        accounts.sub_account_name,
        summed.dimension,
        summed.dimension_value,
        summed.billing_currency,
        {{ each('summed.@', measures) }}
    from summed
    inner join accounts on summed.sub_account_id = accounts.sub_account_id
    where {{ costs_anything(['summed.billed_cost', 'summed.amortized_cost', 'summed.effective_cost']) }}
)

select * from final
