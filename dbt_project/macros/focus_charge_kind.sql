{#-
  What a FOCUS row is, in the words of the seed line_item_types. A commitment's purchases are told from other purchases
  by its id, an advance payment from a fee by its frequency. Money that is given back for an advance payment has no
  effective cost, as the payment had none. Writers differ in case; a category that FOCUS does not know stays unknown.
-#}
{% macro focus_charge_kind() -%}
    {%- set category, status = focus_word('ChargeCategory'), focus_word('CommitmentDiscountStatus') -%}
    case
        when {{ category }} = 'Usage' and {{ status }} in ('Used', 'Unused')
            then 'Focus:' || {{ status }}
        when {{ category }} = 'Purchase' and coalesce(CommitmentDiscountId, '') <> ''
            then case when lower(ChargeFrequency) = 'recurring' then 'Focus:CommitmentFee' else 'Focus:CommitmentUpfront' end
        when {{ category }} = 'Adjustment' and EffectiveCost = 0 and BilledCost <> 0 then 'Focus:AdvanceRefund'
        else 'Focus:' || {{ category }}
    end
{%- endmacro %}

{#- One word as FOCUS spells it: Usage. -#}
{% macro focus_word(column) -%}
    upper(substr({{ column }}, 1, 1)) || lower(substr({{ column }}, 2))
{%- endmacro %}

{#- A spend-based commitment is a savings plan. Where no category is told, its id or type says so. -#}
{% macro focus_is_savings_plan() -%}
    coalesce(
        lower(nullif(CommitmentDiscountCategory, '')) = 'spend',
        lower(coalesce(CommitmentDiscountType, '')) like '%savings%'
        or coalesce(CommitmentDiscountId, '') like '%:savingsplan/%'
    )
{%- endmacro %}
