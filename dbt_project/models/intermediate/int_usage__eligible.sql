{{ config(materialized='incremental') }}

with usage as (
    select * from {{ ref('int_usage__summed') }}
    {{ where_due() }}
),

rules as (
    select * from {{ ref('commitment_eligibility') }}
),

sizes as (
    select * from {{ ref('instance_sizes') }}
),

meters as (
    select distinct
        x_service_code,
        x_usage_type,
        x_operation
    from usage
),

-- Spot is the same machine under another name. Several rules may speak of one meter: a plan and a reservation.
ruled as (
    select
        meters.x_service_code,
        meters.x_usage_type,
        meters.x_operation,
        max(rules.eligible_kind) as eligible_kind,
        max(nullif(rules.plan_offering, '')) as plan_offering,
        max(case when rules.is_reservable then 1 else 0 end) as is_reservable,
        max(case when rules.has_hours then 1 else 0 end) as has_hours
    from meters
    inner join rules
        on meters.x_service_code = rules.service_code
            and replace(meters.x_usage_type, 'SpotUsage', 'BoxUsage') like rules.usage_type
            and coalesce(meters.x_operation, '') like rules.operation
    group by 1, 2, 3
),

-- What a commitment covered is eligible, whether a rule knows it or not. All else that no rule knows is not.
known as (
    select
        usage.*,
        coalesce(ruled.eligible_kind, 'Other') as eligible_kind,
        ruled.plan_offering,
        coalesce(ruled.is_reservable, 0) = 1 as is_reservable,
        case
            when ruled.has_hours = 1 then coalesce(usage.x_instance_type, {{ text_after('usage.x_usage_type', ':') }})
        end as instance_type
    from usage
    left join ruled
        on usage.x_service_code = ruled.x_service_code
            and usage.x_usage_type = ruled.x_usage_type
            and coalesce(usage.x_operation, '') = coalesce(ruled.x_operation, '')
    where ruled.eligible_kind is not null or usage.x_purchase_option in ('Savings Plan', 'Reserved')
),

named as (
    select
        *,
        replace(replace(replace(replace(instance_type, 'db.', ''), 'cache.', ''), 'ml.', ''), '.search', '')
            as bare_type
    from known
),

-- An hour in two zones counts twice in AWS's normalized units. A size that we do not know has none.
final as (
    select
        named.billing_period,
        named.billing_account_id,
        named.sub_account_id,
        named.region_id,
        named.service_name,
        named.x_service_code,
        named.x_usage_type,
        named.x_operation,
        named.x_purchase_option,
        named.eligible_kind,
        named.plan_offering,
        named.is_reservable,
        named.instance_type,
        {{ text_before('named.bare_type', '.') }} as instance_family,
        named.billing_currency,
        case when named.instance_type is not null then named.consumed_quantity end as used_hours,
        case
            when named.instance_type is not null
                then
                    {{ money(
                        'cast(named.consumed_quantity as double) * sizes.normalization_factor'
                        ~ " * case when named.x_usage_type like '%Multi-AZUsage:%' then 2 else 1 end"
                    ) }}
        end as normalized_hours,
        named.list_cost,
        named.x_amortized_cost,
        named.effective_cost
    from named
    left join sizes on {{ text_after('named.bare_type', '.') }} = sizes.size
)

select * from final
