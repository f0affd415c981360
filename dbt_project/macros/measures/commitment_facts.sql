{#- What a bill tells of a commitment on its lines. On-demand lines may name an offering class, too: it is no commitment's. -#}
{% macro told_of_commitment(fact) -%}
    case when coalesce(savings_plan_arn, reservation_arn) is not null then {{ fact }} end
{%- endmacro %}

{#- When a commitment starts or ends: 2026-06-01T00:00:00.000Z on the bill, UTC, to the second. -#}
{% macro commitment_moment(text) -%}
    try_cast(replace(substr({{ text }}, 1, 19), 'T', ' ') as timestamp(6))
{%- endmacro %}

{#- A commitment is its buyer's, and its ARN names the buyer: arn:aws:savingsplans::ACCOUNT:savingsplan/ID. -#}
{% macro account_of_arn(arn) -%}
    nullif(split_part({{ arn }}, ':', 5), '')
{%- endmacro %}

{#- A part of a whole in percent, to four places, so that both engines agree; null where the whole is nothing. -#}
{% macro pct_of(part, whole) -%}
    round(100 * cast({{ part }} as double) / nullif(cast({{ whole }} as double), 0), 4)
{%- endmacro %}

{#- A quantity as decimal: a sum of doubles changes its last digits with the order of the rows. -#}
{% macro total_quantity(quantity) -%}
    sum(cast({{ quantity }} as decimal(38, 10)))
{%- endmacro %}

{#- An hourly estimate for a month of work, where a commitment is recommended at all. -#}
{% macro recommended_per_month(hourly) -%}
    {{ estimated_money("case when told.status = 'recommended' then " ~ hourly ~ " * " ~ var('hours_per_month') ~ " end") }}
{%- endmacro %}
