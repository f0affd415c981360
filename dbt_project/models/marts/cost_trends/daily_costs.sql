{%- set ways = cost_ways() -%}
{%- set measures = cost_measures('x_amortized_cost') + ['x_unused_commitment_cost'] -%}

with costs as (
    select * from {{ ref('int_costs__summed') }}
),

accounts as (
    select * from {{ ref('int_accounts__named') }}
),

periods as (
    select * from {{ ref('int_billing_periods__latest') }}
),

fees as (
    select * from {{ ref('int_commitment_fees__billed') }}
),

-- How much of a fee is for hours to come changes with the newest usage of the bill, also in a month that is the same.
told as (
    select
        {{ each('@', ways) }},
        {{ each('@', measures) }},
        {{ money('0') }} as unused_commitment_to_come_cost,
        charge_count
    from costs
    union all
    select
        {{ each('fees.@', ways) }},
        {{ each(money('0') ~ ' as @', measures) }},
        fees.x_unused_commitment_cost - {{ unused_commitment_to_date('fees', 'periods') }}
            as unused_commitment_to_come_cost,
        0 as charge_count
    from fees
    inner join periods
        on fees.billing_account_id = periods.billing_account_id and fees.billing_period = periods.billing_period
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
        sum(billed_cost) as billed_cost,
        sum(list_cost) as list_cost,
        sum(contracted_cost) as contracted_cost,
        sum(x_amortized_cost) as amortized_cost,
        sum(effective_cost) as effective_cost,
        sum(x_unused_commitment_cost) as unused_commitment_cost,
        sum(x_unused_commitment_cost) - sum(unused_commitment_to_come_cost) as unused_commitment_to_date_cost,
        sum(charge_count) as charge_count
    from told
    group by 1, 2, 3, 4, 6, 7, 8, 9, 10
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
        {{ money('daily.billed_cost') }} as billed_cost,
        {{ money('daily.list_cost') }} as list_cost,
        {{ money('daily.contracted_cost') }} as contracted_cost,
        {{ money('daily.amortized_cost') }} as amortized_cost,
        {{ money('daily.effective_cost') }} as effective_cost,
        {{ money('daily.unused_commitment_cost') }} as unused_commitment_cost,
        {{ money('daily.unused_commitment_to_date_cost') }} as unused_commitment_to_date_cost,
        cast(daily.charge_count as bigint) as charge_count
    from daily
    inner join accounts on daily.sub_account_id = accounts.sub_account_id
)

select * from final
