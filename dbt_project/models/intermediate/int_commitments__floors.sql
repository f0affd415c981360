with windows as (
    select * from {{ ref('int_commitments__windows') }}
),

used as (
    select
        usage.billing_account_id,
        windows.billing_period,
        usage.region_id,
        usage.plan_offering,
        usage.instance_family,
        usage.billing_currency,
        usage.used_at,
        usage.is_hourly,
        usage.list_cost,
        windows.window_hours
    from {{ ref('int_usage__on_demand_hourly') }} as usage
    inner join windows
        on usage.billing_account_id = windows.billing_account_id
            and usage.used_at >= windows.window_start
            and usage.used_at < windows.window_end
),

-- A plan of one family is the other way to pay for the same hours: each kind by itself, never both.
offered as (
    select
        *,
        plan_offering as offering,
        'all' as family
    from used
    union all
    select
        *,
        'EC2InstanceSavingsPlans' as offering,
        instance_family as family
    from used
    where instance_family is not null
),

hours as (
    select
        billing_account_id,
        billing_period,
        region_id,
        offering,
        family,
        billing_currency,
        window_hours,
        used_at,
        sum(case when is_hourly then list_cost else cast(0 as decimal(38, 10)) end) as hourly_cost,
        sum(case when is_hourly then cast(0 as decimal(38, 10)) else list_cost end) as left_out_cost,
        max(case when is_hourly then 1 else 0 end) as hour_count
    from offered
    group by 1, 2, 3, 4, 5, 6, 7, 8
),

-- Hours without a line are hours without usage, and the cheapest of all: they stand before the first rank.
ranked as (
    select
        *,
        window_hours - sum(hour_count) over (
            partition by billing_account_id, region_id, offering, family, billing_currency
        ) + row_number() over (
            partition by billing_account_id, region_id, offering, family, billing_currency, hour_count
            order by hourly_cost, used_at
        ) as place
    from hours
),

-- The floor is the hour at the percentile, by rank: no value lies between two hours. No such hour means no floor.
final as (
    select
        billing_account_id,
        billing_period,
        region_id,
        offering,
        family,
        billing_currency,
        window_hours,
        used_at,
        hour_count = 1 as is_hourly,
        hourly_cost,
        left_out_cost,
        coalesce(
            max(
                case
                    when
                        hour_count = 1
                        and place = greatest(1, ceil(window_hours * {{ var('commitment_floor_percentile') }} / 100.0))
                        then hourly_cost
                end
            ) over (partition by billing_account_id, region_id, offering, family, billing_currency),
            cast(0 as decimal(38, 10))
        ) as floor_cost
    from ranked
)

select * from final
