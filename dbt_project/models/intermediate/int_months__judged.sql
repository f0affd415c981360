with periods as (
    select * from {{ ref('int_billing_periods__latest') }}
),

costs as (
    select * from {{ ref('int_costs__summed') }}
),

-- AWS fills invoice ids when it closes the bill; purchases have theirs at once, and lines at no cost need none.
invoiced as (
    select
        billing_account_id,
        billing_period,
        count(case when x_is_usage and billed_cost <> 0 and invoice_id is null then 1 end) = 0 as is_final
    from costs
    group by 1, 2
),

final as (
    select
        periods.billing_account_id,
        periods.billing_period,
        cast(periods.billing_period || '-01' as date) as first_on,
        invoiced.is_final,
        periods.usage_through_on,
        case
            when invoiced.is_final then periods.usage_through_on
            else cast(periods.usage_through_on - interval '{{ var("provisional_days") }}' day as date)
        end as judged_through_on
    from periods
    inner join invoiced
        on periods.billing_account_id = invoiced.billing_account_id and periods.billing_period = invoiced.billing_period
)

select * from final
