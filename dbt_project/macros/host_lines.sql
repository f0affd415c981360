{#-
  The lines that bill a machine itself, whoever paid: BoxUsage:m5.large, USE1-SpotUsage:c5.xlarge. AWS splits these
  over its pods and tasks, and not the traffic or the credits that are billed under the machine's id, too.
-#}
{% macro is_host_line() -%}
    x_is_usage and x_service_code = 'AmazonEC2' and x_usage_type like '%Usage:%' and x_split_parent_resource_id is null
{%- endmacro %}

{#- Where a split and its host must agree. A day is the finest time on which every export does: it may be by day. -#}
{% macro host_day() -%}
    {{ return([
        'x_delivery_id', 'billing_period', 'billing_account_id', 'sub_account_id', 'billing_currency', 'charged_on',
        'host_id',
    ]) }}
{%- endmacro %}

{#- What tells one way of paying for a machine from another. -#}
{% macro host_ways() -%}
    {{ return(['service_category', 'service_name', 'region_id', 'charge_category', 'x_purchase_option']) }}
{%- endmacro %}

{% macro same(names, left_side, right_side) -%}
    {%- for name in names -%}
        {{ left_side }}.{{ name }} = {{ right_side }}.{{ name }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- A part of an amount between two marks from 0 to 1, so that the parts between all marks are exactly the amount. -#}
{% macro between_shares(amount, from_share, to_share) -%}
    {{ amount_up_to(amount, to_share) }} - {{ amount_up_to(amount, from_share) }}
{%- endmacro %}

{% macro amount_up_to(amount, share) -%}
    case
        when {{ share }} = 1 then {{ amount }}
        when {{ share }} = 0 then cast(0 as decimal(38, 10))
        else {{ amount_times(amount, share) }}
    end
{%- endmacro %}

{% macro amount_times(amount, ratio) -%}
    cast(round(cast({{ amount }} as double) * {{ ratio }}, 10) as decimal(38, 10))
{%- endmacro %}

{#- How much of a whole an amount is; something else where the whole is zero. -#}
{% macro share_of(amount, whole, otherwise) -%}
    coalesce(cast({{ amount }} as double) / nullif(cast({{ whole }} as double), 0), {{ otherwise }})
{%- endmacro %}

{% macro costs_anything(measures) -%}
    ({{ measures | join(' <> 0 or ') }} <> 0)
{%- endmacro %}
