with pairs as (
    select * from {{ ref('int_restatements__paired') }}
),

previous_totals as (
    select * from {{ ref('int_restatements__previous') }}
),

costs as (
    select * from {{ ref('int_costs__summed') }}
),

told as (
    select
        previous_totals.billing_period,
        previous_totals.billing_account_id,
        previous_totals.sub_account_id,
        previous_totals.service_name,
        previous_totals.charge_category,
        previous_totals.billing_currency,
        previous_totals.billed_cost as previous_billed_cost,
        cast(0 as decimal(38, 10)) as current_billed_cost,
        previous_totals.charge_count as previous_charge_count,
        0 as current_charge_count
    from previous_totals
    inner join pairs
        on previous_totals.delivery_id = pairs.previous_delivery_id
            and previous_totals.billing_account_id = pairs.billing_account_id
            and previous_totals.billing_period = pairs.billing_period
    union all
    select
        costs.billing_period,
        costs.billing_account_id,
        costs.sub_account_id,
        costs.service_name,
        costs.charge_category,
        costs.billing_currency,
        cast(0 as decimal(38, 10)) as previous_billed_cost,
        costs.billed_cost as current_billed_cost,
        0 as previous_charge_count,
        costs.charge_count as current_charge_count
    from costs
    inner join pairs
        on costs.x_delivery_id = pairs.current_delivery_id
            and costs.billing_account_id = pairs.billing_account_id
            and costs.billing_period = pairs.billing_period
),

compared as (
    select
        billing_period,
        billing_account_id,
        sub_account_id,
        service_name,
        charge_category,
        billing_currency,
        sum(previous_billed_cost) as previous_billed_cost,
        sum(current_billed_cost) as current_billed_cost,
        sum(previous_charge_count) as previous_charge_count,
        sum(current_charge_count) as current_charge_count
    from told
    group by 1, 2, 3, 4, 5, 6
),

final as (
    select
        compared.billing_period,
        compared.billing_account_id,
        compared.sub_account_id,
        compared.service_name,
        compared.charge_category,
        compared.billing_currency,
        {{ money('compared.previous_billed_cost') }} as previous_billed_cost,
        {{ money('compared.current_billed_cost') }} as current_billed_cost,
        {{ money('compared.current_billed_cost - compared.previous_billed_cost') }} as billed_cost_change,
        cast(compared.previous_charge_count as bigint) as previous_charge_count,
        cast(compared.current_charge_count as bigint) as current_charge_count,
        pairs.previous_delivery_id,
        pairs.current_delivery_id,
        pairs.previous_accepted_at,
        pairs.current_accepted_at
    from compared
    inner join pairs
        on compared.billing_account_id = pairs.billing_account_id
            and compared.billing_period = pairs.billing_period
    where
        compared.previous_billed_cost <> compared.current_billed_cost
        or compared.previous_charge_count <> compared.current_charge_count
)

select * from final
