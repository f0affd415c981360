{#- Money: a decimal with the ten places that AWS writes. Cast each row before any sum. -#}
{% macro money(amount) -%}
    cast({{ amount }} as decimal(38, 10))
{%- endmacro %}

{#- An estimate of money from prices and ratios in double, kept to four places so that both engines agree. -#}
{% macro estimated_money(amount) -%}
    cast(round({{ amount }}, 4) as decimal(38, 10))
{%- endmacro %}

{#- An estimated saving, never more than what it is a part of. An unknown one stays unknown. -#}
{% macro saved_money(amount, of_cost) -%}
    case when {{ amount }} is not null then least({{ estimated_money(amount) }}, {{ of_cost }}) end
{%- endmacro %}

{#- A null amount counts as nothing. -#}
{% macro amount_or_zero(amount) -%}
    coalesce({{ amount }}, cast(0 as decimal(38, 10)))
{%- endmacro %}
