{#- A moment to the microsecond: the only precision that Athena's own tables (Iceberg) take. -#}
{% macro moment(text_or_timestamp) -%}
    cast({{ text_or_timestamp }} as timestamp(6))
{%- endmacro %}
