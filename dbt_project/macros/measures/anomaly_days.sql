{#- The days that an anomaly is explained by: its own, and the two weeks before it began. -#}
{% macro is_day_or_two_weeks_before(anomalies, day) -%}
    (
                {{ anomalies }}.charged_on = {{ day }}
                or (
                    {{ anomalies }}.started_on > {{ day }}
                    and cast({{ anomalies }}.started_on - interval '14' day as date) <= {{ day }}
                )
            )
{%- endmacro %}
