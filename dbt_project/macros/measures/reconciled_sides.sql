{#-
  A table's sides of the comparisons, each to be added up with the other side: a total as it must be (`expected`) or as it
  is (`actual`), of the month or by invoice. A table that counts charges otherwise than the bill tells no count.
-#}
{% macro reconciled_sides_of(relation, sides) -%}
    select
        billing_period,
        billing_account_id,
        billing_currency,
        {{ by_side(sides, 'invoice_id', "'all'") }} as invoice_id,
        {{ by_side(sides, 'table_name') }} as table_name,
        {{ by_side(sides, 'measure') }} as measure,
        {{ by_side(sides, 'compared_with', "'landing'") }} as compared_with,
        cast({{ by_side(sides, 'expected') }} as decimal(38, 10)) as expected_cost,
        cast({{ by_side(sides, 'actual') }} as decimal(38, 10)) as actual_cost,
        cast({{ by_side(sides, 'expected_count', 'null') }} as bigint) as expected_charge_count,
        cast({{ by_side(sides, 'actual_count', 'null') }} as bigint) as actual_charge_count,
        cast({{ by_side(sides, 'covered_count') }} as bigint) as covered_count
    from {{ read_for(relation, sides) }}
    where {{ by_side(sides, 'where', 'true') }}
{%- endmacro %}

{#- Every comparison of the mart reconciliation; landed, charges and focus are its steps. -#}
{% macro reconciled_sides() %}
    {%- set by_invoice = {'invoice_id': 'invoice_id', 'where': 'tells_invoices'} -%}
    {%- set billed = {'measure': "'billed_cost'"} -%}
    {%- set counted = {'actual_count': 'charge_count'} -%}
    {%- set landed = dict(billed, expected='billed_cost') -%}
    {%- set waist = dict(billed, table_name="'int_charges'", actual='billed_cost', **counted) -%}
    {%- set focus = dict(billed, table_name="'focus_1_2'", actual='billed_cost') -%}
    {%- set covered = dict(billed, table_name="'focus_1_2'", covered_count='covered_count') -%}
    {%- set with_waist = {'compared_with': "'int_charges'"} -%}
    {%- set spread = [] -%}
    {%- for table in ['daily_costs', 'monthly_costs'] -%}
        {%- for measure in ['amortized_cost', 'effective_cost'] -%}
            {%- do spread.append(dict(
                with_waist, table_name="'" ~ table ~ "'", measure="'" ~ measure ~ "'", expected=measure,
                expected_count='charge_count'
            )) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ reconciled_sides_of('landed', [
        dict(landed, table_name="'int_charges'", invoice_id='invoice_id', expected_count='charge_count'),
        dict(landed, table_name="'focus_1_2'", invoice_id='invoice_id'),
        dict(landed, table_name="'daily_costs'", expected_count='charge_count', where="invoice_id = 'all'"),
        dict(landed, table_name="'monthly_costs'", expected_count='charge_count', where="invoice_id = 'all'"),
    ]) }}
    union all
    {{ reconciled_sides_of('charges', [
        waist, dict(waist, **by_invoice), covered, dict(covered, **by_invoice),
        dict(with_waist, table_name="'focus_1_2'", measure="'effective_cost'", expected='effective_cost'),
    ] + spread) }}
    union all
    {{ reconciled_sides_of('focus', [
        focus, dict(focus, **by_invoice),
        dict(with_waist, table_name="'focus_1_2'", measure="'effective_cost'", actual='effective_cost'),
    ]) }}
    {%- for table in ['daily_costs', 'monthly_costs'] %}
    union all
    {{ reconciled_sides_of(ref(table), [
        dict(counted, table_name="'" ~ table ~ "'", actual='billed_cost', **billed),
        dict(with_waist, table_name="'" ~ table ~ "'", measure="'amortized_cost'", actual='amortized_cost', **counted),
        dict(with_waist, table_name="'" ~ table ~ "'", measure="'effective_cost'", actual='effective_cost', **counted),
    ]) }}
    {%- endfor %}
    {%- set restated = {'table_name': "'restatements'", 'measure': "'billed_cost_change'"} %}
    union all
    {{ reconciled_sides_of(ref('int_totals__restated'), [
        dict(restated, expected='billed_cost', expected_count='charge_count'),
    ]) }}
    union all
    {{ reconciled_sides_of(ref('restatements'), [
        dict(restated, actual='billed_cost_change', actual_count='current_charge_count - previous_charge_count'),
    ]) }}
{%- endmacro %}
