{#- Days since a Monday long ago, so that the rest of a division by seven tells the day of the week on both engines. -#}
{% macro day_number(day) -%}
    date_diff('day', date '2001-01-01', {{ day }})
{%- endmacro %}

{#- An amount as a share of another, to six places so that both engines agree; of nothing, anything is a great deal. -#}
{% macro share_of_level(amount, level) -%}
    cast(case
        when {{ level }} > 0 then round(cast({{ amount }} as double) / cast({{ level }} as double), 6)
        when {{ amount }} > 0 then 1000000
        else 1
    end as decimal(38, 10))
{%- endmacro %}
