{#- A timestamp as whole seconds: it prints alike on both engines, which a timestamp does not. -#}
{% macro seconds_of(moment) -%}
    date_diff('second', timestamp '2000-01-01 00:00:00', {{ moment }})
{%- endmacro %}
