{#-
  What only a FOCUS bill tells of a charge by itself; on a Cost and Usage Report these are worked out from its line
  types. The order is that of `stg_focus__line_items`.
-#}
{% macro told_columns() %}
    cast(null as decimal(38, 10)) as told_effective_cost,
    cast(null as decimal(38, 10)) as told_list_cost,
    cast(null as decimal(38, 10)) as told_contracted_cost,
    cast(null as decimal(38, 10)) as told_discount_cost,
    cast(null as varchar) as told_charge_class,
    cast(null as varchar) as told_charge_frequency,
    cast(null as varchar) as told_pricing_category,
    cast(null as varchar) as told_service_category,
    cast(null as varchar) as told_service_subcategory,
    cast(null as double) as told_commitment_quantity,
    cast(null as varchar) as told_commitment_unit,
    cast(null as varchar) as told_provider_name
{%- endmacro %}
