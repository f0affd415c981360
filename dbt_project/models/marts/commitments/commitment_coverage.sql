{%- set covered, eligible = ['Savings Plan', 'Reserved'], ['Savings Plan', 'Reserved', 'On-Demand'] -%}

with usage as (
    select * from {{ ref('int_usage__eligible') }}
),

accounts as (
    select * from {{ ref('int_accounts__named') }}
),

summed as (
    select
        billing_period,
        billing_account_id,
        sub_account_id,
        region_id,
        service_name,
        eligible_kind,
        instance_family,
        instance_type,
        billing_currency,
        max(plan_offering) as plan_offering,
        max(case when is_reservable then 1 else 0 end) = 1 as is_reservable,
        {{ bought_by('list_cost', eligible) }} as eligible_list_cost,
        {{ bought_by('list_cost', ['Savings Plan']) }} as plan_covered_list_cost,
        {{ bought_by('list_cost', ['Reserved']) }} as reservation_covered_list_cost,
        {{ bought_by('list_cost', ['On-Demand']) }} as on_demand_list_cost,
        {{ bought_by('effective_cost', ['Spot']) }} as spot_cost,
        {{ bought_by('x_amortized_cost', eligible) }} as eligible_amortized_cost,
        {{ known_hours('used_hours', eligible) }} as eligible_hours,
        {{ known_hours('used_hours', ['Savings Plan']) }} as plan_covered_hours,
        {{ known_hours('used_hours', ['Reserved']) }} as reservation_covered_hours,
        {{ known_hours('used_hours', ['On-Demand']) }} as on_demand_hours,
        {{ known_hours('used_hours', ['Spot']) }} as spot_hours,
        {{ known_hours('normalized_hours', eligible) }} as eligible_normalized_hours,
        {{ known_hours('normalized_hours', covered) }} as covered_normalized_hours
    from usage
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
),

final as (
    select
        summed.billing_period,
        summed.billing_account_id,
        summed.sub_account_id,
        accounts.sub_account_name,
        summed.region_id,
        summed.service_name,
        summed.eligible_kind,
        summed.instance_family,
        summed.instance_type,
        summed.plan_offering,
        summed.is_reservable,
        summed.billing_currency,
        {{ money('summed.eligible_list_cost') }} as eligible_list_cost,
        {{ money('summed.plan_covered_list_cost') }} as plan_covered_list_cost,
        {{ money('summed.reservation_covered_list_cost') }} as reservation_covered_list_cost,
        {{ money('summed.on_demand_list_cost') }} as on_demand_list_cost,
        {{ money('summed.spot_cost') }} as spot_cost,
        {{ money('summed.eligible_amortized_cost') }} as eligible_amortized_cost,
        {{ pct_of(
            'summed.plan_covered_list_cost + summed.reservation_covered_list_cost', 'summed.eligible_list_cost'
        ) }}
            as covered_pct_of_eligible_list_cost,
        summed.eligible_hours,
        summed.plan_covered_hours,
        summed.reservation_covered_hours,
        summed.on_demand_hours,
        summed.spot_hours,
        {{ pct_of('summed.plan_covered_hours + summed.reservation_covered_hours', 'summed.eligible_hours') }}
            as covered_pct_of_eligible_hours,
        summed.eligible_normalized_hours,
        summed.covered_normalized_hours,
        {{ pct_of('summed.covered_normalized_hours', 'summed.eligible_normalized_hours') }}
            as covered_pct_of_eligible_normalized_hours
    from summed
    inner join accounts on summed.sub_account_id = accounts.sub_account_id
)

select * from final
