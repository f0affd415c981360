with daily as (
    select * from {{ ref('int_costs__allocated') }}
),

accounts as (
    select * from {{ ref('int_accounts__named') }}
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
