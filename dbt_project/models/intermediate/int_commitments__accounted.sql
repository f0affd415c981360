{%- set told = ['offering', 'term', 'payment_option', 'start', 'end'] -%}

with covered as (
    select * from {{ ref('int_commitments__covered') }}
),

fees as (
    select * from {{ ref('int_commitment_fees__billed') }}
),

periods as (
    select * from {{ ref('int_billing_periods__latest') }}
),

-- A fee that FOCUS tells has its cost on what it covered and on what nobody used: only its hours are told beside them.
sides as (
    select
        billing_period,
        billing_account_id,
        billing_currency,
        commitment_discount_id,
        x_purchase_option,
        cast(null as varchar) as sub_account_id,
        cast(null as varchar) as region_id,
        cast(null as varchar) as fee_service_name,
        cast(null as varchar) as x_usage_type,
        {{ each('x_commitment_@', told) }},
        commitment_discount_unit,
        list_cost,
        x_amortized_cost as used_cost,
        {{ money('0') }} as unused_cost,
        {{ money('0') }} as unused_to_date_cost,
        {{ money('0') }} as fee_cost,
        effective_cost as used_effective_cost,
        {{ money('0') }} as unused_effective_cost,
        used_quantity,
        consumed_quantity as covered_hours,
        {{ money('0') }} as committed_quantity,
        {{ money('0') }} as committed_hours,
        0 as fee_seconds,
        0 as fee_count,
        charge_count as covered_count,
        0 as told_count
    from covered
    union all
    select
        fees.billing_period,
        fees.billing_account_id,
        fees.billing_currency,
        fees.commitment_discount_id,
        fees.x_purchase_option,
        fees.sub_account_id,
        fees.region_id,
        fees.service_name as fee_service_name,
        fees.x_usage_type,
        {{ each('fees.x_commitment_@', told) }},
        fees.commitment_discount_unit,
        {{ money('0') }} as list_cost,
        {{ money('0') }} as used_cost,
        fees.x_unused_commitment_cost as unused_cost,
        {{ unused_commitment_to_date('fees', 'periods') }} as unused_to_date_cost,
        fees.x_commitment_cost as fee_cost,
        {{ money('0') }} as used_effective_cost,
        fees.effective_cost as unused_effective_cost,
        {{ money('0') }} as used_quantity,
        {{ money('0') }} as covered_hours,
        case when fees.x_charge_kind <> 'Focus:Unused' then {{ money('fees.commitment_discount_quantity') }} end
            as committed_quantity,
        case when fees.x_charge_kind <> 'Focus:Unused' then {{ money('fees.consumed_quantity') }} end
            as committed_hours,
        case
            when fees.x_charge_kind <> 'Focus:Unused'
                then date_diff('second', fees.charge_period_start, fees.charge_period_end)
            else 0
        end as fee_seconds,
        1 as fee_count,
        0 as covered_count,
        case when fees.x_charge_kind like 'Focus:%' then 1 else 0 end as told_count
    from fees
    inner join periods
        on fees.billing_account_id = periods.billing_account_id and fees.billing_period = periods.billing_period
),

-- A bill without a commitment's fee, as a member account's own one, does not know what of it nobody used.
final as (
    select
        billing_period,
        billing_account_id,
        billing_currency,
        commitment_discount_id,
        max(x_purchase_option) as x_purchase_option,
        coalesce(max(sub_account_id), {{ account_of_arn('commitment_discount_id') }}) as sub_account_id,
        max(region_id) as region_id,
        max(fee_service_name) as fee_service_name,
        max(x_usage_type) as x_usage_type,
        {{ each('max(x_commitment_@) as x_commitment_@', told) }},
        max(commitment_discount_unit) as commitment_discount_unit,
        {{ money('sum(list_cost)') }} as list_cost,
        {{ money('sum(used_cost)') }} as used_cost,
        case when sum(fee_count) > 0 then {{ money('sum(unused_cost)') }} end as unused_cost,
        case when sum(fee_count) > 0 then {{ money('sum(unused_to_date_cost)') }} end as unused_to_date_cost,
        case
            when sum(fee_count) = 0 then null
            when sum(told_count) > 0 then {{ money('sum(used_cost) + sum(unused_cost)') }}
            else {{ money('sum(fee_cost)') }}
        end as commitment_cost,
        case when sum(fee_count) > 0 then {{ money('sum(used_effective_cost) + sum(unused_effective_cost)') }} end
            as effective_cost,
        case when sum(fee_count) > 0 then {{ money('sum(unused_effective_cost)') }} end as unused_effective_cost,
        {{ money('sum(used_quantity)') }} as used_quantity,
        {{ money('sum(covered_hours)') }} as covered_hours,
        case when sum(fee_count) > 0 then {{ money('sum(committed_quantity)') }} end as committed_quantity,
        case when sum(fee_count) > 0 then {{ money('sum(committed_hours)') }} end as committed_hours,
        case when sum(fee_count) > 0 then cast(sum(fee_seconds) as double) / 3600 end as fee_hours,
        sum(covered_count) as covered_count
    from sides
    group by 1, 2, 3, 4
)

select * from final
