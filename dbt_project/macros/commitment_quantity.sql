{#-
  How much of a commitment a line bought or used: FOCUS CommitmentDiscountQuantity. A savings plan commits to money, a
  reservation to hours; where AWS counts a reservation in normalized units, so do we, and the unit says it. A
  reservation's advance payment has none: the bill does not say for how many hours it pays.
-#}
{% macro commitment_quantity() -%}
    case charge_kind
        when 'SavingsPlanCoveredUsage' then cast(savings_plan_effective_cost as double)
        when 'SavingsPlanRecurringFee'
            then
                cast(savings_plan_total_commitment_to_date as double)
                - cast({{ amount_or_zero('savings_plan_amortized_upfront_commitment_for_billing_period') }} as double)
        when 'SavingsPlanUpfrontFee' then cast(unblended_cost as double)
        when 'DiscountedUsage' then coalesce(nullif(normalized_quantity, 0), consumed_quantity)
        when 'RIFee' then coalesce(nullif(reservation_total_normalized_quantity, 0), reservation_total_quantity)
        else told_commitment_quantity
    end
{%- endmacro %}

{#- The part of a fee line's commitment that nobody used, in the same unit. -#}
{% macro unused_commitment_quantity() -%}
    case charge_kind
        when 'SavingsPlanRecurringFee'
            then cast(savings_plan_total_commitment_to_date as double) - cast(savings_plan_used_commitment as double)
        when 'RIFee'
            then
                case
                    when reservation_total_normalized_quantity > 0 then reservation_unused_normalized_quantity
                    else reservation_unused_quantity
                end
        when 'Focus:Unused' then told_commitment_quantity
    end
{%- endmacro %}

{% macro commitment_unit() -%}
    case
        when charge_kind in ('SavingsPlanCoveredUsage', 'SavingsPlanRecurringFee', 'SavingsPlanUpfrontFee')
            then billing_currency
        when charge_kind = 'DiscountedUsage'
            then case when normalized_quantity > 0 then 'Normalized Hrs' else 'Hrs' end
        when charge_kind = 'RIFee'
            then case when reservation_total_normalized_quantity > 0 then 'Normalized Hrs' else 'Hrs' end
        else told_commitment_unit
    end
{%- endmacro %}
