{#- The value of a map at a key, or null. Trino's m['k'] fails on a missing key; DuckDB's element_at answers a list. -#}
{% macro map_get(map, key) %}{{ return(adapter.dispatch('map_get')(map, key)) }}{% endmacro %}

{% macro default__map_get(map, key) %}element_at({{ map }}, '{{ key }}'){% endmacro %}

{% macro duckdb__map_get(map, key) %}{{ map }}['{{ key }}']{% endmacro %}
