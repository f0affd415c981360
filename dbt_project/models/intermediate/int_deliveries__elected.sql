with deliveries as (
    select * from {{ ref('stg_landing__deliveries') }}
),

bill_sources as (
    select * from {{ ref('bill_sources') }}
),

pro_forma as (
    select * from {{ ref('int_deliveries__pro_forma') }}
),

accounts as (
    select
        delivery_id,
        billing_account_id,
        count(*) as account_count
    from {{ ref('stg_landing__delivery_accounts') }}
    group by 1, 2
),

per_payer as (
    select
        deliveries.billing_account_id,
        deliveries.billing_period,
        deliveries.delivery_id,
        deliveries.source,
        deliveries.accepted_at,
        bill_sources.preference,
        pro_forma.delivery_id is not null as is_pro_forma,
        coalesce(accounts.account_count, 0) as account_count,
        sum(coalesce(deliveries.invoiced_count, 0)) > 0 as is_invoiced,
        sum(deliveries.row_count) as row_count
    from deliveries
    inner join bill_sources on deliveries.source = bill_sources.source
    left join accounts
        on deliveries.delivery_id = accounts.delivery_id
            and deliveries.billing_account_id = accounts.billing_account_id
    left join pro_forma
        on deliveries.delivery_id = pro_forma.delivery_id
            and deliveries.billing_account_id = pro_forma.billing_account_id
    group by 1, 2, 3, 4, 5, 6, 7, 8
),

-- Two exports of one payer and month are the same money told twice: one of them wins, whole. A pro forma bill, or an
-- export of some accounts only, tells less of them and never carries an invoice.
ranked as (
    select
        *,
        row_number() over (
            partition by billing_account_id, billing_period
            order by
                account_count desc, is_invoiced desc, preference asc, row_count desc, accepted_at desc, delivery_id asc
        ) as place
    from per_payer
),

final as (
    select
        billing_account_id,
        billing_period,
        delivery_id,
        source,
        place = 1 and not is_pro_forma as is_elected
    from ranked
)

select * from final
