{#-
  What a commitment cost that nobody used. A savings plan's fee line carries the hour's commitment and how much of it
  was used; a reservation's fee line carries its unused share of recurring and advance payment.
-#}
{% macro unused_commitment(net) -%}
    case amortized_basis
        when 'unused_savings_plan'
            then {{ net_unused_savings_plan() if net else unused_savings_plan() }}
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
        when 'told_unused' then {{ 'told_effective_cost' if net else told_amortized_cost() }}
        else cast(0 as decimal(38, 10))
    end
{%- endmacro %}

{% macro unused_savings_plan() -%}
    {{ amount_or_zero('savings_plan_total_commitment_to_date') }} - {{ amount_or_zero('savings_plan_used_commitment') }}
{%- endmacro %}

{#-
  AWS gives the hour's commitment net of discounts, but not its unused part: that has the same share of it as of the
  gross commitment. A share is no decimal on either engine, so it is rounded to the bill's ten places.
-#}
{% macro net_unused_savings_plan() -%}
    case
        when is_net_layout and savings_plan_net_recurring_commitment_for_billing_period is not null
            then cast(round(
                cast({{ unused_savings_plan() }} as double)
                * cast(
                    savings_plan_net_recurring_commitment_for_billing_period
                    + {{ amount_or_zero('savings_plan_net_amortized_upfront_commitment_for_billing_period') }} as double
                )
                / nullif(cast(savings_plan_total_commitment_to_date as double), 0), 10
            ) as decimal(38, 10))
        else {{ unused_savings_plan() }}
    end
{%- endmacro %}

{#-
  What the commitment of a fee line costs for the whole time of the line, used or not, before negotiated discounts. A
  reservation's fee line spans its month from the first day on.
-#}
{% macro commitment_cost() -%}
    case amortized_basis
        when 'unused_savings_plan' then {{ amount_or_zero('savings_plan_total_commitment_to_date') }}
        when 'unused_reservation'
            then unblended_cost + {{ amount_or_zero('reservation_amortized_upfront_fee_for_billing_period') }}
        else cast(0 as decimal(38, 10))
    end
{%- endmacro %}

{#- Used: the charge was covered. Unused: what is left of the commitment on its fee line. -#}
{% macro commitment_discount_status() -%}
    case
        when amortized_basis in ('savings_plan', 'reservation', 'told_used') then 'Used'
        when amortized_basis in ('unused_savings_plan', 'unused_reservation', 'told_unused') then 'Unused'
        when charge_kind = 'Focus:CommitmentFee' then 'Unused'
    end
{%- endmacro %}

{#- The net form of an amount where the invoice is the sum of net amounts. -#}
{% macro net_if_billed(net_amount, amount) -%}
    case
        when is_net_billed then coalesce({{ net_amount }}, {{ amount }}, cast(0 as decimal(38, 10)))
        else {{ amount_or_zero(amount) }}
    end
{%- endmacro %}

{#-
  What amortization adds to a month beside its invoice: advance payments made earlier, spread into it. With the advance
  payments invoiced this month it closes the identity billed = amortized + trueup + upfront fees. FOCUS does not tell
  it: there it is what the identity leaves, per charge.
-#}
{% macro commitment_trueup() -%}
    case amortized_basis
        when 'unused_savings_plan'
            then -{{ net_if_billed('savings_plan_net_amortized_upfront_commitment_for_billing_period', 'savings_plan_amortized_upfront_commitment_for_billing_period') }}
        when 'unused_reservation'
            then -{{ net_if_billed('reservation_net_amortized_upfront_fee_for_billing_period', 'reservation_amortized_upfront_fee_for_billing_period') }}
        when 'told' then unblended_cost - told_effective_cost - {{ upfront_fee() }}
        when 'told_used' then unblended_cost - told_effective_cost
        when 'told_unused' then unblended_cost - told_effective_cost
        else cast(0 as decimal(38, 10))
    end
{%- endmacro %}

{#- Advance payments for commitments, and their refunds: invoiced now, amortized over the term. -#}
{% macro upfront_fee() -%}
    case
        when charge_kind in (
            'SavingsPlanUpfrontFee', 'Fee:Reservation', 'Refund:SavingsPlan', 'Focus:CommitmentUpfront', 'Focus:AdvanceRefund'
        ) then {{ billed_cost() }}
        else cast(0 as decimal(38, 10))
    end
{%- endmacro %}

{#-
  What nobody used of a commitment until the bill's newest usage. A reservation's fee line has its whole month from the
  first day on and counts the hours to come as unused; they cost their share of the commitment. Once the month is
  invoiced, or a newer one is there, nothing is to come.
-#}
{% macro unused_commitment_to_date(charges, periods) -%}
    case
        when
            {{ charges }}.x_commitment_cost = 0
            or {{ charges }}.invoice_id is not null
            or not {{ periods }}.is_latest_period
            or {{ periods }}.usage_ends_at is null
            or {{ periods }}.usage_ends_at >= {{ charges }}.charge_period_end
            then {{ charges }}.x_unused_commitment_cost
        else
            greatest(
                cast(0 as decimal(38, 10)),
                {{ charges }}.x_unused_commitment_cost
                - {{ amount_times(charges ~ '.x_commitment_cost', share_to_come(charges, periods)) }}
            )
    end
{%- endmacro %}

{#- Fees for a month end a second before midnight, hence the whole hours. -#}
{% macro share_to_come(charges, periods) -%}
    (
        1 - greatest(0, {{ hours_between(charges ~ '.charge_period_start', periods ~ '.usage_ends_at') }})
        / nullif(ceil({{ hours_between(charges ~ '.charge_period_start', charges ~ '.charge_period_end') }}), 0)
    )
{%- endmacro %}
