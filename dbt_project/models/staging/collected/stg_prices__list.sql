with prices as (
    select
        *,
        row_number() over (
            partition by region_id, resource_type, type, platform, unit, sku
            order by collected_at desc, asked_account_id asc
        ) as age
    from {{ source('collected', 'prices') }}
),

final as (
    select
        region_id,
        resource_type,
        type,
        platform,
        price,
        unit,
        billing_currency,
        sku,
        usage_type,
        effective_from,
        description,
        collected_at
    from prices
    where age = 1
)

select * from final
