with daily_costs as (
    select * from {{ ref('daily_costs') }}
),

periods as (
    select * from {{ ref('int_billing_periods__latest') }}
),

monthly as (
    select
        billing_period,
        billing_account_id,
        sub_account_id,
        max(sub_account_name) as sub_account_name,
        max(service_category) as service_category,
        service_name,
        billing_currency,
        sum(billed_cost) as billed_cost,
        sum(list_cost) as list_cost,
        sum(contracted_cost) as contracted_cost,
        sum(amortized_cost) as amortized_cost,
        sum(effective_cost) as effective_cost,
        sum(unused_commitment_cost) as unused_commitment_cost,
        sum(unused_commitment_to_date_cost) as unused_commitment_to_date_cost,
        sum(charge_count) as charge_count
    from daily_costs
    group by 1, 2, 3, 6, 7
),

-- Each month's rows twice: as the month itself, and as "the month before" of the next month that is in the lake.
told_twice as (
    select
        billing_period,
        billing_account_id,
        sub_account_id,
        sub_account_name,
        service_category,
        service_name,
        billing_currency,
        billed_cost,
        list_cost,
        contracted_cost,
        amortized_cost,
        effective_cost,
        unused_commitment_cost,
        unused_commitment_to_date_cost,
        charge_count,
        {{ money('0') }} as previous_billed_cost,
        {{ money('0') }} as previous_effective_cost
    from monthly
    union all
    select
        periods.billing_period,
        monthly.billing_account_id,
        monthly.sub_account_id,
        monthly.sub_account_name,
        monthly.service_category,
        monthly.service_name,
        monthly.billing_currency,
        {{ money('0') }} as billed_cost,
        {{ money('0') }} as list_cost,
        {{ money('0') }} as contracted_cost,
        {{ money('0') }} as amortized_cost,
        {{ money('0') }} as effective_cost,
        {{ money('0') }} as unused_commitment_cost,
        {{ money('0') }} as unused_commitment_to_date_cost,
        0 as charge_count,
        monthly.billed_cost as previous_billed_cost,
        monthly.effective_cost as previous_effective_cost
    from monthly
    inner join periods
        on monthly.billing_account_id = periods.billing_account_id
            and monthly.billing_period = periods.previous_billing_period
),

compared as (
    select
        billing_period,
        billing_account_id,
        sub_account_id,
        max(sub_account_name) as sub_account_name,
        max(service_category) as service_category,
        service_name,
        billing_currency,
        {{ money('sum(billed_cost)') }} as billed_cost,
        {{ money('sum(list_cost)') }} as list_cost,
        {{ money('sum(contracted_cost)') }} as contracted_cost,
        {{ money('sum(amortized_cost)') }} as amortized_cost,
        {{ money('sum(effective_cost)') }} as effective_cost,
        {{ money('sum(unused_commitment_cost)') }} as unused_commitment_cost,
        {{ money('sum(unused_commitment_to_date_cost)') }} as unused_commitment_to_date_cost,
        cast(sum(charge_count) as bigint) as charge_count,
        {{ money('sum(previous_billed_cost)') }} as previous_billed_cost,
        {{ money('sum(previous_effective_cost)') }} as previous_effective_cost
    from told_twice
    group by 1, 2, 3, 6, 7
),

known as (
    select
        compared.*,
        previous.billing_period is not null as is_previous_period_known
    from compared
    inner join periods
        on compared.billing_account_id = periods.billing_account_id
            and compared.billing_period = periods.billing_period
    left join periods as previous
        on periods.billing_account_id = previous.billing_account_id
            and periods.previous_billing_period = previous.billing_period
),

final as (
    select
        billing_period,
        billing_account_id,
        sub_account_id,
        sub_account_name,
        service_category,
        service_name,
        billing_currency,
        billed_cost,
        list_cost,
        contracted_cost,
        amortized_cost,
        effective_cost,
        unused_commitment_cost,
        unused_commitment_to_date_cost,
        charge_count,
        is_previous_period_known,
        case when is_previous_period_known then previous_billed_cost end as previous_billed_cost,
        case when is_previous_period_known then {{ money('billed_cost - previous_billed_cost') }} end
            as billed_cost_change,
        case
            when is_previous_period_known
                then
                    100 * cast(billed_cost - previous_billed_cost as double)
                    / nullif(cast(previous_billed_cost as double), 0)
        end as billed_cost_change_pct,
        case when is_previous_period_known then previous_effective_cost end as previous_effective_cost,
        case when is_previous_period_known then {{ money('effective_cost - previous_effective_cost') }} end
            as effective_cost_change
    from known
)

select * from final
