{%- set levers = ['delete', 'schedule', 'rightsize', 'modernise'] -%}

with proposed as (
    select * from {{ ref('int_savings__proposed') }}
),

-- Findings of one lever on one resource are alternatives: the one that saves most counts.
ranked as (
    select
        *,
        row_number() over (
            partition by {{ each('@', resource_columns()) }}, lever
            order by own_part desc nulls last, own_cash_part desc nulls last, rule_id asc
        ) as place
    from proposed
),

-- What part of a resource's cost each lever takes, alone. What is deleted leaves nothing.
bests as (
    select
        *,
        case
            when lever = 'delete' then 1.0
            else own_part / nullif(cast(effective_cost as double), 0)
        end as part
    from ranked
    where place = 1
),

resources as (
    select
        {{ each('@', resource_columns()) }},
        {{ each("max(case when lever = '@' then part end) as part_@", levers) }},
        {{ each("max(case when lever = '@' then rule_id end) as rule_@", levers) }}
    from bests
    group by 1, 2, 3, 4, 5, 6
),

chained as (
    select
        ranked.*,
        case ranked.lever
            when 'delete' then 1.0
            when 'schedule' then {{ part_left(levers[:1], 'resources') }}
            when 'rightsize' then {{ part_left(levers[:2], 'resources') }}
            when 'modernise' then {{ part_left(levers[:3], 'resources') }}
        end as left_part,
        case
            when ranked.lever <> 'delete' and resources.rule_delete is not null then resources.rule_delete
            when ranked.place > 1
                then
                    case ranked.lever
                        when 'delete' then resources.rule_delete
                        when 'schedule' then resources.rule_schedule
                        when 'rightsize' then resources.rule_rightsize
                        when 'modernise' then resources.rule_modernise
                    end
        end as superseded_by
    from ranked
    inner join resources on {{ same(resource_columns(), 'ranked', 'resources') }}
),

counted as (
    select
        *,
        superseded_by is null and own_part is not null as is_counted,
        case when superseded_by is not null then 0.0 else own_part * left_part end as savings,
        case when superseded_by is not null then 0.0 else own_cash_part * left_part end as cash_savings,
        cast(monthly_cost as double) / nullif(cast(effective_cost as double), 0) as months
    from chained
),

final as (
    select
        opportunity_id,
        billing_period,
        is_latest_period,
        billing_account_id,
        sub_account_id,
        sub_account_name,
        region_id,
        service_name,
        resource_id,
        resource_type,
        lever,
        rule_id,
        found_in,
        reason,
        remark,
        confidence,
        owner,
        is_actionable,
        last_seen_on,
        billing_currency,
        effective_cost,
        {{ saved_money('own_part', 'effective_cost') }} as alone_savings_cost,
        {{ saved_money('savings', 'effective_cost') }} as savings_cost,
        {{ saved_money('cash_savings', 'effective_cost') }} as cash_savings_cost,
        {{ estimated_money('savings * months') }} as monthly_savings_cost,
        {{ estimated_money('cash_savings * months') }} as monthly_cash_savings_cost,
        is_counted,
        superseded_by
    from counted
)

select * from final
