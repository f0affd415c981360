{#- From which day on how much of what is forecast: a month or its quarter. See docs/trends.md. -#}
{% macro forecast_target(relation, horizon) %}
    {%- set starts_on = 'first_on' if horizon == 'month' else "cast(date_trunc('quarter', first_on) as date)" %}
    {%- set length = '1' if horizon == 'month' else '3' %}
    select
        billing_account_id,
        newest_period,
        history_from_on,
        '{{ horizon }}' as horizon,
        first_on,
        is_live,
        {{ starts_on }} as starts_on,
        cast({{ starts_on }} + interval '{{ length }}' month - interval '1' day as date) as ends_on,
        cast({{ dbt.dateadd('day', 'cast(least(days_known, case when is_live then 31 else ' ~ days_of_month('first_on') ~ ' - 1 end) as integer) - 1', 'first_on') }} as date)
            as origin_on
    from {{ relation }}
{%- endmacro %}

{% macro days_of_month(first_on) -%}
    date_diff('day', {{ first_on }}, cast({{ first_on }} + interval '1' month as date))
{%- endmacro %}

{#-
  How many of the days to come fall on the weekday of a day that lies so many days before the last known one, and so how
  often its cost is taken.
-#}
{% macro days_alike_to_come(days_left, days_before) -%}
    cast(floor(cast({{ days_left }} + ({{ days_before }}) % 7 as double) / 7) as bigint)
{%- endmacro %}

{#- An amount of days of the given kind, summed. -#}
{% macro sum_where(condition, amount='cost') -%}
    sum(case when {{ condition }} then {{ amount }} else {{ money('0') }} end)
{%- endmacro %}

{#- The costs to forecast, by day: of payers, and of each account and service, in a measure. -#}
{% macro forecast_series(scope, measure) %}
    select
        '{{ scope }}' as scope,
        '{{ measure }}' as measure,
        billing_account_id,
        {{ 'cast(null as varchar)' if scope == 'payer' else 'sub_account_id' }} as sub_account_id,
        {{ 'cast(null as varchar)' if scope == 'payer' else 'service_name' }} as service_name,
        billing_currency,
        billing_period,
        charged_on,
        rhythm,
        sum({{ measure }}) as cost
    from costs
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
{%- endmacro %}

{#- How much the middle of the days to come costs of a day of the last two weeks; see the model that asks. -#}
{% macro growth_ahead(newer_half, older_half, days_left) -%}
    1 + 0.5e0 * (
        least(1.25e0, greatest(
            0.8e0, coalesce(cast({{ newer_half }} as double) / nullif(cast({{ older_half }} as double), 0), 1)
        )) - 1
    ) * (7 + cast({{ days_left }} as double) * 0.5e0) / 14
{%- endmacro %}

{#- The ways to forecast that are tried on each series; of equals the first is taken. -#}
{% macro forecast_methods() -%}
    {{ return(['four_weeks', 'two_weeks', 'trend', 'seasonal_naive', 'last_month']) }}
{%- endmacro %}

{#-
  Half of an interval of 80 %: the root mean square of the relative errors, times Student's t for so many months that the
  method was tried on. Null for fewer than two.
-#}
{% macro margin_of_80_pct(forecast, errors) -%}
    abs(cast({{ forecast }} as double))
    * sqrt(cast({{ errors }}.squared_errors as double) / nullif(cast({{ errors }}.try_count as double), 0))
    * case
        when {{ errors }}.try_count >= 12 then 1.356e0
        when {{ errors }}.try_count >= 9 then 1.383e0
        when {{ errors }}.try_count >= 6 then 1.44e0
        when {{ errors }}.try_count = 5 then 1.476e0
        when {{ errors }}.try_count = 4 then 1.533e0
        when {{ errors }}.try_count = 3 then 1.638e0
        when {{ errors }}.try_count = 2 then 1.886e0
    end
{%- endmacro %}

{#- Each method's forecast of each target as a row of its own. -#}
{% macro forecast_attempts(relation, methods) %}
    {%- for method in methods %}
    select
        series_key,
        is_live,
        '{{ method }}' as method,
        {{ loop.index }} as preference,
        {{ method }}_cost as forecast_cost,
        actual_cost
    from {{ relation }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- A relative error, squared; of nothing, and above a thousandfold, a thousandfold. -#}
{% macro squared_ratio(difference, whole) -%}
    case
        when abs({{ difference }}) <= 1000 * abs({{ whole }})
            then power(cast({{ difference }} as double) / nullif(cast({{ whole }} as double), 0), 2)
        else 1000000
    end
{%- endmacro %}

{#- A share in percent, to four places so that both engines agree. -#}
{% macro share_in_pct(share) -%}
    round(100 * {{ share }}, 4)
{%- endmacro %}
