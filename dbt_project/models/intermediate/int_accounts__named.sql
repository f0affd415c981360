with costs as (
    select * from {{ ref('int_costs__summed') }}
),

names as (
    select
        sub_account_id,
        sub_account_name,
        max(newest_charge_start) as newest_charge
    from costs
    group by 1, 2
),

-- An account is renamed now and then; the name of its newest charge is the one people know. Charges of one moment may
-- name it differently: the order ends with the name, so that every build chooses the same.
ranked as (
    select
        *,
        row_number() over (
            partition by sub_account_id
            order by
                case when sub_account_name is null then 1 else 0 end asc,
                newest_charge desc,
                sub_account_name asc
        ) as place
    from names
),

final as (
    select
        sub_account_id,
        coalesce(sub_account_name, sub_account_id) as sub_account_name
    from ranked
    where place = 1
)

select * from final
