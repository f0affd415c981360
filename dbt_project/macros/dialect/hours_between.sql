{#- Hours from one timestamp to another, as a double. Both engines count whole seconds alike. -#}
{% macro hours_between(from_timestamp, to_timestamp) -%}
    (cast(date_diff('second', {{ from_timestamp }}, {{ to_timestamp }}) as double) / 3600)
{%- endmacro %}
