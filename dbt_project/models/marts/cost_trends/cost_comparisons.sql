{%- set measures = ['billed_cost', 'amortized_cost', 'effective_cost'] -%}

with costs as (
    select * from {{ ref('int_costs__by_usage') }}
),

months as (
    select * from {{ ref('int_months__compared') }}
),

accounts as (
    select * from {{ ref('int_accounts__named') }}
),

-- The month's own costs, and those of the month it is compared with.
told as (
    select
        months.billing_period,
        months.comparison,
        costs.billing_account_id,
        costs.sub_account_id,
        costs.service_name,
        costs.billing_currency,
        {{ each(if_compared('@', 'costs') ~ ' as @', measures) }},
        {{ each(money('0') ~ ' as previous_@', measures) }},
        {{ each(if_not_compared('@', 'costs') ~ ' as uncompared_@', measures) }}
    from costs
    inner join months
        on costs.billing_account_id = months.billing_account_id and costs.billing_period = months.billing_period
    union all
    select
        months.billing_period,
        months.comparison,
        costs.billing_account_id,
        costs.sub_account_id,
        costs.service_name,
        costs.billing_currency,
        {{ each(money('0') ~ ' as @', measures) }},
        {{ each('costs.@ as previous_@', measures) }},
        {{ each(money('0') ~ ' as uncompared_@', measures) }}
    from costs
    inner join months
        on costs.billing_account_id = months.billing_account_id and costs.billing_period = months.compared_period
    where {{ is_compared('costs', 'months', first_on='compared_first_on') }}
),

summed as (
    select
        billing_period,
        comparison,
        billing_account_id,
        sub_account_id,
        service_name,
        billing_currency,
        {{ each('sum(@) as @', measures) }},
        {{ each('sum(previous_@) as previous_@', measures) }},
        {{ each('sum(uncompared_@) as uncompared_@', measures) }}
    from told
    group by 1, 2, 3, 4, 5, 6
),

final as (
    select
        summed.billing_period,
        summed.comparison,
        months.compared_period,
        summed.billing_account_id,
        summed.sub_account_id,
        accounts.sub_account_name,
        summed.service_name,
        summed.billing_currency,
        months.is_whole_month,
        months.days_compared,
        {{ each(money('summed.@') ~ ' as @', measures) }},
        {{ each(money('summed.previous_@') ~ ' as previous_@', measures) }},
        {{ each(money('summed.@ - summed.previous_@') ~ ' as @_change', measures) }},
        {{ each(change_pct('summed.@ - summed.previous_@', 'summed.previous_@') ~ ' as @_change_pct', measures) }},
        {{ each(money('summed.uncompared_@') ~ ' as uncompared_@', measures) }}
    from summed
    inner join months
        on summed.billing_account_id = months.billing_account_id
            and summed.billing_period = months.billing_period
            and summed.comparison = months.comparison
    inner join accounts on summed.sub_account_id = accounts.sub_account_id
)

select * from final
