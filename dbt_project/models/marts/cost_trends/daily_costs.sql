with charges as (
    select * from {{ ref('int_charges') }}
),

accounts as (
    select * from {{ ref('int_accounts__named') }}
),

daily as (
    select
        billing_period,
        cast(charge_period_start as date) as charged_on,
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
        count(*) as charge_count
    from charges
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
        cast(daily.charge_count as bigint) as charge_count
    from daily
    inner join accounts on daily.sub_account_id = accounts.sub_account_id
)

select * from final
