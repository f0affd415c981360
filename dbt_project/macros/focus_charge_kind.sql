{#-
  What a FOCUS row is, in the words of the seed line_item_types. A commitment's purchases are told from other purchases
  by its id, an advance payment from a fee by its frequency. Money that is given back for an advance payment has no
  effective cost, as the payment had none.
-#}
{% macro focus_charge_kind() -%}
    case
        when ChargeCategory = 'Usage' and CommitmentDiscountStatus in ('Used', 'Unused')
            then 'Focus:' || CommitmentDiscountStatus
        when ChargeCategory = 'Purchase' and coalesce(CommitmentDiscountId, '') <> ''
            then case when lower(ChargeFrequency) = 'recurring' then 'Focus:CommitmentFee' else 'Focus:CommitmentUpfront' end
        when ChargeCategory = 'Adjustment' and EffectiveCost = 0 and BilledCost <> 0 then 'Focus:AdvanceRefund'
        else 'Focus:' || ChargeCategory
    end
{%- endmacro %}

{#- A spend-based commitment is a savings plan. Where no category is told, its id or type says so. -#}
{% macro focus_is_savings_plan() -%}
    coalesce(
        nullif(CommitmentDiscountCategory, '') = 'Spend',
        lower(coalesce(CommitmentDiscountType, '')) like '%savings%'
        or coalesce(CommitmentDiscountId, '') like '%:savingsplan/%'
    )
{%- endmacro %}
