{#- Columns of a row as one text, to be hashed. A null is told from an empty text. -#}
{% macro row_text(columns) -%}
    {%- for column in columns -%}
        coalesce(cast({{ column }} as varchar), chr(0)){{ " || '|' || " if not loop.last }}
    {%- endfor %}
{%- endmacro %}
