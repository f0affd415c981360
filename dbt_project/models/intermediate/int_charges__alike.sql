{{ config(materialized='incremental') }}

with charges as (
    select
        billing_period,
        {{ charge_key() }} as x_charge_key
    from {{ ref('int_charges') }}
    {{ where_due() }}
),

final as (
    select
        billing_period,
        x_charge_key,
        count(*) as charge_count
    from charges
    group by 1, 2
    having count(*) > 1
)

select * from final
