{#-
  The median of a value over the days from one to another before each row, the lower of two in the middle: an amount that
  really was. Exact, where Trino knows only approximate percentiles. The value is never null; `day_number` is a whole number.
-#}
{% macro moving_median(value, partition_by, day_number, from_days, to_days) -%}
    {{ return(adapter.dispatch('moving_median')(value, moving_window(partition_by, day_number, from_days, to_days))) }}
{%- endmacro %}

{% macro default__moving_median(value, window) -%}
    element_at(
        array_sort(array_agg({{ value }}) over {{ window }}),
        cast(floor((count({{ value }}) over {{ window }} + 1) / 2e0) as bigint)
    )
{%- endmacro %}

{% macro duckdb__moving_median(value, window) %}quantile_disc({{ value }}, 0.5) over {{ window }}{% endmacro %}

{#- By the number of the day and not by rows: a day without a bill is no day. -#}
{% macro moving_window(partition_by, day_number, from_days, to_days) -%}
    (
        partition by {{ partition_by | join(', ') }} order by {{ day_number }}
        range between {{ from_days }} preceding and {{ 'current row' if to_days == 0 else to_days ~ ' preceding' }}
    )
{%- endmacro %}
