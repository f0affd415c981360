{{ config(materialized='incremental') }}

with instances as (
    select * from {{ ref('int_instances__priced') }}
    {{ where_due() }}
),

-- The bill is the best price list: its own region, currency and moment. Public rates only, so that a private price
-- on one type does not make the other look dear.
final as (
    select
        billing_period,
        billing_account_id,
        region_id,
        x_service_code,
        price_key,
        billing_currency,
        instance_family,
        instance_size,
        max(normalization_factor) as normalization_factor,
        cast(max(list_unit_price) as double) as hourly_price
    from instances
    where list_unit_price > 0
    group by 1, 2, 3, 4, 5, 6, 7, 8
)

select * from final
