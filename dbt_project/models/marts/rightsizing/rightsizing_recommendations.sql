{%- set names_our_type
    = "case when strpos(aws.recommended_type, recommendations.recommended_type) > 0 then 1 else 0 end" -%}
{%- set as_opinion = "when 1 then 'agrees' when 0 then 'differs' else 'not told' end" -%}

with recommendations as (
    select {{ each('@', rightsizing_columns() + recommendation_columns() + ['resource_key']) }}
    from {{ ref('int_rightsizing__proposed') }}
    union all
    select {{ each('@', rightsizing_columns() + recommendation_columns() + ['resource_key']) }}
    from {{ ref('int_rightsizing__by_aws') }}
),

periods as (
    select * from {{ ref('int_billing_periods__latest') }}
),

accounts as (
    select * from {{ ref('int_accounts__named') }}
),

aws as (
    select * from {{ ref('int_aws__recommended') }}
    where not is_idle
),

-- What AWS tells of the same resource now; one option that names our type is enough to agree.
opinions as (
    select
        recommendations.sub_account_id,
        recommendations.region_id,
        recommendations.resource_id,
        recommendations.recommended_type,
        {{ each("max(case when aws.recommended_by = '@' then " ~ names_our_type ~ " end) as @", aws_services()) }}
    from recommendations
    inner join aws
        on recommendations.sub_account_id = aws.account_id
            and recommendations.region_id = aws.region_id
            and recommendations.resource_key = aws.resource_key
    group by 1, 2, 3, 4
),

final as (
    select
        {{ dbt.hash(finding_key('recommendations')) }} as recommendation_id,
        recommendations.billing_period,
        periods.is_latest_period,
        recommendations.billing_account_id,
        recommendations.sub_account_id,
        accounts.sub_account_name,
        recommendations.region_id,
        recommendations.service_name,
        recommendations.resource_id,
        recommendations.resource_type,
        recommendations.lever,
        recommendations.rule_id,
        recommendations.current_type,
        recommendations.recommended_type,
        recommendations.finding
        || case recommendations.lever when 'schedule' then 'let it run ' else 'move to ' end
        || recommendations.recommended_type || '.' as reason,
        recommendations.effort,
        recommendations.evidence,
        recommendations.confidence,
        recommendations.observed_hours,
        {{ money('recommendations.current_unit_price') }} as current_unit_price,
        {{ money('recommendations.recommended_unit_price') }} as recommended_unit_price,
        recommendations.price_basis,
        recommendations.is_covered_by_commitment,
        {{ each("case opinions.@ " ~ as_opinion ~ " as @", aws_services()) }},
        recommendations.last_seen_on,
        recommendations.owner,
        nullif(recommendations.blockers, '') as blockers,
        recommendations.billing_currency,
        {{ money('recommendations.effective_cost') }} as effective_cost,
        {{ estimated_money('recommendations.monthly_cost') }} as monthly_cost,
        -- Where what decides is not known, nothing may be saved.
        case
            when recommendations.monthly_savings_cost is not null and recommendations.confidence = 'low'
                then {{ money('0') }}
            else {{ estimated_money('recommendations.monthly_savings_cost') }}
        end as low_monthly_savings_cost,
        {{ estimated_money('recommendations.monthly_savings_cost') }} as monthly_savings_cost,
        {{ estimated_money('recommendations.high_monthly_savings_cost') }} as high_monthly_savings_cost
    from recommendations
    inner join periods
        on recommendations.billing_account_id = periods.billing_account_id
            and recommendations.billing_period = periods.billing_period
    inner join accounts on recommendations.sub_account_id = accounts.sub_account_id
    left join opinions
        on recommendations.sub_account_id = opinions.sub_account_id
            and recommendations.region_id = opinions.region_id
            and recommendations.resource_id = opinions.resource_id
            and recommendations.recommended_type = opinions.recommended_type
            and periods.is_latest_period
)

select * from final
