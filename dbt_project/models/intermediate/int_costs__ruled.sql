{%- set looked_at_columns = ['sub_account_id', 'service_name', 'charge_name', 'allocation_values'] -%}
{%- set dimensions = ['team', 'environment', 'cost_center'] -%}

with costs as (
    select * from {{ ref('int_costs__tagged') }}
),

rules as (
    {{ allocation_rules() }}
),

told as (
    select distinct
        {{ each('@', looked_at_columns) }}
    from costs
),

candidates as (
    select
        told.*,
        rules.dimension,
        rules.match_value,
        rules.target,
        cast(rules.place as integer) as rule_place,
        {{ looked_at('told', 'rules') }} as matched_text
    from told
    cross join rules
),

-- The first rule of a dimension that fits. Nothing fits what is not told.
ranked as (
    select
        *,
        row_number() over (
            partition by {{ looked_at_columns | join(', ') }}, dimension
            order by rule_place
        ) as place
    from candidates
    where {{ fits('matched_text', 'match_value') }}
),

answered as (
    select
        *,
        case
            when target = 'shared' then 'shared'
            when target like 'shared:%' then substr(target, 8)
        end as shared_pool,
        case target when '{value}' then matched_text else target end as answer
    from ranked
    where place = 1
),

answers_of_all as (
    select
        {{ each('@', looked_at_columns) }},
        {{ each("max(case when dimension = '@' and shared_pool is null then answer end) as @", dimensions) }},
        max(case when dimension = 'team' then shared_pool end) as shared_pool
    from answered
    group by 1, 2, 3, 4
),

final as (
    select
        costs.billing_period,
        costs.billing_account_id,
        costs.billing_currency,
        costs.sub_account_id,
        costs.service_name,
        costs.charge_name,
        answers_of_all.team,
        answers_of_all.environment,
        answers_of_all.cost_center,
        answers_of_all.shared_pool,
        costs.is_taggable,
        {{ money('sum(costs.effective_cost)') }} as effective_cost
    from costs
    left join answers_of_all on {{ same(looked_at_columns, 'costs', 'answers_of_all') }}
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
)

select * from final
