{#- What tells charges apart: rows that are alike in all of these get a number, see int_charges__alike. It is computed where it
    is needed and kept in no table of the engine, for random text is dearer to read than all that it is made of. -#}
{% macro charge_key() -%}
    {%- set told = [
        'billing_account_id', 'sub_account_id', seconds_of('charge_period_start'), seconds_of('charge_period_end'),
        'region_id', 'resource_id', money('consumed_quantity'), 'billed_cost', 'effective_cost', 'x_charge_kind',
        'x_usage_type', 'x_operation', 'commitment_discount_id', 'charge_description', 'invoice_id',
    ] -%}
    {#- A part of the hash: charges of one key are numbered anyway. -#}
    substr({{ dbt.hash(row_text(told)) }}, 1, 12)
{%- endmacro %}
