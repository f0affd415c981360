{#- The first of the given tags that a resource carries with a value, or null. Trino's coalesce takes no single value. -#}
{% macro first_tag(tags, keys) -%}
    {%- if keys | length > 1 -%}
    coalesce({% for key in keys %}nullif({{ map_get(tags, key) }}, ''){{ ', ' if not loop.last }}{% endfor %})
    {%- else -%}
    nullif({{ map_get(tags, keys[0]) }}, '')
    {%- endif -%}
{%- endmacro %}
