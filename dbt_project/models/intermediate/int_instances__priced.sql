{{ config(materialized='incremental') }}

with used_daily as (
    select * from {{ ref('int_resources__used_daily') }}
    {{ where_due() }}
),

sizes as (
    select * from {{ ref('instance_sizes') }}
),

-- Spot lines carry no product columns, and the type then stands in the usage type alone: BoxUsage:m5.large.
instances as (
    select
        *,
        coalesce(x_instance_type, {{ text_after('x_usage_type', ':') }}) as instance_type
    from used_daily
    where
        (x_service_code = 'AmazonEC2' and x_usage_type like '%BoxUsage:%')
        or (
            x_service_code = 'AmazonRDS'
            and (x_usage_type like '%InstanceUsage:%' or x_usage_type like '%Multi-AZUsage:%')
        )
),

-- RDS classes have three parts, db.m5.large; the size is always the last.
split as (
    select
        *,
        case
            when x_service_code = 'AmazonRDS'
                then 'db.' || {{ text_before("substr(instance_type, 4)", '.') }}
            else {{ text_before('instance_type', '.') }}
        end as instance_family,
        case
            when x_service_code = 'AmazonRDS' then {{ text_after("substr(instance_type, 4)", '.') }}
            else {{ text_after('instance_type', '.') }}
        end as instance_size
    from instances
),

-- What must be equal for two prices to be of the same thing but for the type.
final as (
    select
        split.billing_period,
        split.billing_account_id,
        split.sub_account_id,
        split.region_id,
        split.resource_id,
        split.service_name,
        split.x_service_code,
        split.instance_type,
        split.instance_family,
        split.instance_size,
        sizes.normalization_factor,
        coalesce(split.x_operating_system, '-') || '|' || coalesce(split.x_tenancy, '-')
        || '|' || coalesce(split.x_preinstalled_software, '-') || '|' || coalesce(split.x_license_model, '-')
        || '|' || coalesce(split.x_database_engine, '-') || '|' || coalesce(split.x_deployment_option, '-')
            as price_key,
        coalesce(split.x_operating_system, '') as operating_system,
        coalesce(split.x_preinstalled_software, '') as preinstalled_software,
        coalesce(split.x_database_engine, '') as database_engine,
        split.x_purchase_option as purchase_option,
        split.billing_currency,
        split.used_on,
        split.x_owner as owner,
        split.x_environment as environment,
        -- Instances are billed by the hour: the quantity is hours, and exact where one hour is part covered, part not.
        split.consumed_quantity as used_hours,
        split.list_unit_price,
        split.effective_cost
    from split
    left join sizes on split.instance_size = sizes.size
)

select * from final
