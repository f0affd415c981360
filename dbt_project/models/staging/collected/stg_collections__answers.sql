with answers as (
    select
        source,
        part,
        account_id as asked_account_id,
        region_id as asked_region_id,
        status,
        nullif(reason, '') as reason,
        row_count,
        cast(collected_on as date) as collected_on,
        -- ISO 8601 in UTC; both engines read it once the letters are gone.
        {{ moment("replace(replace(collected_at, 'T', ' '), 'Z', '')") }} as collected_at,
        cast(nullif(through, '') as date) as told_through
    from {{ source('collected', 'collections') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by source, part, asked_account_id, asked_region_id, status = 'ok'
            order by collected_at desc
        ) as age,
        max(collected_at) over (partition by source, part, asked_account_id, asked_region_id) as last_asked_at
    from answers
),

final as (
    select
        source,
        part,
        asked_account_id,
        asked_region_id,
        status,
        reason,
        row_count,
        collected_on,
        collected_at,
        told_through,
        status = 'ok' as is_answered,
        status = 'ok' and age = 1 as is_latest,
        -- It was asked again since, and not answered.
        last_asked_at > collected_at as is_asked_since
    from ranked
)

select * from final
