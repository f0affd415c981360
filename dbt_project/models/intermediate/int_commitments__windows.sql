with periods as (
    select * from {{ ref('int_billing_periods__latest') }}
),

payers as (
    select
        billing_account_id,
        max(billing_period) as billing_period,
        cast(max(usage_through_on) as timestamp(6)) as newest_day,
        cast(min(cast(billing_period || '-01' as date)) as timestamp(6)) as oldest_day
    from periods
    where usage_through_on is not null
    group by 1
),

-- The last days of a bill are not all there yet: AWS bills some usage a day late and more.
bounded as (
    select
        billing_account_id,
        billing_period,
        oldest_day,
        newest_day + interval '1' day - interval '{{ var("commitment_provisional_days") }}' day as window_end,
        newest_day + interval '1' day
        - interval '{{ var("commitment_provisional_days") + var("commitment_window_days") }}' day as wanted_start
    from payers
),

started as (
    select
        *,
        case when wanted_start < oldest_day then oldest_day else wanted_start end as window_start
    from bounded
),

final as (
    select
        billing_account_id,
        billing_period,
        window_start,
        window_end,
        cast({{ hours_between('window_start', 'window_end') }} as bigint) as window_hours
    from started
    where window_start < window_end
)

select * from final
