{{ config(materialized='incremental') }}
{%- set grain = [
    'billing_period', 'billing_account_id', 'sub_account_id', 'billing_currency', 'service_name', 'x_service_code',
    'x_charge_kind', 'resource_id', 'unplaced_usage_type', 'allocation_values', 'tag_key_variants',
    'is_told_by_its_parts',
] -%}

with charges as (
    select
        *,
        x_allocation_values as allocation_values,
        x_tag_key_variants as tag_key_variants,
        -- Only what is on no resource is told by what it is for.
        case when resource_id is null then coalesce(x_usage_type, '') end as unplaced_usage_type,
        cast(charge_period_start as date) as charged_on,
        case when {{ is_host_line() }} then resource_id end as host_id
    from {{ ref('int_charges') }}
    {{ where_due() }}
),

hosts as (
    select distinct
        {{ each('@', host_day()) }}
    from {{ ref('int_hosts__allocated') }}
    {{ where_due() }}
),

untaggable as (
    select * from {{ ref('untaggable_charges') }}
),

-- A pod's or task's line has no cost: its machine's has.
marked as (
    select
        charges.*,
        hosts.host_id is not null as is_told_by_its_parts
    from charges
    left join hosts on {{ same(host_day(), 'charges', 'hosts') }}
    where charges.x_split_parent_resource_id is null or charges.effective_cost <> 0
),

summed as (
    select
        {{ each('@', grain) }},
        {{ money('sum(effective_cost)') }} as effective_cost
    from marked
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
),

kinds as (
    select distinct
        x_service_code,
        x_charge_kind,
        unplaced_usage_type
    from summed
),

ranked as (
    select
        kinds.*,
        untaggable.charge_name,
        untaggable.is_without_resource,
        row_number() over (
            partition by kinds.x_service_code, kinds.x_charge_kind, kinds.unplaced_usage_type
            order by untaggable.preference
        ) as place
    from kinds
    inner join untaggable
        on kinds.x_charge_kind like untaggable.charge_kind
            and coalesce(kinds.x_service_code, '') like untaggable.service_code
            and coalesce(kinds.unplaced_usage_type, '') like untaggable.usage_type
            and (not untaggable.is_without_resource or kinds.unplaced_usage_type is not null)
),

judged as (
    select
        summed.*,
        ranked.charge_name,
        ranked.charge_name is null
        or (ranked.is_without_resource and {{ has_any_tag('summed.allocation_values') }}) as is_taggable
    from summed
    left join ranked
        on coalesce(summed.x_service_code, '') = coalesce(ranked.x_service_code, '')
            and summed.x_charge_kind = ranked.x_charge_kind
            and coalesce(summed.unplaced_usage_type, '-') = coalesce(ranked.unplaced_usage_type, '-')
            and ranked.place = 1
),

final as (
    select
        billing_period,
        billing_account_id,
        sub_account_id,
        billing_currency,
        service_name,
        case when is_taggable then 'usage' else charge_name end as charge_name,
        is_taggable,
        resource_id,
        allocation_values,
        tag_key_variants,
        is_told_by_its_parts,
        effective_cost
    from judged
)

select * from final
