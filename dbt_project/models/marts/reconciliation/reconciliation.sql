with deliveries as (
    select * from {{ ref('stg_landing__deliveries') }}
),

elected as (
    select * from {{ ref('int_deliveries__elected') }}
    where is_elected
),

charges as (
    select * from {{ ref('int_charges') }}
),

daily_costs as (
    select * from {{ ref('daily_costs') }}
),

monthly_costs as (
    select * from {{ ref('monthly_costs') }}
),

landed as (
    select
        deliveries.billing_period,
        deliveries.billing_account_id,
        deliveries.billing_currency,
        sum(deliveries.row_count) as charge_count,
        sum(deliveries.billed_cost) as billed_cost
    from deliveries
    inner join elected
        on deliveries.delivery_id = elected.delivery_id
            and deliveries.billing_account_id = elected.billing_account_id
            and deliveries.billing_period = elected.billing_period
    group by 1, 2, 3
),

totals as (
    select
        'int_charges' as table_name,
        billing_period,
        billing_account_id,
        billing_currency,
        count(*) as charge_count,
        sum(billed_cost) as billed_cost,
        sum(x_amortized_cost) as amortized_cost,
        sum(effective_cost) as effective_cost
    from charges
    group by 2, 3, 4
    {% for mart in ['daily_costs', 'monthly_costs'] %}
    union all
    select
        '{{ mart }}' as table_name,
        billing_period,
        billing_account_id,
        billing_currency,
        sum(charge_count) as charge_count,
        sum(billed_cost) as billed_cost,
        sum(amortized_cost) as amortized_cost,
        sum(effective_cost) as effective_cost
    from {{ mart }}
    group by 2, 3, 4
    {% endfor %}
),

waist as (
    select * from totals
    where table_name = 'int_charges'
),

-- Billed cost goes back to the files; the other measures are born in the waist and must survive from there.
compared as (
    select
        landed.billing_period,
        landed.billing_account_id,
        landed.billing_currency,
        checked.table_name,
        'billed_cost' as measure,
        'landing' as compared_with,
        landed.billed_cost as expected_cost,
        totals.billed_cost as actual_cost,
        landed.charge_count as expected_charge_count,
        totals.charge_count as actual_charge_count
    from landed
    cross join (values ('int_charges'), ('daily_costs'), ('monthly_costs')) as checked (table_name)
    left join totals
        on landed.billing_period = totals.billing_period
            and landed.billing_account_id = totals.billing_account_id
            and landed.billing_currency = totals.billing_currency
            and checked.table_name = totals.table_name
    {% for measure in ['amortized_cost', 'effective_cost'] %}
    union all
    select
        waist.billing_period,
        waist.billing_account_id,
        waist.billing_currency,
        checked.table_name,
        '{{ measure }}' as measure,
        'int_charges' as compared_with,
        waist.{{ measure }} as expected_cost,
        totals.{{ measure }} as actual_cost,
        waist.charge_count as expected_charge_count,
        totals.charge_count as actual_charge_count
    from waist
    cross join (values ('daily_costs'), ('monthly_costs')) as checked (table_name)
    left join totals
        on waist.billing_period = totals.billing_period
            and waist.billing_account_id = totals.billing_account_id
            and waist.billing_currency = totals.billing_currency
            and checked.table_name = totals.table_name
    {% endfor %}
),

final as (
    select
        billing_period,
        billing_account_id,
        billing_currency,
        table_name,
        measure,
        compared_with,
        {{ money('expected_cost') }} as expected_cost,
        {{ money(amount_or_zero('actual_cost')) }} as actual_cost,
        cast(
            sign({{ amount_or_zero('actual_cost') }} - expected_cost)
            * ceil(abs({{ amount_or_zero('actual_cost') }} - expected_cost) * 1000000) as bigint
        ) as difference_micros,
        cast(expected_charge_count as bigint) as expected_charge_count,
        cast(coalesce(actual_charge_count, 0) as bigint) as actual_charge_count,
        coalesce(actual_cost = expected_cost and actual_charge_count = expected_charge_count, false) as is_reconciled
    from compared
)

select * from final
