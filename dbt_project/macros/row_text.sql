{#- Columns of a row as one text, to be hashed. A null is told from an empty text. -#}
{% macro row_text(columns) -%}
    concat_ws('|'{% for column in columns %}, coalesce(cast({{ column }} as varchar), chr(0)){% endfor %})
{%- endmacro %}
