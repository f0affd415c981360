{#-
  Whether a day's costs are among what two months are compared by: all of them where both are whole, else what is dated
  by day, up to the last day that both have.
-#}
{% macro is_compared(costs, months, first_on='first_on', charged_on='charged_on', is_by_day='is_by_day') -%}
    (
        {{ months }}.is_whole_month
        or (
            {{ costs }}.{{ is_by_day }}
            and date_diff('day', {{ months }}.{{ first_on }}, {{ costs }}.{{ charged_on }}) < {{ months }}.days_compared
        )
    )
{%- endmacro %}

{#- The change in percent of what it was; null where that was nothing. -#}
{% macro change_pct(change, before) -%}
    100 * cast({{ change }} as double) / nullif(cast({{ before }} as double), 0)
{%- endmacro %}

{#- An amount if it is compared, and if it is not; else nothing. -#}
{% macro if_compared(amount, costs) -%}
    case when {{ is_compared(costs, 'months') }} then {{ costs }}.{{ amount }} else {{ money('0') }} end
{%- endmacro %}

{% macro if_not_compared(amount, costs) -%}
    case when {{ is_compared(costs, 'months') }} then {{ money('0') }} else {{ costs }}.{{ amount }} end
{%- endmacro %}
