with charges as (
    select * from {{ ref('int_charges') }}
),

-- An account is renamed now and then; the name of its newest charge is the one people know.
final as (
    select
        sub_account_id,
        coalesce(
            max_by(sub_account_name, charge_period_start) filter (where sub_account_name is not null), sub_account_id
        )
            as sub_account_name
    from charges
    group by 1
)

select * from final
