{#-
  A table's sides of the identities' parts, each to be added up with the other side: a part that only one side knows is
  compared with nothing. Without a fee that the other side can be compared with, the part is left out.
-#}
{% macro identity_sides_of(relation, sides) -%}
    select
        {{ by_side(sides, 'identity') }} as identity,
        billing_period,
        billing_account_id,
        billing_currency,
        {{ by_side(sides, 'part') }} as part,
        cast({{ by_side(sides, 'expected') }} as decimal(38, 10)) as expected_cost,
        cast({{ by_side(sides, 'actual') }} as decimal(38, 10)) as actual_cost,
        {{ by_side(sides, 'covered_count') }} as covered_count,
        {{ by_side(sides, 'fee_count', '1') }} as fee_count
    from {{ read_for(relation, sides) }}
    where {{ by_side(sides, 'where', 'true') }}
{%- endmacro %}

{#- What is told twice: of the waist and of the marts, the identity, its part, and the column of the amount. -#}
{% macro identity_sides() -%}
    {%- set waist_sides, daily_sides, focus_sides = [], [], [] -%}
    {%- for measure in ['billed_cost', 'effective_cost', 'amortized_cost'] -%}
        {%- set of_category = {
            'identity': "'daily_costs_hold_every_charge_category'", 'part': "charge_category || ' " ~ measure ~ "'",
        } -%}
        {%- do waist_sides.append(dict(of_category, expected=measure)) -%}
        {%- do daily_sides.append(dict(of_category, actual=measure)) -%}
    {%- endfor -%}
    {%- for measure in ['billed_cost', 'effective_cost'] -%}
        {%- set of_invoice = {
            'identity': "'focus_rows_of_an_invoice_are_the_invoice'",
            'part': "'invoice ' || coalesce(invoice_id, 'yet to come') || ' " ~ measure ~ "'",
        } -%}
        {%- do waist_sides.append(dict(of_invoice, expected=measure, covered_count='covered_count' if loop.first else '0')) -%}
        {%- do focus_sides.append(dict(of_invoice, actual=measure)) -%}
    {%- endfor -%}
    {%- set of_commitment = {
        'identity': "'focus_commitment_is_what_was_paid_for_it'", 'part': 'commitment_discount_id',
    } -%}
    {%- do waist_sides.append(dict(of_commitment, expected='fee_cost', where='is_fee')) -%}
    {%- do focus_sides.append(dict(
        of_commitment, expected='fee_cost', actual='used_cost', covered_count='used_count', fee_count='0',
        where='commitment_discount_id is not null'
    )) -%}
    {{ return({'waist': waist_sides, 'daily': daily_sides, 'focus': focus_sides}) }}
{%- endmacro %}

{#- The identities of commitments alone, each of lines that are summed up by hour. -#}
{% macro commitment_identity_sides() -%}
    {%- set covered_lines = 'case when is_covered then line_count else 0 end' -%}
    {%- set fee_lines = 'case when is_fee then line_count else 0 end' -%}
    {%- set sides = [
        {
            'identity': "'plan_usage_is_what_the_fee_says_is_used'",
            'part': "commitment_discount_id || ' ' || step",
            'expected': 'case when is_fee then x_used_commitment_cost else 0 end',
            'actual': 'case when is_covered then x_amortized_cost else 0 end',
            'covered_count': covered_lines,
            'fee_count': fee_lines,
            'where': "fee_hours is not null and x_charge_kind in ('SavingsPlanCoveredUsage', 'SavingsPlanRecurringFee')",
        },
        {
            'identity': "'negation_takes_back_what_a_plan_covered'",
            'part': "commitment_discount_id || ' ' || cast(cast(charge_period_start as date) as varchar)",
            'expected': 'case when is_covered then billed_cost else 0 end',
            'actual': 'case when is_covered then 0 else -billed_cost end',
            'covered_count': 'line_count',
            'fee_count': '1',
            'where': "x_charge_kind in ('SavingsPlanCoveredUsage', 'SavingsPlanNegation')",
        },
        {
            'identity':
                "case when is_plan then 'used_and_unused_plan_is_its_fee'"
                ~ " else 'used_and_unused_reservation_is_its_fee' end",
            'part': 'commitment_discount_id',
            'expected': 'case when is_fee or not is_plan then billed_cost else 0 end',
            'actual': 'spread_cost',
            'covered_count': covered_lines,
            'fee_count': fee_lines,
            'where': "x_charge_kind <> 'SavingsPlanNegation'",
        },
    ] -%}
    {{ return(sides) }}
{%- endmacro %}
