{%- set measures = ['billed_cost', 'list_cost', 'contracted_cost', 'amortized_cost', 'effective_cost'] -%}
{%- set kept = [
    'billing_period', 'charged_on', 'billing_account_id', 'sub_account_id', 'service_category', 'service_name',
    'region_id', 'charge_category', 'x_purchase_option', 'billing_currency', 'allocation', 'cluster_name',
    'namespace_name', 'workload_name', 'owner',
] + measures -%}

with charges as (
    select
        *,
        x_amortized_cost as amortized_cost,
        x_owner as owner,
        cast(charge_period_start as date) as charged_on,
        case when {{ is_host_line() }} then resource_id else x_split_parent_resource_id end as host_id
    from {{ ref('int_charges') }}
),

accounts as (
    select * from {{ ref('int_accounts__named') }}
),

allocated as (
    select * from {{ ref('int_hosts__allocated') }}
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

daily as (
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
),

final as (
    select
        daily.billing_period,
        daily.charged_on,
        daily.billing_account_id,
        daily.sub_account_id,
        accounts.sub_account_name,
        daily.service_category,
        daily.service_name,
        daily.region_id,
        daily.charge_category,
        daily.purchase_option,
        daily.billing_currency,
        daily.allocation,
        daily.cluster_name,
        daily.namespace_name,
        daily.workload_name,
        daily.owner,
        daily.billed_cost,
        daily.list_cost,
        daily.contracted_cost,
        daily.amortized_cost,
        daily.effective_cost
    from daily
    inner join accounts on daily.sub_account_id = accounts.sub_account_id
)

select * from final
