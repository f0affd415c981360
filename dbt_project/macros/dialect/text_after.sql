{#- The text after the first separator, or null when there is none. split_part would answer '' on DuckDB, null on Trino. -#}
{% macro text_after(text, separator) -%}
    case when strpos({{ text }}, '{{ separator }}') > 0 then substr({{ text }}, strpos({{ text }}, '{{ separator }}') + {{ separator | length }}) end
{%- endmacro %}
