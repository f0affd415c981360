{#-
  What a commitment cost that nobody used. A savings plan's fee line carries the hour's commitment and how much of it
  was used; a reservation's fee line carries its unused share of recurring and advance payment.
-#}
{% macro unused_commitment(net) -%}
    case amortized_basis
        when 'unused_savings_plan'
            then {{ amount_or_zero('savings_plan_total_commitment_to_date') }} - {{ amount_or_zero('savings_plan_used_commitment') }}
        when 'unused_reservation'
            {% if net -%}
            then
                {{ net_if_there('reservation_net_unused_amortized_upfront_fee_for_billing_period', amount_or_zero('reservation_unused_amortized_upfront_fee_for_billing_period')) }}
                + {{ net_if_there('reservation_net_unused_recurring_fee', amount_or_zero('reservation_unused_recurring_fee')) }}
            {%- else -%}
            then
                {{ amount_or_zero('reservation_unused_amortized_upfront_fee_for_billing_period') }}
                + {{ amount_or_zero('reservation_unused_recurring_fee') }}
            {%- endif %}
        else cast(0 as decimal(38, 10))
    end
{%- endmacro %}

{#- Used: the charge was covered. Unused: what is left of the commitment on its fee line. -#}
{% macro commitment_discount_status() -%}
    case
        when amortized_basis in ('savings_plan', 'reservation') then 'Used'
        when amortized_basis in ('unused_savings_plan', 'unused_reservation') then 'Unused'
    end
{%- endmacro %}

{#-
  What amortization adds to a month beside its invoice: advance payments made earlier, spread into it. With the advance
  payments invoiced this month it closes the identity billed = amortized + trueup + upfront fees.
-#}
{% macro commitment_trueup() -%}
    case amortized_basis
        when 'unused_savings_plan'
            then -{{ amount_or_zero('savings_plan_amortized_upfront_commitment_for_billing_period') }}
        when 'unused_reservation'
            then -{{ amount_or_zero('reservation_amortized_upfront_fee_for_billing_period') }}
        else cast(0 as decimal(38, 10))
    end
{%- endmacro %}

{#- Advance payments for commitments, and their refunds: invoiced now, amortized over the term. -#}
{% macro upfront_fee() -%}
    case
        when charge_kind in ('SavingsPlanUpfrontFee', 'Fee:Reservation', 'Refund:SavingsPlan') then unblended_cost
        else cast(0 as decimal(38, 10))
    end
{%- endmacro %}
