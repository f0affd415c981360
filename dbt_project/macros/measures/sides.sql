{#-
  A table that has a part in many comparisons is read once: each of its rows once for every side that it takes, and what
  a column says is told by side. A scan of the waist costs money; a scan for each comparison costs it many times.
-#}
{% macro read_for(relation, sides) -%}
    {{ relation }}
    cross join (
        values {% for _ in sides %}({{ loop.index }}){{ ', ' if not loop.last }}{% endfor %}
    ) as sides (side)
{%- endmacro %}

{#- What each side says of a column: `name` is the key of an expression in the sides, each a map. -#}
{% macro by_side(sides, name, otherwise='0') -%}
    {%- set told = [] -%}
    {%- for side in sides -%}{%- do told.append(side.get(name, otherwise)) -%}{%- endfor -%}
    {%- if told | unique | list | length == 1 -%}
        {{ told[0] }}
    {%- else -%}
        case side
        {%- for expression in told %} when {{ loop.index }} then {{ expression }}{% endfor %} end
    {%- endif -%}
{%- endmacro %}
