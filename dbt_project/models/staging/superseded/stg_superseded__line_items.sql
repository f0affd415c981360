with cur2 as (
    select
        coalesce(
            nullif({{ map_get('product', 'product_name') }}, ''),
            nullif(product_servicecode, ''),
            line_item_product_code
        ) as service_name,
        {{ shared_line_item_columns() }}
    from {{ source('superseded', 'cur2') }}
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

final as (
    {% for form in ['cur2', 'legacy_cur'] %}
    select
        delivery_id,
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
