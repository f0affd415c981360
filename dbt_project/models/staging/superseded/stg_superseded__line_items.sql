-- noqa: disable=capitalisation.identifiers,aliasing.self_alias.column
with cur2 as (
    select
        coalesce(
            nullif({{ map_get('product', 'product_name') }}, ''),
            nullif(product_servicecode, ''),
            line_item_product_code
        ) as service_name,
        {{ shared_line_item_columns() }}
    from {{ landed_lines('superseded', 'cur2') }}
),

legacy_cur as (
    select
        coalesce(
            nullif(product_product_name, ''),
            nullif(product_servicecode, ''),
            line_item_product_code
        ) as service_name,
        {{ shared_line_item_columns() }}
    from {{ source('superseded', 'legacy_cur') }}
),

focus as (
    select
        line_items.delivery_id,
        line_items.{{ landed_period() }} as landed_period,
        {{ month_of('BillingPeriodStart') }} as billing_period,
        BillingAccountId as billing_account_id,
        coalesce(nullif(SubAccountId, ''), BillingAccountId) as sub_account_id,
        coalesce(nullif(ServiceName, ''), nullif(x_ServiceCode, ''), 'Unknown') as service_name,
        {{ focus_charge_kind() }} as charge_kind,
        ChargeCategory as line_item_type,
        BillingCurrency as billing_currency,
        BilledCost as unblended_cost,
        cast(null as decimal(38, 10)) as net_unblended_cost
    from {{ landed_lines('superseded', 'focus') }} as line_items
),

final as (
    {% for form in ['cur2', 'legacy_cur', 'focus'] %}
    select
        delivery_id,
        landed_period,
        billing_period,
        billing_account_id,
        sub_account_id,
        service_name,
        charge_kind,
        line_item_type,
        billing_currency,
        unblended_cost,
        net_unblended_cost
    from {{ form }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from final
