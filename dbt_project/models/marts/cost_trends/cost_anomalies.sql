{{ config(materialized='incremental', meta={'months_after': 4}) }}
{%- set series = ['billing_account_id', 'sub_account_id', 'service_name', 'usage_group', 'billing_currency'] -%}

with anomalies as (
    select * from {{ ref('int_anomalies__found') }}
    {{ where_due(after=4) }}
),

resourced as (
    select * from {{ ref('int_anomalies__resourced') }}
    {{ where_due(after=4) }}
),

usage as (
    select * from {{ ref('int_usage_groups__daily') }}
    {{ where_due(before=1, after=4) }}
),

accounts as (
    select * from {{ ref('int_accounts__named') }}
),

-- What was used at the price it had in the two weeks before, usage type by usage type.
units as (
    select
        anomalies.charged_on,
        {{ each('anomalies.@', series) }},
        usage.usage_type,
        usage.region_id,
        usage.pricing_unit,
        sum(case when usage.charged_on = anomalies.charged_on then usage.consumed_quantity end) as quantity_now,
        sum(case when usage.charged_on = anomalies.charged_on then usage.effective_cost end) as cost_now,
        sum(case when usage.charged_on < anomalies.started_on then usage.consumed_quantity end) as quantity_before,
        sum(case when usage.charged_on < anomalies.started_on then usage.effective_cost end) as cost_before
    from anomalies
    inner join usage
        on {{ same(series, 'anomalies', 'usage') }}
            and {{ is_day_or_two_weeks_before('anomalies', 'usage.charged_on') }}
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
),

prices as (
    select
        charged_on,
        {{ each('@', series) }},
        coalesce(sum(
            case
                when quantity_now > 0 and quantity_before > 0
                    then cost_now - {{ at_price_of('quantity_now', 'cost_before', 'quantity_before') }}
            end
        ), {{ money('0') }}) as price_change
    from units
    group by 1, 2, 3, 4, 5, 6
),

final as (
    select
        {{ dbt.hash(anomaly_key('anomalies')) }} as anomaly_id,
        anomalies.billing_period,
        anomalies.charged_on,
        anomalies.started_on,
        anomalies.billing_account_id,
        anomalies.sub_account_id,
        accounts.sub_account_name,
        anomalies.service_name,
        anomalies.usage_group,
        anomalies.billing_currency,
        anomalies.direction,
        anomalies.effective_cost,
        anomalies.expected_cost,
        anomalies.impact_cost,
        anomalies.score,
        case
            when anomalies.direction = 'up' and resourced.new_change * 2 >= anomalies.impact_cost then 'new_resource'
            when anomalies.direction = 'down' and resourced.ended_change * 2 <= anomalies.impact_cost then 'ended'
            when
                (anomalies.direction = 'up' and prices.price_change * 2 >= anomalies.impact_cost)
                or (anomalies.direction = 'down' and prices.price_change * 2 <= anomalies.impact_cost)
                then 'price'
            else 'usage'
        end as cause,
        resourced.resource_1
        || coalesce('; ' || resourced.resource_2, '')
        || coalesce('; ' || resourced.resource_3, '') as top_resources,
        cast(coalesce(resourced.resource_count, 0) as bigint) as resource_count
    from anomalies
    inner join accounts on anomalies.sub_account_id = accounts.sub_account_id
    left join resourced
        on {{ same(series, 'anomalies', 'resourced') }}
            and anomalies.charged_on = resourced.charged_on
            and anomalies.direction = resourced.direction
    left join prices
        on {{ same(series, 'anomalies', 'prices') }} and anomalies.charged_on = prices.charged_on
)

select * from final
