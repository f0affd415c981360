with charges as (
    select * from {{ ref('int_charges') }}
),

accounts as (
    select * from {{ ref('int_accounts__named') }}
),

periods as (
    select * from {{ ref('int_billing_periods__latest') }}
),

daily as (
    select
        charges.billing_period,
        cast(charges.charge_period_start as date) as charged_on,
        charges.billing_account_id,
        charges.sub_account_id,
        max(charges.service_category) as service_category,
        charges.service_name,
        charges.region_id,
        charges.charge_category,
        charges.x_purchase_option as purchase_option,
        charges.billing_currency,
        sum(charges.billed_cost) as billed_cost,
        sum(charges.list_cost) as list_cost,
        sum(charges.contracted_cost) as contracted_cost,
        sum(charges.x_amortized_cost) as amortized_cost,
        sum(charges.effective_cost) as effective_cost,
        sum(charges.x_unused_commitment_cost) as unused_commitment_cost,
        sum({{ unused_commitment_to_date('charges', 'periods') }}) as unused_commitment_to_date_cost,
        count(*) as charge_count
    from charges
    inner join periods
        on charges.billing_account_id = periods.billing_account_id and charges.billing_period = periods.billing_period
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
