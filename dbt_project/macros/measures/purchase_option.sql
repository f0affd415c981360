{#- How a charge was bought. A savings plan outranks a reservation; spot is told by its usage type, or by FOCUS. -#}
{% macro purchase_option(line_items, line_item_types) -%}
    case
        when {{ line_items }}.savings_plan_arn is not null then 'Savings Plan'
        when {{ line_items }}.reservation_arn is not null then 'Reserved'
        when not coalesce({{ line_item_types }}.is_usage, false) then 'None'
        when strpos({{ line_items }}.usage_type, 'Spot') > 0 or {{ line_items }}.told_pricing_category = 'Dynamic' then 'Spot'
        else 'On-Demand'
    end
{%- endmacro %}
