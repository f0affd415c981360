{%- set months = months_of_acts() -%}

with acts as (
    select * from {{ ref('stg_landing__acts') }}
    where {{ acts_that_save() }}
),

named as (
    select
        account_id,
        resource_name
    from acts
    union distinct
    select
        account_id,
        {{ resource_name('created_resource_id') }} as resource_name
    from acts
    where created_resource_id is not null
),

used as (
    select
        billing_account_id,
        sub_account_id,
        {{ resource_name('resource_id') }} as resource_name,
        used_on,
        billing_currency,
        effective_cost
    from {{ ref('int_resources__used_daily') }}
    where {% if months %}billing_period in ('{{ months | join("', '") }}'){% else %}billing_period is null{% endif %}
),

final as (
    select
        used.billing_account_id,
        used.sub_account_id,
        used.resource_name,
        used.used_on,
        used.billing_currency,
        sum(used.effective_cost) as effective_cost
    from used
    inner join named on used.sub_account_id = named.account_id and used.resource_name = named.resource_name
    group by 1, 2, 3, 4, 5
)

select * from final
