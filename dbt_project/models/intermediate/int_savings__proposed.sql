-- What each finding would save alone, of what its resource cost in the month. A saving without a price is unknown.
with idle as (
    select * from {{ ref('idle_resources') }}
),

recommendations as (
    select * from {{ ref('rightsizing_recommendations') }}
),

proposed as (
    select
        finding_id as opportunity_id,
        'idle_resources' as found_in,
        'delete' as lever,
        {{ each('@', opportunity_columns()) }},
        blockers as remark,
        is_actionable,
        cast(effective_cost as double) as own_savings,
        cast(effective_cost - covered_cost as double) as own_cash_savings
    from idle
    -- What is only perhaps so is told in the mart of findings, and promises nothing.
    where confidence <> 'low'
    union all
    select
        recommendation_id as opportunity_id,
        'rightsizing_recommendations' as found_in,
        lever,
        {{ each('@', opportunity_columns()) }},
        concat_ws('; ', 'It asks for ' || effort || ' effort', blockers) as remark,
        false as is_actionable,
        -- Hours that a commitment pays for are cheaper on the other type, too, but save no cash.
        case
            when is_covered_by_commitment and (lever = 'schedule' or evidence = 'aws')
                then
                    cast(effective_cost as double) * cast(high_monthly_savings_cost as double)
                    / nullif(cast(monthly_cost as double), 0)
            when is_covered_by_commitment
                then
                    cast(effective_cost as double) * (
                        1 - cast(recommended_unit_price as double) / nullif(cast(current_unit_price as double), 0)
                    )
            else
                cast(effective_cost as double) * cast(monthly_savings_cost as double)
                / nullif(cast(monthly_cost as double), 0)
        end as own_savings,
        cast(effective_cost as double) * cast(monthly_savings_cost as double) / nullif(cast(monthly_cost as double), 0)
            as own_cash_savings
    from recommendations
    where confidence <> 'low' or monthly_savings_cost is null
),

-- What is saved is never more than what was spent, nor less than nothing. DuckDB's least passes over an unknown.
final as (
    select
        proposed.*,
        levers.place as lever_place,
        case
            when proposed.own_savings is not null
                then greatest(0.0, least(proposed.own_savings, cast(proposed.effective_cost as double)))
        end as own_part,
        case
            when proposed.own_cash_savings is not null
                then greatest(0.0, least(proposed.own_cash_savings, cast(proposed.effective_cost as double)))
        end as own_cash_part
    from proposed
    inner join {{ ref('saving_levers') }} as levers on proposed.lever = levers.lever
)

select * from final
