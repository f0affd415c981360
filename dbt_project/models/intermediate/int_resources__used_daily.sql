{{ config(materialized='incremental') }}

with charges as (
    select * from {{ ref('int_charges') }}
    {{ where_due() }}
),

-- Hours are counted from charge periods, not from quantities: a shard-hour or an endpoint in three zones bills
-- several units an hour, and storage bills none. In a report by day the periods of a day differ in length, so both
-- bounds count: their sum, and each start once at the longest. A line longer than a day, as a report by month has
-- them, does not tell on which days it was used: its hours are unknown.
final as (
    select
        billing_period,
        billing_account_id,
        sub_account_id,
        region_id,
        resource_id,
        service_name,
        x_service_code,
        x_usage_type,
        x_operation,
        x_purchase_option,
        pricing_unit,
        billing_currency,
        cast(charge_period_start as date) as used_on,
        max(x_instance_type) as x_instance_type,
        max(x_operating_system) as x_operating_system,
        max(x_tenancy) as x_tenancy,
        max(x_preinstalled_software) as x_preinstalled_software,
        max(x_license_model) as x_license_model,
        max(x_database_engine) as x_database_engine,
        max(x_deployment_option) as x_deployment_option,
        max(x_owner) as x_owner,
        max(x_environment) as x_environment,
        max(list_unit_price) as list_unit_price,
        case
            when max({{ hours_between('charge_period_start', 'charge_period_end') }}) <= 24
                then
                    cast(
                        least(
                            cast(24 as double),
                            cast({{ count_starts('charge_period_start') }} as double)
                            * max({{ hours_between('charge_period_start', 'charge_period_end') }}),
                            {{ total_hours_between('charge_period_start', 'charge_period_end') }}
                        ) as decimal(38, 10)
                    )
        end as used_hours,
        -- As decimals, too: a sum of doubles changes its last digits with the order of the rows.
        sum(cast(consumed_quantity as decimal(38, 10))) as consumed_quantity,
        sum(list_cost) as list_cost,
        sum(effective_cost) as effective_cost
    from charges
    where x_is_usage and resource_id is not null
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13
)

select * from final
