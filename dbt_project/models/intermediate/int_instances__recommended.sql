{{ config(materialized='incremental') }}

with instances as (
    select * from {{ ref('int_instances__priced') }}
    {{ where_due() }}
),

families as (
    select * from {{ ref('instance_families') }}
),

prices as (
    select * from {{ ref('int_instance_prices__seen') }}
),

resources as (
    select
        billing_period,
        billing_account_id,
        sub_account_id,
        region_id,
        resource_id,
        x_service_code,
        instance_type,
        instance_family,
        instance_size,
        price_key,
        operating_system,
        preinstalled_software,
        database_engine,
        billing_currency,
        max(service_name) as service_name,
        max(normalization_factor) as normalization_factor,
        max(owner) as owner,
        max(used_on) as last_seen_on,
        cast(sum(used_hours) as double) as observed_hours,
        cast(
            sum(case when purchase_option = 'On-Demand' then used_hours else cast(0 as decimal(38, 10)) end) as double
        ) as on_demand_hours,
        sum(effective_cost) as effective_cost,
        cast(max(list_unit_price) as double) as hourly_price
    from instances
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
),

-- An instance that was resized is of its newest type; the one before it is history.
present as (
    select
        *,
        max(last_seen_on) over (
            partition by billing_period, billing_account_id, sub_account_id, region_id, resource_id
        ) as resource_last_seen_on
    from resources
),

-- Another architecture needs software built for it: Linux without licensed software, or an open-source database.
candidates as (
    select
        present.*,
        families.rule_id,
        families.recommended_family,
        families.preference,
        families.effort,
        families.recommended_family || '.' || present.instance_size as recommended_type
    from present
    inner join families
        on present.x_service_code = families.service_code
            and present.instance_family = families.family
            and strpos(' ' || families.sizes || ' ', ' ' || present.instance_size || ' ') > 0
    where
        present.last_seen_on = present.resource_last_seen_on
        and present.observed_hours >= {{ var('rightsizing_min_hours') }}
        and present.on_demand_hours > 0
        -- What the free tier gives saves nothing.
        and present.effective_cost > 0
        and (
            families.rule_id <> 'graviton'
            or (
                present.x_service_code = 'AmazonEC2'
                and present.operating_system = 'Linux'
                and present.preinstalled_software in ('', 'NA')
            )
            or (
                present.x_service_code = 'AmazonRDS'
                and present.database_engine in ('MySQL', 'PostgreSQL', 'MariaDB', 'Aurora MySQL', 'Aurora PostgreSQL')
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
