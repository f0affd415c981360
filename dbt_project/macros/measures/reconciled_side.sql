{#-
  One side of a comparison, to be added up with the other side: a total as it must be (`expected`) or as it is
  (`actual`). A table that counts charges otherwise than the bill tells no count.
-#}
{% macro reconciled_side(
    relation, table_name, measure, compared_with, expected='0', actual='0', expected_count='null', actual_count='null',
    covered_count='0', invoice_id="'all'", where='1 = 1'
) -%}
    select
        billing_period,
        billing_account_id,
        billing_currency,
        {{ invoice_id }} as invoice_id,
        '{{ table_name }}' as table_name,
        '{{ measure }}' as measure,
        '{{ compared_with }}' as compared_with,
        cast({{ expected }} as decimal(38, 10)) as expected_cost,
        cast({{ actual }} as decimal(38, 10)) as actual_cost,
        cast({{ expected_count }} as bigint) as expected_charge_count,
        cast({{ actual_count }} as bigint) as actual_charge_count,
        cast({{ covered_count }} as bigint) as covered_count
    from {{ relation }}
    where {{ where }}
{%- endmacro %}

{#- Every comparison of the mart reconciliation; landed, charges and focus are its steps. -#}
{% macro reconciled_sides() %}
    {% for table in ['int_charges', 'focus_1_2'] %}
    {%- set counted = 'charge_count' if table == 'int_charges' else 'null' %}
    {%- set told = 'charges' if table == 'int_charges' else 'focus' %}
    {{ reconciled_side(
        'landed', table, 'billed_cost', 'landing', expected='billed_cost', expected_count=counted,
        invoice_id='invoice_id'
    ) }}
    {% for invoice_id in ["'all'", 'invoice_id'] %}
    union all
    {{ reconciled_side(
        told, table, 'billed_cost', 'landing', actual='billed_cost', actual_count=counted, invoice_id=invoice_id,
        where=where_invoices_are_told(told) if invoice_id == 'invoice_id' else '1 = 1'
    ) }}
    {% if told == 'focus' %}
    union all
    {{ reconciled_side(
        'charges', table, 'billed_cost', 'landing', covered_count='covered_count', invoice_id=invoice_id,
        where=where_invoices_are_told('charges') if invoice_id == 'invoice_id' else '1 = 1'
    ) }}
    {% endif %}
    {% endfor %}
    union all
    {% endfor %}
    {% for table in ['daily_costs', 'monthly_costs'] %}
    {{ reconciled_side(
        'landed', table, 'billed_cost', 'landing', expected='billed_cost', expected_count='charge_count',
        where="invoice_id = 'all'"
    ) }}
    union all
    {{ reconciled_side(
        ref(table), table, 'billed_cost', 'landing', actual='billed_cost', actual_count='charge_count'
    ) }}
    union all
    {% for measure in ['amortized_cost', 'effective_cost'] %}
    {{ reconciled_side(
        'charges', table, measure, 'int_charges', expected=measure, expected_count='charge_count'
    ) }}
    union all
    {{ reconciled_side(
        ref(table), table, measure, 'int_charges', actual=measure, actual_count='charge_count'
    ) }}
    union all
    {% endfor %}
    {% endfor %}
    {{ reconciled_side('charges', 'focus_1_2', 'effective_cost', 'int_charges', expected='effective_cost') }}
    union all
    {{ reconciled_side('focus', 'focus_1_2', 'effective_cost', 'int_charges', actual='effective_cost') }}
    union all
    {{ reconciled_side(
        ref('int_totals__restated'), 'restatements', 'billed_cost_change', 'landing', expected='billed_cost',
        expected_count='charge_count'
    ) }}
    union all
    {{ reconciled_side(
        ref('restatements'), 'restatements', 'billed_cost_change', 'landing', actual='billed_cost_change',
        actual_count='current_charge_count - previous_charge_count'
    ) }}
{%- endmacro %}

{#- Records of older lakes tell no invoices: there, only the month is compared. -#}
{% macro where_invoices_are_told(relation) -%}
    exists (
            select 1
            from months_with_invoices
            where
                months_with_invoices.billing_period = {{ relation }}.billing_period
                and months_with_invoices.billing_account_id = {{ relation }}.billing_account_id
                and months_with_invoices.billing_currency = {{ relation }}.billing_currency
        )
{%- endmacro %}
