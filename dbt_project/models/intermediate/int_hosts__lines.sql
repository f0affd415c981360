{{ config(materialized='incremental') }}
{%- set ways = host_ways() -%}
{%- set split_by_aws = ['amortized_cost', 'effective_cost', 'list_cost'] -%}

with charges as (
    select
        *,
        x_amortized_cost as amortized_cost,
        cast(charge_period_start as date) as charged_on,
        coalesce(x_split_parent_resource_id, resource_id) as host_id,
        x_split_parent_resource_id is not null as is_part
    from {{ ref('int_charges') }}
    {{ where_due() }}
),

-- A part has an owner of its own and no way of being paid; a machine is paid for in ways, and has one owner.
lines as (
    select
        {{ each('@', host_day()) }},
        is_part,
        {{ each('case when is_part then null else @ end as @', ways) }},
        case when is_part then {{ container_cluster() }} end as cluster_name,
        case when is_part then {{ container_namespace() }} end as namespace_name,
        case when is_part then {{ container_workload() }} end as workload_name,
        case when is_part then x_owner end as part_owner,
        case when is_part then x_allocation_values end as part_allocation_values,
        max(x_owner) as owner,
        max(x_allocation_values) as allocation_values,
        {{ each(money('sum(case when is_part then x_split_@ else @ end)') ~ ' as @', split_by_aws) }},
        {{ each(money('sum(case when is_part then 0 else @ end)') ~ ' as @', ['billed_cost', 'contracted_cost']) }}
    from charges
    where is_part or ({{ is_host_line() }})
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18
),

-- Most machines run no containers: nobody asks for them here.
marked as (
    select
        *,
        max(case when is_part then 1 else 0 end) over (partition by {{ host_day() | join(', ') }}) as has_parts
    from lines
),

final as (
    select
        {{ each('@', host_day()) }},
        is_part,
        {{ each('@', ways) }},
        cluster_name,
        namespace_name,
        workload_name,
        owner,
        allocation_values,
        {{ each('@', split_by_aws) }},
        billed_cost,
        contracted_cost
    from marked
    where has_parts = 1
)

select * from final
