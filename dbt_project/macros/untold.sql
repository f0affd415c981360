{#- Columns that a form of bill does not tell, as typed nulls in their order. -#}
{% macro untold(names, type='decimal(38, 10)') -%}
    {{ each('cast(null as ' ~ type ~ ') as @', names) }}
{%- endmacro %}
