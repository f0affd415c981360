{#- The month under which a bill was landed, by which the engine knows which files to read: Athena's partition column. -#}
{% macro landed_period() %}{{ return(adapter.dispatch('landed_period')()) }}{% endmacro %}

{% macro default__landed_period() %}billing_period{% endmacro %}

{% macro duckdb__landed_period() %}landed_period{% endmacro %}
