"""Events become bill lines: one each, with the columns and the habits of an hourly CUR 2.0 export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from ingestion.synthetic import wording, wording_terms
from ingestion.synthetic.accounts import Payer
from ingestion.synthetic.events.model import (
    ONE,
    ZERO,
    Charge,
    ChargeKind,
    Event,
    Negation,
    Paid,
    PlanHour,
    ReservationMonth,
    Split,
    Use,
)
from ingestion.synthetic.periods import Period, Span
from ingestion.synthetic.words import Cells, keep, of_tier

_NOTHING: Mapping[str, Decimal] = {}
_LINE_TYPES = {ChargeKind.UPFRONT: "Fee", ChargeKind.PLAN_REFUND: "Refund"}


@dataclass(frozen=True, eq=False)
class LineKind:
    """Everything that lines of one meter or fee have in common: column -> text, number or map pairs."""

    cells: Cells


class Line(NamedTuple):
    """One line of the bill. All columns that are not here are in its kind.

    `numbers` are amounts that few lines have: of commitments, net of discounts, of split costs. `discounts` is the map
    of what was taken off inside the line's net amount.
    """

    kind: LineKind
    span: Span
    quantity: Decimal
    normalized: Decimal
    unblended: Decimal
    public_cost: Decimal
    numbers: Mapping[str, Decimal]
    discounts: Mapping[str, Decimal] = _NOTHING


class Typesetter:
    """Sets the events of one payer's month as lines. Kinds are kept, so that lines of one meter share theirs."""

    def __init__(self, period: Period, payer: Payer, *, has_tiers: bool = False) -> None:
        self._payer = payer
        self._has_tiers = has_tiers
        self._bill = wording.of_bill(period, payer)
        self._kinds: dict[tuple[object, str], LineKind] = {}

    def line(self, event: Event) -> Line:
        """The bill line of an event."""
        if isinstance(event, Use):
            return self._use(event)
        if isinstance(event, Negation):
            return self._negation(event)
        if isinstance(event, PlanHour):
            return self._plan_hour(event)
        if isinstance(event, ReservationMonth):
            return self._reservation_month(event)
        if isinstance(event, Split):
            return self._split(event)
        return self._charge(event)

    def _kind(self, key: object, line_type: str, cells: Cells) -> LineKind:
        late = {**self._prices_in(cells), **(of_tier(cells) if self._has_tiers else {})}
        kind = LineKind({**self._bill, "line_item_line_item_type": line_type, **cells, **late})
        return keep(self._kinds, (key, line_type), kind)

    def _prices_in(self, cells: Cells) -> Cells:
        """Prices are in the currency of the invoice, on the lines that have any."""
        return {"pricing_currency": self._payer.currency} if cells.get("pricing_currency") else {}

    def _use(self, use: Use) -> Line:
        meter = use.meter
        kind = self._kinds.get((meter, use.paid))
        if kind is None:
            cells = wording.of_meter(meter, use)
            kind = self._kind(meter, use.paid, {**cells, "line_item_line_item_type": wording.USAGE_TYPES[use.paid]})
        normalized = use.quantity * meter.normalization
        if use.paid is Paid.PLANNED:
            numbers = {
                "savings_plan_savings_plan_effective_cost": use.commitment_share,
                "savings_plan_savings_plan_rate": use.plan_rate,
            }
            # The covered line shows the on-demand price; the negation takes it back.
            return Line(kind, use.span, use.quantity, normalized, use.list_cost, use.list_cost, numbers)
        if use.paid is Paid.RESERVED:
            numbers = {
                "reservation_amortized_upfront_cost_for_usage": use.upfront_share,
                "reservation_recurring_fee_for_usage": use.commitment_share,
                "reservation_effective_cost": use.upfront_share + use.commitment_share,
            }
            return Line(kind, use.span, use.quantity, normalized, ZERO, use.list_cost, numbers)
        return Line(kind, use.span, use.quantity, normalized, use.cash, use.list_cost, _NOTHING)

    def _negation(self, event: Negation) -> Line:
        key = (event.plan, event.meter)
        kind = self._kinds.get((key, "SavingsPlanNegation"))
        if kind is None:
            kind = self._kind(key, "SavingsPlanNegation", wording.of_negation(event))
        return Line(kind, event.span, event.quantity, ZERO, -event.list_cost, ZERO, _NOTHING)

    def _plan_hour(self, event: PlanHour) -> Line:
        kind = self._kinds.get((event.plan, "SavingsPlanRecurringFee"))
        if kind is None:
            kind = self._kind(event.plan, "SavingsPlanRecurringFee", wording_terms.of_plan(event.plan))
        due = event.plan.recurring
        numbers = {
            "savings_plan_total_commitment_to_date": event.plan.commitment,
            "savings_plan_recurring_commitment_for_billing_period": due,
            "savings_plan_used_commitment": event.used,
        }
        if event.plan.upfront_per_hour:
            numbers["savings_plan_amortized_upfront_commitment_for_billing_period"] = event.plan.upfront_per_hour
        return Line(kind, event.span, ONE, ZERO, due, ZERO, numbers)

    def _split(self, event: Split) -> Line:
        kind = self._kinds.get((event.meter, "Split"))
        if kind is None:
            kind = self._kind(event.meter, "Split", wording.of_split(event))
        numbers = {
            "split_line_item_actual_usage": event.actual,
            "split_line_item_reserved_usage": event.quantity,
            "split_line_item_split_usage": max(event.actual, event.quantity),
            "split_line_item_split_usage_ratio": event.ratio,
            "split_line_item_split_cost": event.split_cost,
            "split_line_item_unused_cost": event.unused_cost,
            "split_line_item_public_on_demand_split_cost": event.public_split_cost,
            "split_line_item_public_on_demand_unused_cost": event.public_unused_cost,
        }
        return Line(kind, event.span, event.quantity, ZERO, ZERO, ZERO, numbers)

    def _reservation_month(self, event: ReservationMonth) -> Line:
        bought = event.reservation
        hours = Decimal(bought.count * event.period.hours_in_month)
        unused = hours - event.used_hours
        numbers = {
            "reservation_amortized_upfront_fee_for_billing_period": hours * bought.upfront_per_hour,
            "reservation_unused_amortized_upfront_fee_for_billing_period": unused * bought.upfront_per_hour,
            "reservation_unused_recurring_fee": unused * bought.recurring_per_hour,
            "reservation_unused_quantity": unused,
            "reservation_unused_normalized_unit_quantity": unused * bought.normalization,
            "reservation_upfront_value": bought.upfront_value,
        }
        kind = self._kind(bought, "RIFee", wording_terms.of_reservation(bought, hours))
        due = hours * bought.recurring_per_hour
        return Line(kind, event.period.reservation_month, hours, hours * bought.normalization, due, ZERO, numbers)

    def _charge(self, charge: Charge) -> Line:
        line_type = _LINE_TYPES.get(charge.kind, charge.kind.value)
        kind = self._kind(charge, line_type, wording.of_charge(charge, self._payer))
        count = ZERO if charge.kind is ChargeKind.CREDIT else ONE
        return Line(kind, charge.span, count, ZERO, charge.amount, ZERO, _NOTHING)
