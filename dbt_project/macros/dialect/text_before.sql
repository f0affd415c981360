{#- The text before the first separator, or null when there is none. -#}
{% macro text_before(text, separator) -%}
    case when strpos({{ text }}, '{{ separator }}') > 0 then substr({{ text }}, 1, strpos({{ text }}, '{{ separator }}') - 1) end
{%- endmacro %}
