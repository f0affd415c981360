{#- A select list: the pattern once per name, with the name in place of each `@`. -#}
{% macro each(pattern, names) -%}
    {%- for name in names -%}
        {{ pattern | replace('@', name) }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
