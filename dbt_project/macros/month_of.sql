{#- A timestamp's or date's month as YYYY-MM. Dates print alike on both engines; timestamps do not. -#}
{% macro month_of(moment) -%}
    substr(cast(cast({{ moment }} as date) as varchar), 1, 7)
{%- endmacro %}
