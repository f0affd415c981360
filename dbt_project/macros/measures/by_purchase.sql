{#- The sum of an amount over lines that were bought in one of the given ways, else nothing. -#}
{% macro bought_by(amount, ways) -%}
    sum(case when x_purchase_option in ('{{ ways | join("', '") }}') then {{ amount }} else cast(0 as decimal(38, 10)) end)
{%- endmacro %}

{#- A sum of hours as double; null where any of them is unknown: a part of them would pass for all. -#}
{% macro known_hours(hours, ways) -%}
    case
        when count({{ hours }}) = count(*) then round(cast({{ bought_by(hours, ways) }} as double), 4)
    end
{%- endmacro %}
