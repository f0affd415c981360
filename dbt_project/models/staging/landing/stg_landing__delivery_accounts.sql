with accounts as (
    select * from {{ source('landing', 'delivery_accounts') }}
),

final as (
    select
        delivery_id,
        billing_period,
        billing_account_id,
        sub_account_id,
        -- ISO 8601 in UTC; both engines read it once the T is gone.
        {{ moment("nullif(replace(usage_from, 'T', ' '), '')") }} as usage_from,
        {{ moment("nullif(replace(usage_through, 'T', ' '), '')") }} as usage_through
    from accounts
)

select * from final
