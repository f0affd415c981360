{#- Hours from one timestamp to another, as a double. Both engines count whole seconds alike. -#}
{% macro hours_between(from_timestamp, to_timestamp) -%}
    (cast(date_diff('second', {{ from_timestamp }}, {{ to_timestamp }}) as double) / 3600)
{%- endmacro %}

{#- The same, summed over rows. Seconds are whole numbers, so that the sum does not depend on the order of the rows. -#}
{% macro total_hours_between(from_timestamp, to_timestamp) -%}
    (cast(sum(date_diff('second', {{ from_timestamp }}, {{ to_timestamp }})) as double) / 3600)
{%- endmacro %}
