{{ config(materialized='incremental') }}
-- A payer's month that is delivered as CUR and as FOCUS counts once; the other export must tell the same.
with line_items as (
    select * from {{ ref('stg_focus__line_items') }}
    {{ where_due('landed_period') }}
),

deliveries as (
    select
        elected.billing_account_id,
        elected.billing_period,
        elected.delivery_id,
        elected.is_elected,
        deliveries.source
    from {{ ref('int_deliveries__elected') }} as elected
    inner join {{ ref('stg_landing__deliveries') }} as deliveries
        on elected.delivery_id = deliveries.delivery_id
            and elected.billing_account_id = deliveries.billing_account_id
            and elected.billing_period = deliveries.billing_period
    group by 1, 2, 3, 4, 5
),

told_by_focus as (
    select
        uncounted.billing_period,
        uncounted.billing_account_id,
        line_items.billing_currency,
        uncounted.delivery_id,
        sum(line_items.unblended_cost) as billed_cost,
        sum(line_items.told_effective_cost) as effective_cost
    from line_items
    inner join deliveries as uncounted
        on line_items.delivery_id = uncounted.delivery_id
            and line_items.billing_account_id = uncounted.billing_account_id
            and line_items.billing_period = uncounted.billing_period
    inner join deliveries as counted
        on uncounted.billing_account_id = counted.billing_account_id
            and uncounted.billing_period = counted.billing_period
    where not uncounted.is_elected and counted.is_elected and counted.source <> 'focus'
    group by 1, 2, 3, 4
),

told_by_waist as (
    select
        billing_period,
        billing_account_id,
        billing_currency,
        sum(billed_cost) as billed_cost,
        sum(effective_cost) as effective_cost
    from {{ ref('int_costs__summed') }}
    {{ where_due() }}
    group by 1, 2, 3
),

-- Exports are refreshed at different hours, so a difference is a warning and no more.
final as (
    {% for measure in ['billed_cost', 'effective_cost'] %}
    select
        'focus_and_cur_of_a_month_agree' as identity,
        focus.billing_period,
        focus.billing_account_id,
        focus.billing_currency,
        focus.delivery_id || ' {{ measure }}' as part,
        {{ amount_or_zero('waist.' ~ measure) }} as expected_cost,
        {{ amount_or_zero('focus.' ~ measure) }} as actual_cost,
        {{ money('0.01') }} as tolerance_cost
    from told_by_focus as focus
    left join told_by_waist as waist
        on focus.billing_period = waist.billing_period
            and focus.billing_account_id = waist.billing_account_id
            and focus.billing_currency = waist.billing_currency
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select * from final
