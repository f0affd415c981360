{#- The sum of a map's numbers, null for no map, nothing for an empty one. As a double. -#}
{% macro map_total(map) %}{{ return(adapter.dispatch('map_total')(map)) }}{% endmacro %}

{% macro default__map_total(map) -%}
    reduce(map_values({{ map }}), cast(0 as double), (total, amount) -> total + coalesce(amount, 0), total -> total)
{%- endmacro %}

{% macro duckdb__map_total(map) -%}
    case when {{ map }} is not null then coalesce(list_sum(map_values({{ map }})), cast(0 as double)) end
{%- endmacro %}
