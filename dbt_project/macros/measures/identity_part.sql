{#-
  One side of an identity's part, to be added up with the other side: a part that only one side knows is compared with
  nothing. Without a fee that the other side can be compared with, the part is left out.
-#}
{% macro identity_part(identity, part, expected='0', actual='0', covered_count='0', fee_count='1', keys=none) -%}
    {%- set keys = keys or ['billing_period', 'billing_account_id', 'billing_currency'] -%}
    '{{ identity }}' as identity,
    {{ keys[0] }} as billing_period,
    {{ keys[1] }} as billing_account_id,
    {{ keys[2] }} as billing_currency,
    {{ part }} as part,
    cast({{ expected }} as decimal(38, 10)) as expected_cost,
    cast({{ actual }} as decimal(38, 10)) as actual_cost,
    {{ covered_count }} as covered_count,
    {{ fee_count }} as fee_count
{%- endmacro %}
