{#- A map of text as a JSON object, keys in order, so that equal maps give equal text. Trino sorts the keys by itself. -#}
{% macro map_to_json(map) %}{{ return(adapter.dispatch('map_to_json')(map)) }}{% endmacro %}

{% macro default__map_to_json(map) %}json_format(cast({{ map }} as json)){% endmacro %}

{% macro duckdb__map_to_json(map) -%}
    cast(to_json(map_from_entries(list_sort(map_entries({{ map }})))) as varchar)
{%- endmacro %}
