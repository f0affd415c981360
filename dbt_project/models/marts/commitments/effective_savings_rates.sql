with costs as (
    select * from {{ ref('int_costs__summed') }}
    where x_is_usage
),

eligible as (
    select * from {{ ref('int_usage__eligible') }}
    where x_purchase_option <> 'Spot'
),

unused as (
    select * from {{ ref('int_commitments__shared_out') }}
),

told as (
    select
        billing_period,
        billing_account_id,
        service_name,
        billing_currency,
        list_cost,
        x_amortized_cost as amortized_cost,
        {{ money('0') }} as eligible_list_cost,
        {{ money('0') }} as eligible_amortized_cost,
        {{ money('0') }} as unused_cost
    from costs
    union all
    select
        billing_period,
        billing_account_id,
        service_name,
        billing_currency,
        {{ money('0') }} as list_cost,
        {{ money('0') }} as amortized_cost,
        list_cost as eligible_list_cost,
        x_amortized_cost as eligible_amortized_cost,
        {{ money('0') }} as unused_cost
    from eligible
    union all
    select
        billing_period,
        billing_account_id,
        service_name,
        billing_currency,
        {{ money('0') }} as list_cost,
        {{ money('0') }} as amortized_cost,
        {{ money('0') }} as eligible_list_cost,
        {{ money('0') }} as eligible_amortized_cost,
        unused_to_date_cost as unused_cost
    from unused
),

summed as (
    select
        billing_period,
        billing_account_id,
        service_name,
        billing_currency,
        {{ money('sum(list_cost)') }} as list_cost,
        {{ money('sum(amortized_cost)') }} as amortized_cost,
        {{ money('sum(eligible_list_cost)') }} as eligible_list_cost,
        {{ money('sum(eligible_amortized_cost)') }} as eligible_amortized_cost,
        {{ money('sum(unused_cost)') }} as unused_cost
    from told
    group by 1, 2, 3, 4
),

final as (
    select
        billing_period,
        billing_account_id,
        service_name,
        billing_currency,
        list_cost,
        amortized_cost,
        unused_cost as unused_commitment_to_date_cost,
        list_cost - amortized_cost - unused_cost as savings_cost,
        {{ pct_of('list_cost - amortized_cost - unused_cost', 'list_cost') }} as effective_savings_rate_pct,
        eligible_list_cost,
        eligible_amortized_cost,
        eligible_list_cost - eligible_amortized_cost - unused_cost as eligible_savings_cost,
        {{ pct_of('eligible_list_cost - eligible_amortized_cost - unused_cost', 'eligible_list_cost') }}
            as eligible_savings_rate_pct
    from summed
    where list_cost <> 0 or amortized_cost <> 0 or unused_cost <> 0
)

select * from final
