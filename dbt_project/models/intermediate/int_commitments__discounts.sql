with windows as (
    select * from {{ ref('int_commitments__windows') }}
),

covered as (
    select * from {{ ref('int_commitments__covered') }}
    where x_purchase_option = 'Savings Plan' and x_commitment_offering is not null
),

-- Of the months that the window lies in. A plan of one family has the prices of that family.
seen as (
    select
        covered.billing_account_id,
        covered.billing_currency,
        covered.region_id,
        covered.x_commitment_offering as offering,
        case
            when covered.x_commitment_offering = 'EC2InstanceSavingsPlans'
                then {{ text_before(text_after('covered.x_usage_type', ':'), '.') }}
            else 'all'
        end as family,
        covered.list_cost,
        covered.x_amortized_cost
    from covered
    inner join windows
        on covered.billing_account_id = windows.billing_account_id
            and covered.billing_period >= {{ month_of('windows.window_start') }}
),

-- Here is the same region, and for a plan of one family that family; elsewhere is any of the payer's plans of the kind.
placed as (
    select
        'here' as place,
        billing_account_id,
        billing_currency,
        offering,
        region_id,
        family,
        sum(list_cost) as list_cost,
        sum(x_amortized_cost) as paid_cost
    from seen
    where family is not null
    group by 2, 3, 4, 5, 6
    union all
    select
        'elsewhere' as place,
        billing_account_id,
        billing_currency,
        offering,
        'any' as region_id,
        'any' as family,
        sum(list_cost) as list_cost,
        sum(x_amortized_cost) as paid_cost
    from seen
    group by 2, 3, 4
),

final as (
    select
        place,
        billing_account_id,
        billing_currency,
        offering,
        region_id,
        family,
        round(1 - cast(paid_cost as double) / nullif(cast(list_cost as double), 0), 6) as discount
    from placed
)

select * from final
