{#- What part of a resource's cost earlier levers leave: those that found nothing leave all. -#}
{% macro part_left(levers, relation) -%}
    1.0
    {%- for lever in levers %}
    * (1.0 - coalesce({{ relation }}.part_{{ lever }}, 0.0))
    {%- endfor %}
{%- endmacro %}
