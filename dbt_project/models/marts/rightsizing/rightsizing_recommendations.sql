with instances as (
    select * from {{ ref('int_instances__recommended') }}
),

volumes as (
    select * from {{ ref('int_volumes__recommended') }}
),

periods as (
    select * from {{ ref('int_billing_periods__latest') }}
),

accounts as (
    select * from {{ ref('int_accounts__named') }}
),

recommendations as (
    select
        billing_period,
        billing_account_id,
        sub_account_id,
        region_id,
        service_name,
        resource_id,
        case x_service_code when 'AmazonRDS' then 'RDS instance' else 'EC2 instance' end as resource_type,
        rule_id,
        instance_type as current_type,
        recommended_type,
        effort,
        price_basis,
        observed_hours,
        hourly_price as current_unit_price,
        recommended_hourly_price as recommended_unit_price,
        on_demand_hours < observed_hours as is_covered_by_commitment,
        last_seen_on,
        owner,
        billing_currency,
        effective_cost,
        cast(effective_cost as double) * {{ var('hours_per_month') }} / observed_hours as monthly_cost,
        -- Only hours that no commitment pays for save cash, and never more than they cost here. Without a price
        -- there is no saving: DuckDB's least would pass over the null.
        case
            when recommended_hourly_price is not null
                then
                    least(
                        (hourly_price - recommended_hourly_price) * on_demand_hours, cast(effective_cost as double)
                    ) * {{ var('hours_per_month') }} / observed_hours
        end as monthly_savings_cost
    from instances
    union all
    select
        billing_period,
        billing_account_id,
        sub_account_id,
        region_id,
        service_name,
        resource_id,
        'EBS volume' as resource_type,
        'gp2_to_gp3' as rule_id,
        'gp2' as current_type,
        'gp3' as recommended_type,
        'low' as effort,
        case when seen_gp3_price is null then 'published ratio' else 'on this bill' end as price_basis,
        observed_hours,
        gp2_price as current_unit_price,
        gp3_price as recommended_unit_price,
        false as is_covered_by_commitment,
        last_seen_on,
        owner,
        billing_currency,
        effective_cost,
        gp2_monthly_cost as monthly_cost,
        gp2_monthly_cost - gp3_monthly_cost as monthly_savings_cost
    from volumes
),

final as (
    select
        {{ dbt.hash(finding_key('recommendations')) }} as recommendation_id,
        recommendations.billing_period,
        periods.is_latest_period,
        recommendations.billing_account_id,
        recommendations.sub_account_id,
        accounts.sub_account_name,
        recommendations.region_id,
        recommendations.service_name,
        recommendations.resource_id,
        recommendations.resource_type,
        recommendations.rule_id,
        recommendations.current_type,
        recommendations.recommended_type,
        case recommendations.rule_id
            when 'previous_generation' then recommendations.current_type || ' is of a previous generation: '
            when 'graviton' then recommendations.current_type || ' runs software that Graviton can run: '
            else 'A ' || recommendations.current_type || ' volume of this size is dearer than its successor: '
        end || 'move to ' || recommendations.recommended_type || '.' as reason,
        recommendations.effort,
        case recommendations.price_basis
            when 'on this bill' then 'high'
            when 'not on this bill' then 'low'
            else 'medium'
        end as confidence,
        recommendations.observed_hours,
        {{ money('recommendations.current_unit_price') }} as current_unit_price,
        {{ money('recommendations.recommended_unit_price') }} as recommended_unit_price,
        recommendations.price_basis,
        recommendations.is_covered_by_commitment,
        recommendations.last_seen_on,
        recommendations.owner,
        recommendations.billing_currency,
        {{ money('recommendations.effective_cost') }} as effective_cost,
        {{ estimated_money('recommendations.monthly_cost') }} as monthly_cost,
        {{ estimated_money('recommendations.monthly_savings_cost') }} as monthly_savings_cost
    from recommendations
    inner join periods
        on recommendations.billing_account_id = periods.billing_account_id
            and recommendations.billing_period = periods.billing_period
    inner join accounts on recommendations.sub_account_id = accounts.sub_account_id
)

select * from final
