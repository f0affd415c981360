{#- The first of the given tags that a resource carries with a value, or null. -#}
{% macro first_tag(tags, keys) -%}
    coalesce({% for key in keys %}nullif({{ map_get(tags, key) }}, ''){{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}
