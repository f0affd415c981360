with commitments as (
    select * from {{ ref('int_commitments__accounted') }}
    where unused_to_date_cost <> 0
),

covered as (
    select
        billing_period,
        billing_account_id,
        billing_currency,
        commitment_discount_id,
        service_name,
        sum(x_amortized_cost) as used_cost
    from {{ ref('int_commitments__covered') }}
    group by 1, 2, 3, 4, 5
    having sum(x_amortized_cost) > 0
),

-- A commitment's fee is of a service of its own; what nobody used of it is told with the services that used the rest.
marked as (
    select
        commitments.billing_period,
        commitments.billing_account_id,
        commitments.billing_currency,
        commitments.commitment_discount_id,
        coalesce(covered.service_name, commitments.fee_service_name) as service_name,
        commitments.unused_to_date_cost,
        covered.used_cost,
        sum(covered.used_cost) over (
            partition by
                commitments.billing_period, commitments.billing_account_id, commitments.billing_currency,
                commitments.commitment_discount_id
        ) as all_used_cost,
        sum(covered.used_cost) over (
            partition by
                commitments.billing_period, commitments.billing_account_id, commitments.billing_currency,
                commitments.commitment_discount_id
            order by covered.service_name
            rows between unbounded preceding and current row
        ) as used_upto_cost
    from commitments
    left join covered
        on commitments.billing_period = covered.billing_period
            and commitments.billing_account_id = covered.billing_account_id
            and commitments.billing_currency = covered.billing_currency
            and commitments.commitment_discount_id = covered.commitment_discount_id
),

shared as (
    select
        *,
        {{ share_of('used_upto_cost - used_cost', 'all_used_cost', '0') }} as from_share,
        {{ share_of('used_upto_cost', 'all_used_cost', '1') }} as to_share
    from marked
),

final as (
    select
        billing_period,
        billing_account_id,
        billing_currency,
        commitment_discount_id,
        service_name,
        {{ between_shares('unused_to_date_cost', 'from_share', 'to_share') }} as unused_to_date_cost
    from shared
)

select * from final
