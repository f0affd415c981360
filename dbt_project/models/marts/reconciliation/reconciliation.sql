{%- set key_names = ['billing_period', 'billing_account_id', 'billing_currency'] -%}
{%- set keys = key_names | join(', ') %}
with landed as (
    select * from {{ ref('int_totals__landed') }}
),

-- Records of older lakes tell no invoices: there, only the month is compared.
months_with_invoices as (
    select distinct {{ keys }}
    from landed
    where invoice_id <> 'all'
),

charges as (
    select
        costs.billing_period,
        costs.billing_account_id,
        costs.billing_currency,
        coalesce(costs.invoice_id, '') as invoice_id,
        months.billing_period is not null as tells_invoices,
        sum(costs.charge_count) as charge_count,
        sum(costs.billed_cost) as billed_cost,
        sum(costs.x_amortized_cost) as amortized_cost,
        sum(costs.effective_cost) as effective_cost,
        sum(case when costs.x_charge_kind = 'SavingsPlanCoveredUsage' then costs.charge_count else 0 end)
            as covered_count
    from {{ ref('int_costs__summed') }} as costs
    left join months_with_invoices as months on {{ same(key_names, 'costs', 'months') }}
    group by 1, 2, 3, 4, 5
),

focus as (
    select
        totals.billing_period,
        totals.billing_account_id,
        totals.billing_currency,
        coalesce(totals.invoice_id, '') as invoice_id,
        months.billing_period is not null as tells_invoices,
        sum(totals.billed_cost) as billed_cost,
        sum(totals.effective_cost) as effective_cost
    from {{ ref('int_totals__focus') }} as totals
    left join months_with_invoices as months on {{ same(key_names, 'totals', 'months') }}
    group by 1, 2, 3, 4, 5
),

-- Each total twice, once as it must be and once as it is: what only one side knows is compared with nothing.
-- Billed cost goes back to the files; the other measures are born in the waist and must survive from there.
told_twice as (
    {{ reconciled_sides() }}
),

compared as (
    select
        {{ keys }},
        invoice_id,
        table_name,
        measure,
        max(compared_with) as compared_with,
        {{ money('sum(expected_cost)') }} as expected_cost,
        {{ money('sum(actual_cost)') }} as actual_cost,
        cast(sum(expected_charge_count) as bigint) as expected_charge_count,
        cast(sum(actual_charge_count) as bigint) as actual_charge_count,
        -- FOCUS leaves out what savings plans cover and the lines that take it back, which AWS may round apart.
        case when sum(covered_count) > 0 then {{ rounding('sum(covered_count)') }} else {{ money('0') }} end
            as tolerance_cost
    from told_twice
    group by 1, 2, 3, 4, 5, 6
),

judged as (
    select
        *,
        abs(actual_cost - expected_cost) <= tolerance_cost
        and coalesce(actual_charge_count, 0) = coalesce(expected_charge_count, 0) as is_reconciled
    from compared
),

held_back as (
    select
        billing_period,
        billing_account_id
    from judged
    where not is_reconciled
    union distinct
    select
        billing_period,
        billing_account_id
    from {{ ref('identities') }}
    where holds_back and not holds
),

final as (
    select
        judged.billing_period,
        judged.billing_account_id,
        judged.billing_currency,
        judged.invoice_id,
        judged.table_name,
        judged.measure,
        judged.compared_with,
        judged.expected_cost,
        judged.actual_cost,
        cast(
            sign(judged.actual_cost - judged.expected_cost)
            * ceil(abs(judged.actual_cost - judged.expected_cost) * 1000000) as bigint
        ) as difference_micros,
        judged.tolerance_cost,
        judged.expected_charge_count,
        judged.actual_charge_count,
        judged.is_reconciled,
        held_back.billing_period is not null as is_held_back
    from judged
    left join held_back
        on judged.billing_period = held_back.billing_period
            and judged.billing_account_id = held_back.billing_account_id
)

select * from final
