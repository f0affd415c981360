{{ config(materialized='incremental') }}
{%- set whose = ['billing_period', 'billing_account_id', 'sub_account_id', 'billing_currency', 'service_name'] -%}

with resources as (
    select * from {{ ref('int_resources__tagged') }}
    {{ where_due() }}
),

parts as (
    select * from {{ ref('int_hosts__allocated') }}
    {{ where_due() }}
),

-- A machine that runs pods or tasks gives way to what each of them had of it, and to the rest.
costs as (
    select
        {{ each('@', whose) }},
        charge_name,
        is_taggable,
        coalesce(allocation_values, '') as allocation_values,
        effective_cost
    from resources
    where not is_told_by_its_parts
    union all
    select
        {{ each('@', whose) }},
        'usage' as charge_name,
        true as is_taggable,
        coalesce(allocation_values, '') as allocation_values,
        effective_cost
    from parts
),

final as (
    select
        {{ each('@', whose) }},
        charge_name,
        is_taggable,
        allocation_values,
        {{ money('sum(effective_cost)') }} as effective_cost
    from costs
    group by 1, 2, 3, 4, 5, 6, 7, 8
)

select * from final
