with months as (
    select
        *,
        cast(first_on + interval '1' month as date) as next_first_on,
        usage_through_on >= cast(first_on + interval '1' month - interval '1' day as date) as is_whole,
        billing_period = max(billing_period) over (partition by billing_account_id) as is_newest,
        min(first_on) over (partition by billing_account_id) as history_from_on
    from {{ ref('int_months__judged') }}
),

-- What is forecast: the newest month, from the last day that is whole; once it is invoiced, the one after it.
newest as (
    select
        billing_account_id,
        billing_period as newest_period,
        history_from_on,
        case when is_final and is_whole then next_first_on else first_on end as first_on,
        case
            when is_final and is_whole then 0
            else greatest(0, date_diff('day', first_on, coalesce(judged_through_on, first_on)) + 1)
        end as days_known
    from months
    where is_newest
),

-- What it is tried on: earlier months, as if no more of them were known.
tried as (
    select
        months.billing_account_id,
        newest.newest_period,
        newest.history_from_on,
        months.first_on,
        newest.days_known,
        false as is_live
    from months
    inner join newest on months.billing_account_id = newest.billing_account_id
    where
        months.is_whole
        and months.first_on < newest.first_on
        and months.first_on >= cast(newest.first_on - interval '{{ var("forecast_months_tried") }}' month as date)
    union all
    select
        billing_account_id,
        newest_period,
        history_from_on,
        first_on,
        days_known,
        true as is_live
    from newest
),

targets as (
    {{ forecast_target('tried', 'month') }}
    union all
    {{ forecast_target('tried', 'quarter') }}
),

-- A quarter is tried from the same month of a quarter, and only if all of its months are there.
lived as (
    select
        targets.billing_account_id,
        targets.horizon,
        targets.first_on,
        count(distinct months.billing_period) as months_there
    from targets
    left join months
        on targets.billing_account_id = months.billing_account_id
            and targets.starts_on <= months.first_on
            and targets.ends_on >= months.first_on
            and months.is_whole
    group by 1, 2, 3
),

final as (
    select
        targets.billing_account_id,
        targets.newest_period,
        targets.horizon,
        targets.first_on,
        targets.starts_on,
        targets.ends_on,
        targets.origin_on,
        targets.is_live,
        {{ month_of("targets.first_on - interval '1' day") }} as previous_period,
        date_diff('day', targets.origin_on, targets.ends_on) as days_left,
        date_diff('month', targets.first_on, cast(targets.ends_on + interval '1' day as date)) as months_left
    from targets
    inner join lived
        on targets.billing_account_id = lived.billing_account_id
            and targets.horizon = lived.horizon
            and targets.first_on = lived.first_on
    inner join newest on targets.billing_account_id = newest.billing_account_id
    where
        targets.is_live
        or (
            targets.history_from_on <= cast(targets.origin_on - interval '27' day as date)
            and (
                targets.horizon = 'month'
                or (
                    lived.months_there = 3
                    and (month(newest.first_on) - month(targets.first_on)) % 3 = 0
                )
            )
        )
)

select * from final
