with deliveries as (
    select * from {{ source('superseded', 'deliveries') }}
),

final as (
    select
        source,
        export_name,
        billing_period,
        previous_delivery_id,
        -- ISO 8601 in UTC; both engines read it once the T is gone.
        {{ moment("replace(substr(previous_accepted_at, 1, 19), 'T', ' ')") }} as previous_accepted_at,
        current_delivery_id,
        {{ moment("replace(substr(current_accepted_at, 1, 19), 'T', ' ')") }} as current_accepted_at
    from deliveries
)

select * from final
