with instances as (
    select * from {{ ref('int_instances__recommended') }}
),

volumes as (
    select * from {{ ref('int_volumes__proposed') }}
),

sized as (
    select * from {{ ref('int_instances__sized') }}
),

scheduled as (
    select * from {{ ref('int_instances__scheduled') }}
),

proposed as (
    select
        {{ each('@', rightsizing_columns()) }},
        case x_service_code when 'AmazonRDS' then 'RDS instance' else 'EC2 instance' end as resource_type,
        rule_id,
        'modernise' as lever,
        instance_type as current_type,
        recommended_type,
        case rule_id
            when 'previous_generation' then instance_type || ' is of a previous generation: '
            else instance_type || ' runs software that Graviton can run: '
        end as finding,
        effort,
        case price_basis when 'on this bill' then 'high' when 'not on this bill' then 'low' else 'medium' end
            as confidence,
        'bill' as evidence,
        cast(null as varchar) as blockers,
        price_basis,
        hourly_price as current_unit_price,
        recommended_hourly_price as recommended_unit_price,
        on_demand_hours < observed_hours as is_covered_by_commitment,
        cast(effective_cost as double) * {{ var('hours_per_month') }} / observed_hours as monthly_cost,
        -- Only hours that no commitment pays for save cash, and never more than they cost here. Without a price
        -- there is no saving: DuckDB's least would pass over the null.
        {{ saved_by_price('on_demand_hours') }} as monthly_savings_cost,
        {{ saved_by_price('observed_hours') }} as high_monthly_savings_cost
    from instances
    union all
    select {{ each('@', rightsizing_columns() + recommendation_columns()) }}
    from volumes
    union all
    select
        {{ each('@', rightsizing_columns()) }},
        case part when 'database' then 'RDS instance' else 'EC2 instance' end as resource_type,
        case part when 'database' then 'database_too_large' else 'instance_too_large' end as rule_id,
        'rightsize' as lever,
        instance_type as current_type,
        recommended_type,
        'On ' || cast(day_count as varchar) || ' days its processor was at ' || {{ tenths('cpu_p99_5_pct') }}
        || ' % in 99.5 % of the time, ' || {{ tenths('cpu_max_pct') }} || ' % at most'
        || case when memory_pct is null then '' else ', its memory at ' || {{ tenths('memory_pct') }} || ' %' end
        || ': ' as finding,
        'medium' as effort,
        case when memory_pct is null then 'low' else 'high' end as confidence,
        'bill+metrics' as evidence,
        concat_ws(
            '; ',
            'It belongs to ' || owners,
            case when memory_pct is null then 'Its memory is not known' end,
            case when price_basis = 'not on this bill' then 'Its price is not known' end
        ) as blockers,
        price_basis,
        present_hourly_price as current_unit_price,
        recommended_hourly_price as recommended_unit_price,
        on_demand_hours < observed_hours as is_covered_by_commitment,
        cast(effective_cost as double) * {{ var('hours_per_month') }} / observed_hours as monthly_cost,
        -- At the rate that this bill shows, which may be below the public price.
        cast(on_demand_cost as double) * (1 - recommended_hourly_price / nullif(present_hourly_price, 0))
        * {{ var('hours_per_month') }} / observed_hours as monthly_savings_cost,
        cast(effective_cost as double) * (1 - recommended_hourly_price / nullif(present_hourly_price, 0))
        * {{ var('hours_per_month') }} / observed_hours as high_monthly_savings_cost
    from sized
    union all
    select
        {{ each('@', rightsizing_columns()) }},
        case part when 'database' then 'RDS instance' else 'EC2 instance' end as resource_type,
        rule_id,
        'schedule' as lever,
        instance_type as current_type,
        recommended_type,
        finding || ': ' as finding,
        'low' as effort,
        confidence,
        evidence,
        concat_ws('; ', 'It belongs to ' || owners, remark) as blockers,
        'on this bill' as price_basis,
        hourly_price as current_unit_price,
        hourly_price as recommended_unit_price,
        on_demand_hours < observed_hours as is_covered_by_commitment,
        cast(effective_cost as double) * {{ var('hours_per_month') }} / observed_hours as monthly_cost,
        cast(on_demand_cost as double) * (1 - part_left) * {{ var('hours_per_month') }} / observed_hours
            as monthly_savings_cost,
        cast(effective_cost as double) * (1 - part_left) * {{ var('hours_per_month') }} / observed_hours
            as high_monthly_savings_cost
    from scheduled
),

final as (
    select
        *,
        {{ resource_key('resource_id') }} as resource_key
    from proposed
)

select * from final
