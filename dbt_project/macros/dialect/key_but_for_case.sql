{#- The first key of a map that is one of the given keys but for case, and none of them; null where there is none. -#}
{% macro key_but_for_case(map, keys) %}{{ return(adapter.dispatch('key_but_for_case')(map, keys)) }}{% endmacro %}

{% macro default__key_but_for_case(map, keys) -%}
    array_min(filter(map_keys({{ map }}), key -> {{ differs_by_case('key', keys) }}))
{%- endmacro %}

{% macro duckdb__key_but_for_case(map, keys) -%}
    list_min(list_filter(map_keys({{ map }}), lambda key: {{ differs_by_case('key', keys) }}))
{%- endmacro %}

{% macro differs_by_case(key, keys) -%}
    lower({{ key }}) in ('{{ keys | map('lower') | join("', '") }}') and {{ key }} not in ('{{ keys | join("', '") }}')
{%- endmacro %}
