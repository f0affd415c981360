{{ config(materialized='incremental') }}
{%- set measures = cost_measures() -%}
{%- set kept = cost_ways() + ['allocation', 'cluster_name', 'namespace_name', 'workload_name', 'owner'] + measures -%}

with charges as (
    select
        *,
        x_amortized_cost as amortized_cost,
        x_owner as owner,
        cast(charge_period_start as date) as charged_on,
        case when {{ is_host_line() }} then resource_id else x_split_parent_resource_id end as host_id
    from {{ ref('int_charges') }}
    {{ where_due() }}
),

allocated as (
    select * from {{ ref('int_hosts__allocated') }}
    {{ where_due() }}
),

hosts as (
    select distinct
        {{ each('@', host_day()) }}
    from allocated
),

-- A host's own lines give way to its parts. A container's line has no cost of its own; should one have, it counts.
direct as (
    select
        charges.*,
        case
            when charges.x_split_parent_resource_id is not null and hosts.host_id is null then 'Unmatched' else 'Direct'
        end as allocation,
        {{ container_cluster() }} as cluster_name,
        {{ container_namespace() }} as namespace_name,
        {{ container_workload() }} as workload_name
    from charges
    left join hosts on {{ same(host_day(), 'charges', 'hosts') }}
    where
        hosts.host_id is null
        or (charges.x_split_parent_resource_id is not null and {{ costs_anything(measures) }})
),

owned as (
    select
        {{ each('@', kept) }}
    from direct
    union all
    select
        {{ each('@', kept) }}
    from allocated
),

final as (
    select
        billing_period,
        charged_on,
        billing_account_id,
        sub_account_id,
        max(service_category) as service_category,
        service_name,
        region_id,
        charge_category,
        x_purchase_option as purchase_option,
        billing_currency,
        allocation,
        cluster_name,
        namespace_name,
        workload_name,
        owner,
        {{ each(money('sum(@)') ~ ' as @', measures) }}
    from owned
    group by 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
)

select * from final
