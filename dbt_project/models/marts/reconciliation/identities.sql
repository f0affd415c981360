{{ config(materialized='incremental') }}
{%- set keys = 'billing_period, billing_account_id, billing_currency' %}
{%- set sides = identity_sides() %}
-- Where net columns hold the discounts the bill tells some amounts of a commitment only before discount, and a member
-- account's own bill has no fee: nothing to compare. FOCUS leaves out what takes covered usage back.
with costs as (
    select
        costs.billing_period,
        costs.billing_account_id,
        costs.billing_currency,
        costs.charge_category,
        costs.invoice_id,
        costs.x_charge_kind in ('SavingsPlanRecurringFee', 'RIFee') and not layouts.is_net_layout as is_fee,
        costs.fee_commitment_discount_id as commitment_discount_id,
        sum(costs.billed_cost) as billed_cost,
        sum(costs.effective_cost) as effective_cost,
        sum(costs.x_amortized_cost) as amortized_cost,
        -sum(costs.x_commitment_trueup_cost) as fee_cost,
        sum(case when costs.x_charge_kind = 'SavingsPlanCoveredUsage' then costs.charge_count else 0 end)
            as covered_count
    from {{ ref('int_costs__summed') }} as costs
    inner join {{ ref('int_discounts__layout') }} as layouts
        on costs.x_delivery_id = layouts.delivery_id
            and costs.billing_account_id = layouts.billing_account_id
            and costs.billing_currency = layouts.billing_currency
    {{ where_due('costs.billing_period') }}
    group by 1, 2, 3, 4, 5, 6, 7
),

focus as (
    select * from {{ ref('int_totals__focus') }}
    {{ where_due() }}
),

daily as (
    select * from {{ ref('daily_costs') }}
    {{ where_due() }}
),

told_twice as (
    {{ identity_sides_of('costs', sides.waist) }}
    union all
    {{ identity_sides_of('daily', sides.daily) }}
    union all
    {{ identity_sides_of('focus', sides.focus) }}
),

parts as (
    {% for told in ['bills', 'commitments', 'hosts', 'exports'] %}
    select
        identity,
        {{ keys }},
        part,
        expected_cost,
        actual_cost,
        tolerance_cost,
        false as is_broken
    from {{ ref('int_identities__' ~ told) }}
    {{ where_due() }}
    union all
    {% endfor %}
    select
        identity,
        {{ keys }},
        part,
        told_cost as expected_cost,
        told_cost as actual_cost,
        {{ money('0') }} as tolerance_cost,
        is_broken
    from {{ ref('int_identities__focus') }}
    {{ where_due() }}
    union all
    select
        identity,
        {{ keys }},
        part,
        sum(expected_cost) as expected_cost,
        sum(actual_cost) as actual_cost,
        case when sum(covered_count) > 0 then {{ rounding('sum(covered_count)') }} else {{ money('0') }} end
            as tolerance_cost,
        false as is_broken
    from told_twice
    group by 1, 2, 3, 4, 5
    having sum(fee_count) > 0
),

judged as (
    select
        *,
        not is_broken and abs(actual_cost - expected_cost) <= tolerance_cost as is_equal
    from parts
),

-- An identity is told by its worst part.
ranked as (
    select
        *,
        count(*) over (partition by identity, {{ keys }}) as part_count,
        sum(case when is_equal then 0 else 1 end) over (partition by identity, {{ keys }}) as broken_part_count,
        row_number() over (
            partition by identity, {{ keys }}
            order by is_broken desc, abs(actual_cost - expected_cost) - tolerance_cost desc, part asc
        ) as place
    from judged
),

final as (
    select
        ranked.billing_period,
        ranked.billing_account_id,
        ranked.billing_currency,
        ranked.identity,
        known.sentence,
        ranked.part,
        {{ money('ranked.expected_cost') }} as expected_cost,
        {{ money('ranked.actual_cost') }} as actual_cost,
        {{ money('ranked.actual_cost - ranked.expected_cost') }} as difference_cost,
        {{ money('ranked.tolerance_cost') }} as tolerance_cost,
        cast(ranked.part_count as bigint) as part_count,
        cast(ranked.broken_part_count as bigint) as broken_part_count,
        ranked.broken_part_count = 0 as holds,
        known.holds_back
    from ranked
    inner join {{ ref('identities_known') }} as known on ranked.identity = known.identity
    where ranked.place = 1
)

select * from final
