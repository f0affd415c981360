{%- set plan = ['billing_account_id', 'region_id', 'offering', 'family', 'billing_currency'] -%}

with hours as (
    select * from {{ ref('int_commitments__floors') }}
),

windows as (
    select * from {{ ref('int_commitments__windows') }}
),

discounts as (
    select * from {{ ref('int_commitments__discounts') }}
),

candidates as (
    select
        {{ each('@', plan) }},
        billing_period,
        window_hours,
        max(floor_cost) as floor_cost,
        sum(hourly_cost) as hourly_cost,
        sum(left_out_cost) as left_out_cost
    from hours
    group by 1, 2, 3, 4, 5, 6, 7
),

priced as (
    select
        candidates.*,
        coalesce(here.discount, elsewhere.discount, {{ var('commitment_default_discount_pct') }} / 100.0) as discount,
        case
            when here.discount is not null then 'seen in this region'
            when elsewhere.discount is not null then 'seen elsewhere on this bill'
            else 'default'
        end as discount_basis
    from candidates
    left join discounts as here
        on {{ same(plan, 'candidates', 'here') }} and here.place = 'here'
    left join discounts as elsewhere
        on candidates.billing_account_id = elsewhere.billing_account_id
            and candidates.billing_currency = elsewhere.billing_currency
            and candidates.offering = elsewhere.offering
            and elsewhere.place = 'elsewhere'
),

-- The commitment is the floor at the plan's prices, rounded down to what AWS sells; it pays for as much again at public
-- prices, and no more.
committed as (
    select
        *,
        floor(cast(floor_cost as double) * (1 - discount) / {{ var('commitment_step_cost') }})
        * {{ var('commitment_step_cost') }} as hourly_commitment
    from priced
),

sized as (
    select
        *,
        {{ money('round(hourly_commitment / nullif(1 - discount, 0), 10)') }} as covers_cost
    from committed
),

days as (
    select
        {{ each('sized.@', plan) }},
        cast(hours.used_at as date) as used_on,
        sum(case when hours.hourly_cost < sized.covers_cost then hours.hourly_cost else sized.covers_cost end)
            as covered_cost
    from hours
    inner join sized on {{ same(plan, 'hours', 'sized') }}
    group by 1, 2, 3, 4, 5, 6
),

outcomes as (
    select
        {{ each('@', plan) }},
        cast(sum(covered_cost) as double) as covered_cost,
        cast(min(covered_cost) as double) as least_covered_cost,
        count(*) as day_count
    from days
    group by 1, 2, 3, 4, 5
),

-- What an hour saves: what it covers at public prices, less the commitment. As in the window, as on its worst day, and
-- as if every hour used all of it.
judged as (
    select
        sized.*,
        outcomes.covered_cost / nullif(sized.window_hours, 0) as hourly_covered,
        outcomes.covered_cost / nullif(sized.window_hours, 0) - sized.hourly_commitment as hourly_savings,
        case when outcomes.day_count * 24 < sized.window_hours then 0 else outcomes.least_covered_cost / 24 end
        - sized.hourly_commitment as least_hourly_savings,
        cast(sized.covers_cost as double) - sized.hourly_commitment as most_hourly_savings
    from sized
    inner join outcomes on {{ same(plan, 'sized', 'outcomes') }}
),

told as (
    select
        *,
        case
            when window_hours < {{ var('commitment_min_days') }} * 24 then 'too few days'
            when hourly_cost = 0 then 'no hourly lines'
            when hourly_commitment <= 0 then 'no steady usage'
            when hourly_savings <= 0 then 'no saving'
            else 'recommended'
        end as status
    from judged
),

final as (
    select
        told.billing_period,
        true as is_latest_period,
        told.billing_account_id,
        told.region_id,
        told.offering as plan_offering,
        told.family as instance_family,
        told.billing_currency,
        told.status,
        told.offering = 'EC2InstanceSavingsPlans' as is_alternative,
        {{ estimated_money("case when told.status = 'recommended' then told.hourly_commitment end") }}
            as hourly_commitment_cost,
        {{ recommended_per_month('told.hourly_commitment') }} as monthly_commitment_cost,
        {{ recommended_per_month('told.least_hourly_savings') }} as low_monthly_savings_cost,
        {{ recommended_per_month('told.hourly_savings') }} as monthly_savings_cost,
        {{ recommended_per_month('told.most_hourly_savings') }} as high_monthly_savings_cost,
        case when told.status = 'recommended' then {{ pct_of('told.hourly_covered', 'told.covers_cost') }} end
            as expected_utilization_pct,
        round(100 * (1 - told.discount), 4) as break_even_utilization_pct,
        round(100 * told.discount, 4) as plan_discount_pct,
        told.discount_basis,
        {{ money('told.floor_cost') }} as hourly_floor_list_cost,
        cast({{ var('commitment_floor_percentile') }} as double) as floor_percentile,
        windows.window_start as looked_at_from,
        windows.window_end as looked_at_until,
        told.window_hours as hours_looked_at,
        {{ money('told.hourly_cost') }} as on_demand_list_cost,
        {{ money('told.left_out_cost') }} as left_out_list_cost,
        'Whether the usage stays for the whole term; what each type costs under the plan.'
        || case
            when told.discount_basis = 'default' then ' The discount: no plan of this kind is on the bill.'
            else ''
        end
        || case
            when told.left_out_cost > 0 then ' In which hours that was used whose lines are longer than an hour.'
            else ''
        end as not_known
    from told
    inner join windows on told.billing_account_id = windows.billing_account_id
)

select * from final
