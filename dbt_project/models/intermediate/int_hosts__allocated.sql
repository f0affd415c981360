{{ config(materialized='incremental') }}
{%- set ways = host_ways() -%}
{%- set split_by_aws = ['amortized_cost', 'effective_cost', 'list_cost'] -%}
{%- set in_proportion = ['billed_cost', 'contracted_cost'] -%}
{%- set measures = split_by_aws + in_proportion -%}
{%- set on_host_day = 'partition by ' ~ host_day() | join(', ') -%}
{%- set rows_so_far = 'rows between unbounded preceding and current row' -%}
{%- set after_the_first = 'case when place = 1 then 0 else 1 end' -%}
{%- set part_of_host = share_of('parts.amortized_cost', 'shared.host_amortized_cost', '0') -%}
{%- set by_way = on_host_day ~ ' order by ' ~ ways | join(', ') -%}

with lines as (
    select * from {{ ref('int_hosts__lines') }}
    {{ where_due() }}
),

parts as (
    select * from lines
    where is_part
),

-- What a machine cost in a day, by the way it was paid for: an hour can be covered by a plan in part.
hosts_by_way as (
    select * from lines
    where not is_part
),

summed as (
    select
        *,
        row_number() over ({{ by_way }}) as place,
        {{ each('sum(@) over (' ~ on_host_day ~ ') as host_@', split_by_aws) }},
        {{ each('sum(@) over (' ~ by_way ~ ' ' ~ rows_so_far ~ ') as @_so_far', split_by_aws) }}
    from hosts_by_way
),

-- A container's part is paid for as its host was: in proportion to what each way cost.
shared as (
    select
        *,
        {{ each(share_of('@_so_far - @', 'host_@', after_the_first) ~ ' as @_from', split_by_aws) }},
        {{ each(share_of('@_so_far', 'host_@', '1') ~ ' as @_to', split_by_aws) }}
    from summed
),

-- AWS splits amortized costs, net ones and list prices. What was billed and what was contracted follow the amortized.
split as (
    select
        {{ each('shared.@', host_day() + ways) }},
        parts.cluster_name,
        parts.namespace_name,
        parts.workload_name,
        coalesce(parts.owner, shared.owner) as owner,
        coalesce(parts.allocation_values, shared.allocation_values) as allocation_values,
        {{ each(between_shares('parts.@', 'shared.@_from', 'shared.@_to') ~ ' as @', split_by_aws) }},
        {{ each(amount_times('shared.@', part_of_host) ~ ' as @', in_proportion) }}
    from parts
    inner join shared on {{ same(host_day(), 'parts', 'shared') }}
),

taken as (
    select
        {{ each('@', host_day() + ways) }},
        max(cluster_name) as cluster_name,
        {{ each('sum(@) as @', measures) }}
    from split
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
),

residual as (
    select
        {{ each('hosts_by_way.@', host_day() + ways) }},
        taken.cluster_name,
        cast(null as varchar) as namespace_name,
        cast(null as varchar) as workload_name,
        hosts_by_way.owner,
        hosts_by_way.allocation_values,
        {{ each('hosts_by_way.@ - taken.@ as @', measures) }}
    from hosts_by_way
    inner join taken on {{ same(host_day() + ways, 'hosts_by_way', 'taken') }}
),

final as (
    select
        'Split' as allocation,
        *
    from split
    union all
    select
        'Residual' as allocation,
        *
    from residual
)

select * from final
