{{ config(materialized='incremental') }}

with resources as (
    select * from {{ ref('int_resources__tagged') }}
    {{ where_due() }}
),

accounts as (
    select * from {{ ref('int_accounts__named') }}
),

tag_keys as (
    {% for key in var('allocation_tag_keys') -%}
    select
        {{ loop.index }} as number,
        '{{ key }}' as tag_key
    {{ 'union all' if not loop.last }}
    {% else -%}
    select
        0 as number,
        '' as tag_key
    where 1 = 0
    {% endfor %}
),

told as (
    select
        resources.*,
        tag_keys.tag_key,
        case tag_keys.number
            when 0 then cast(null as varchar)
            {% for key in var('allocation_tag_keys') -%}
            when {{ loop.index }} then {{ told_value('resources.allocation_values', loop.index) }}
            {% endfor %}
        end as tag_value,
        case tag_keys.number
            when 0 then cast(null as varchar)
            {% for key in var('allocation_tag_keys') -%}
            when {{ loop.index }} then {{ told_value('resources.tag_key_variants', loop.index) }}
            {% endfor %}
        end as variant_tag_key
    from resources
    cross join tag_keys
),

-- A resource that had the tag at any time of the month has it.
summed as (
    select
        billing_period,
        billing_account_id,
        sub_account_id,
        service_name,
        tag_key,
        billing_currency,
        {{ money('sum(effective_cost)') }} as effective_cost,
        {{ money('sum(case when is_taggable then effective_cost else 0 end)') }} as taggable_cost,
        {{ money('sum(case when is_taggable and tag_value is not null then effective_cost else 0 end)') }} as tagged_cost,
        {{ money('sum(case when tag_value is null and variant_tag_key is not null then effective_cost else 0 end)') }}
            as variant_cost,
        min(case when tag_value is null then variant_tag_key end) as variant_tag_key,
        count(distinct case when is_taggable then resource_id end) as resource_count,
        count(distinct case when is_taggable and tag_value is not null then resource_id end) as tagged_resource_count
    from told
    group by 1, 2, 3, 4, 5, 6
),

final as (
    select
        summed.billing_period,
        summed.billing_account_id,
        summed.sub_account_id,
        accounts.sub_account_name,
        summed.service_name,
        summed.tag_key,
        summed.billing_currency,
        summed.effective_cost,
        summed.taggable_cost,
        summed.tagged_cost,
        {{ money('summed.taggable_cost - summed.tagged_cost') }} as untagged_cost,
        {{ money('summed.effective_cost - summed.taggable_cost') }} as untaggable_cost,
        case
            when summed.taggable_cost > 0
                then 100 * cast(summed.tagged_cost as double) / nullif(cast(summed.taggable_cost as double), 0)
        end as covered_pct_of_taggable_cost,
        summed.resource_count,
        summed.tagged_resource_count,
        100 * cast(summed.tagged_resource_count as double) / nullif(summed.resource_count, 0) as covered_pct_of_resources,
        summed.variant_tag_key,
        summed.variant_cost
    from summed
    inner join accounts on summed.sub_account_id = accounts.sub_account_id
)

select * from final
