{{ config(materialized='incremental') }}

with instances as (
    select * from {{ ref('int_instances__summed') }}
    {{ where_due() }}
),

families as (
    select * from {{ ref('instance_families') }}
),

prices as (
    select * from {{ ref('int_instance_prices__seen') }}
),

-- Another architecture needs software built for it: Linux without licensed software, or an open-source database.
candidates as (
    select
        instances.*,
        families.rule_id,
        families.recommended_family,
        families.preference,
        families.effort,
        families.recommended_family || '.' || instances.instance_size as recommended_type
    from instances
    inner join families
        on instances.x_service_code = families.service_code
            and instances.instance_family = families.family
            and strpos(' ' || families.sizes || ' ', ' ' || instances.instance_size || ' ') > 0
    where
        instances.observed_hours >= {{ var('rightsizing_min_hours') }}
        and instances.on_demand_hours > 0
        and (
            families.rule_id <> 'graviton'
            or (
                instances.x_service_code = 'AmazonEC2'
                and instances.operating_system = 'Linux'
                and instances.preinstalled_software in ('', 'NA')
            )
            or (
                instances.x_service_code = 'AmazonRDS'
                and instances.database_engine in ('MySQL', 'PostgreSQL', 'MariaDB', 'Aurora MySQL', 'Aurora PostgreSQL')
            )
        )
),

-- The proposed size's own price if it was seen, else another size of its family in proportion.
priced as (
    select
        candidates.billing_period,
        candidates.billing_account_id,
        candidates.sub_account_id,
        candidates.region_id,
        candidates.resource_id,
        candidates.instance_type,
        candidates.price_key,
        candidates.recommended_type,
        candidates.billing_currency,
        max(case when prices.instance_size = candidates.instance_size then prices.hourly_price end) as seen_price,
        max(prices.hourly_price * candidates.normalization_factor / nullif(prices.normalization_factor, 0))
            as scaled_price
    from candidates
    left join prices
        on candidates.billing_period = prices.billing_period
            and candidates.billing_account_id = prices.billing_account_id
            and candidates.region_id = prices.region_id
            and candidates.x_service_code = prices.x_service_code
            and candidates.price_key = prices.price_key
            and candidates.billing_currency = prices.billing_currency
            and candidates.recommended_family = prices.instance_family
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
),

ranked as (
    select
        candidates.*,
        coalesce(priced.seen_price, priced.scaled_price) as recommended_hourly_price,
        case
            when priced.seen_price is not null then 'on this bill'
            when priced.scaled_price is not null then 'scaled from this bill'
            else 'not on this bill'
        end as price_basis,
        row_number() over (
            partition by
                candidates.billing_period, candidates.billing_account_id, candidates.sub_account_id,
                candidates.region_id, candidates.resource_id, candidates.rule_id, candidates.billing_currency
            order by
                coalesce(priced.seen_price, priced.scaled_price) nulls last,
                candidates.preference asc,
                candidates.observed_hours desc,
                candidates.instance_type asc,
                candidates.price_key asc
        ) as place
    from candidates
    inner join priced
        on candidates.billing_period = priced.billing_period
            and candidates.billing_account_id = priced.billing_account_id
            and candidates.sub_account_id = priced.sub_account_id
            and candidates.region_id = priced.region_id
            and candidates.resource_id = priced.resource_id
            and candidates.instance_type = priced.instance_type
            and candidates.price_key = priced.price_key
            and candidates.recommended_type = priced.recommended_type
            and candidates.billing_currency = priced.billing_currency
),

final as (
    select *
    from ranked
    where place = 1 and (recommended_hourly_price is null or recommended_hourly_price < hourly_price)
)

select * from final
