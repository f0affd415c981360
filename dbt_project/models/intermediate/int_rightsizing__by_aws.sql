{{ config(materialized='view') }}

-- What only AWS proposes: its first choice, by the service that knows the account's own prices best.
with proposed as (
    select * from {{ ref('int_rightsizing__proposed') }}
),

checked as (
    select * from {{ ref('int_resources__checked') }}
),

aws as (
    select * from {{ ref('int_aws__recommended') }}
    where rank = 1 and not is_idle and recommended_type <> current_type
),

told as (
    select
        checked.*,
        aws.current_type,
        aws.recommended_type,
        cast(checked.effective_cost as double) * {{ var('hours_per_month') }} / checked.observed_hours as monthly_cost,
        case when aws.billing_currency = checked.billing_currency and aws.monthly_savings_cost > 0
                then cast(aws.monthly_savings_cost as double)
        end as told_savings_cost,
        row_number() over (
            partition by {{ each('checked.@', resource_columns()) }}
            order by
                case aws.recommended_by when 'cost_optimization_hub' then 1 when 'compute_optimizer' then 2 else 3 end,
                aws.recommended_type
        ) as place
    from checked
    inner join aws
        on checked.sub_account_id = aws.account_id
            and checked.region_id = aws.region_id
            and checked.part = aws.part
            and checked.resource_key = aws.resource_key
            and date_diff('day', aws.known_on, checked.usage_through_on) <= {{ var('collected_may_lag_days') }}
    left join proposed
        on checked.billing_period = proposed.billing_period
            and checked.billing_account_id = proposed.billing_account_id
            and checked.sub_account_id = proposed.sub_account_id
            and checked.resource_id = proposed.resource_id
    where proposed.resource_id is null
),

final as (
    select
        {{ each('@', resource_columns()) }},
        service_name,
        observed_hours,
        last_billed_on as last_seen_on,
        owner,
        effective_cost,
        case part
            when 'instance' then 'EC2 instance'
            when 'volume' then 'EBS volume'
            when 'database' then 'RDS instance'
            else part
        end as resource_type,
        'aws_rightsizing' as rule_id,
        'rightsize' as lever,
        current_type,
        recommended_type,
        'AWS finds it of the wrong size: ' as finding,
        'medium' as effort,
        'medium' as confidence,
        'aws' as evidence,
        'It belongs to ' || owners as blockers,
        'told by AWS' as price_basis,
        cast(null as double) as current_unit_price,
        cast(null as double) as recommended_unit_price,
        covered_cost > 0 as is_covered_by_commitment,
        monthly_cost,
        -- Never more than the bill shows that it costs. Without an amount there is no saving.
        case when told_savings_cost is not null then least(told_savings_cost, monthly_cost) end as monthly_savings_cost,
        case when told_savings_cost is not null then least(told_savings_cost, monthly_cost) end
            as high_monthly_savings_cost,
        resource_key
    from told
    where place = 1
)

select * from final
