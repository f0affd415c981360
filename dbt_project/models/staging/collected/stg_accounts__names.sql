with accounts as (
    {{ collected_rows('accounts') }}
),

compared as (
    select
        *,
        lag(account_name) over (partition by account_id order by collected_at) as name_before,
        lag(status) over (partition by account_id order by collected_at) as status_before,
        lag(management_account_id) over (partition by account_id order by collected_at) as payer_before
    from accounts
),

-- A row for each change; what does not change is told by its first day.
changed as (
    select *
    from compared
    where
        status_before is null
        or coalesce(account_name, '') <> coalesce(name_before, '')
        or status <> status_before
        or coalesce(management_account_id, '') <> coalesce(payer_before, '')
),

final as (
    select
        account_id,
        account_name,
        status,
        organization_id,
        management_account_id,
        joined_method,
        joined_at,
        collected_at as valid_from,
        -- Null while it holds. An account that left is told no more: nothing says since when.
        lead(collected_at) over (partition by account_id order by collected_at) as valid_until
    from changed
)

select * from final
