with commitments as (
    select * from {{ ref('int_commitments__accounted') }}
),

periods as (
    select * from {{ ref('int_billing_periods__latest') }}
),

accounts as (
    select * from {{ ref('int_accounts__named') }}
),

-- What is counted to date: the hours to come of an open month are not unused yet. Only a reservation counts hours.
told as (
    select
        *,
        used_cost + unused_to_date_cost as to_date_cost,
        list_cost - used_cost - unused_to_date_cost as net_savings,
        x_purchase_option = 'Reserved' as is_reservation,
        commitment_discount_unit = 'Normalized Hrs' as is_normalized,
        {{ commitment_moment('x_commitment_start') }} as starts_at,
        {{ commitment_moment('x_commitment_end') }} as ends_at
    from commitments
),

final as (
    select
        told.billing_period,
        periods.is_latest_period,
        told.billing_account_id,
        told.sub_account_id,
        coalesce(accounts.sub_account_name, told.sub_account_id) as sub_account_name,
        told.commitment_discount_id,
        case told.x_purchase_option
            when 'Savings Plan' then 'Savings Plan'
            when 'Reserved' then 'Reserved Instance'
            else 'Unknown'
        end as commitment_kind,
        told.x_commitment_offering as commitment_offering,
        told.region_id,
        told.x_usage_type as usage_type,
        told.x_commitment_term as term,
        told.x_commitment_payment_option as payment_option,
        told.starts_at,
        told.ends_at,
        -- From the bill's newest usage, and not from today: the bill of a month says the same whenever it is read.
        cast(
            case
                when told.ends_at < periods.usage_ends_at then 0
                else floor({{ hours_between('periods.usage_ends_at', 'told.ends_at') }} / 24)
            end as bigint
        ) as days_left,
        told.billing_currency,
        told.commitment_cost,
        told.used_cost as used_commitment_cost,
        told.unused_cost as unused_commitment_cost,
        told.unused_to_date_cost as unused_commitment_to_date_cost,
        told.effective_cost,
        told.unused_effective_cost,
        {{ pct_of('told.used_cost', 'told.to_date_cost') }} as utilization_pct,
        round(
            case when told.is_reservation then cast(told.committed_hours as double) else told.fee_hours end, 4
        ) as committed_hours,
        round(
            cast(
                case
                    when told.is_reservation and told.is_normalized
                        then
                            cast(told.used_quantity as double) * cast(told.committed_hours as double)
                            / nullif(cast(told.committed_quantity as double), 0)
                    when told.is_reservation then cast(told.used_quantity as double)
                end as double
            ), 4
        ) as used_hours,
        case when told.is_reservation then round(cast(told.covered_hours as double), 4) end as covered_hours,
        case when told.is_reservation and told.is_normalized then round(cast(told.committed_quantity as double), 4) end
            as committed_normalized_hours,
        case when told.is_reservation and told.is_normalized then round(cast(told.used_quantity as double), 4) end
            as used_normalized_hours,
        told.list_cost as covered_list_cost,
        told.net_savings as net_savings_cost,
        {{ pct_of('told.net_savings', 'told.list_cost') }} as effective_savings_rate_pct
    from told
    inner join periods
        on told.billing_account_id = periods.billing_account_id and told.billing_period = periods.billing_period
    left join accounts on told.sub_account_id = accounts.sub_account_id
)

select * from final
