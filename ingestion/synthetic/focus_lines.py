"""Events become FOCUS charges: usage at its net cost, purchases at theirs, and what nobody used as rows of their own.

Amounts come from the events' worth, not from the columns of another form of bill. A negation is no charge here, since
covered usage is billed at nothing; and a container's part is none, since AWS's FOCUS export has no split costs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from ingestion.synthetic.discounts import Terms, taken_off
from ingestion.synthetic.events.model import (
    HOURS_OF_YEAR,
    ONE,
    ZERO,
    Charge,
    ChargeKind,
    Event,
    Negation,
    Paid,
    PlanHour,
    Reservation,
    ReservationMonth,
    Split,
    Use,
)
from ingestion.synthetic.focus_words import FocusCells, of_bill_line, of_commitment, of_sku
from ingestion.synthetic.ledger import Month
from ingestion.synthetic.lines import Line, LineKind, Typesetter
from ingestion.synthetic.periods import Span
from ingestion.synthetic.truth import worth
from ingestion.synthetic.words import keep

_NOTHING: Mapping[str, Decimal] = {}
_PRICING = {Paid.SPOT: "Dynamic", Paid.RESERVED: "Committed", Paid.PLANNED: "Committed"}
_COMMITMENTS = (ChargeKind.UPFRONT, ChargeKind.PLAN_UPFRONT)
_REFUNDS = (ChargeKind.REFUND, ChargeKind.PLAN_REFUND)


@dataclass(frozen=True, eq=False)
class FocusKind:
    """What lines of one meter or fee have in common: FOCUS column -> text or map pairs; blank text means null."""

    cells: FocusCells


class FocusLine(NamedTuple):
    """One row of the export. Quantities and prices are null where FOCUS knows none; costs are in billing currency.

    `discounts` is what was taken off inside the line's costs, negative, as in CUR 2.0's map.
    """

    kind: FocusKind
    span: Span
    billed: Decimal
    effective: Decimal
    list: Decimal
    contracted: Decimal
    quantity: Decimal | None = None
    consumed: Decimal | None = None
    committed: Decimal | None = None
    discounts: Mapping[str, Decimal] = _NOTHING


def _price(cost: Decimal, line: FocusLine) -> float | None:
    """The price that explains a cost; null where nothing was priced, and at no quantity."""
    return float(cost) / float(line.quantity) if line.quantity else None


# Columns whose value differs from line to line of one kind.
OF_FOCUS_LINE: dict[str, Callable[[FocusLine], datetime | Decimal | float | None]] = {
    "BilledCost": lambda line: line.billed,
    "ChargePeriodEnd": lambda line: line.span.end,
    "ChargePeriodStart": lambda line: line.span.start,
    "CommitmentDiscountQuantity": lambda line: line.committed,
    "ConsumedQuantity": lambda line: line.consumed,
    "ContractedCost": lambda line: line.contracted,
    "ContractedUnitPrice": lambda line: _price(line.contracted, line),
    "EffectiveCost": lambda line: line.effective,
    "ListCost": lambda line: line.list,
    "ListUnitPrice": lambda line: _price(line.list, line),
    "PricingCurrencyContractedUnitPrice": lambda line: _price(line.contracted, line),
    "PricingCurrencyEffectiveCost": lambda line: line.effective,
    "PricingCurrencyListUnitPrice": lambda line: _price(line.list, line),
    "PricingQuantity": lambda line: line.quantity,
}


def focus_lines(month: Month) -> Iterator[FocusLine]:
    """The rows of a month's export, in the order of its events. Negotiated discounts are inside the costs."""
    setter = _Setter(Typesetter(month.period, month.payer, has_tiers=month.has_tiers), month.terms)
    for event in month.events:
        if not isinstance(event, Negation | Split):
            yield from setter.lines(event)


class _Setter:
    """Sets the events of one month. Kinds are kept, so that lines of one meter share theirs."""

    def __init__(self, bill: Typesetter, terms: Terms) -> None:
        self._bill = bill
        self._terms = terms
        self._kinds: dict[tuple[LineKind, str], FocusKind] = {}

    def lines(self, event: Event) -> Iterator[FocusLine]:
        line = self._bill.line(event)
        if isinstance(event, Use):
            yield self._use(event, line)
        elif isinstance(event, PlanHour | ReservationMonth):
            yield from self._commitment(event, line)
        elif isinstance(event, Charge):
            yield self._charge(event, line)

    def _use(self, use: Use, line: Line) -> FocusLine:
        value = worth(use, self._terms)
        # The bill does not tell what a covered hour would have cost under the agreement, and AWS takes its list price.
        contracted = use.list_cost if use.cover else value.billed
        committed = None
        if use.cover is not None:
            committed = use.upfront_share + use.commitment_share
            if isinstance(use.cover, Reservation):
                # In hours of the reserved size, as its fee is.
                committed = use.quantity * use.meter.normalization / use.cover.normalization
        kind = self._kind(
            line,
            event=use,
            ChargeCategory="Usage",
            ChargeFrequency="Usage-Based",
            PricingCategory=_PRICING.get(use.paid, "Standard"),
            CommitmentDiscountStatus="Used" if use.cover else "",
        )
        taken = {name: -amount for name, amount in taken_off(use, self._terms).items()}
        costs = (value.billed, value.effective, value.list, contracted)
        return FocusLine(kind, line.span, *costs, use.quantity, use.quantity, committed, taken)

    def _commitment(self, event: PlanHour | ReservationMonth, line: Line) -> Iterator[FocusLine]:
        """The fee is a purchase and no cost of its own; its cost is on what it paid for, and on what nobody used."""
        value, span = worth(event, self._terms), line.span
        if isinstance(event, PlanHour):
            committed, unused = event.plan.commitment, event.plan.commitment - event.used
        else:
            # FOCUS's periods end where the next one starts, not a second earlier as a reservation's fee does.
            committed, unused, span = line.quantity, line.quantity - event.used_hours, event.period.month
        kind = self._kind(line, event=event, ChargeCategory="Purchase", ChargeFrequency="Recurring")
        taken = {name: -amount for name, amount in taken_off(event, self._terms).items()}
        costs = (value.billed, ZERO, line.unblended, value.billed)
        yield FocusLine(kind, span, *costs, line.quantity, None, committed, taken)
        if unused:
            kind = self._kind(
                line,
                event=event,
                ChargeCategory="Usage",
                ChargeFrequency="Usage-Based",
                PricingCategory="Committed",
                CommitmentDiscountStatus="Unused",
            )
            yield FocusLine(kind, span, ZERO, value.effective, ZERO, ZERO, unused, None, unused)

    def _charge(self, charge: Charge, line: Line) -> FocusLine:
        is_purchase = charge.kind in (*_COMMITMENTS, ChargeKind.FEE)
        committed = None
        if charge.kind is ChargeKind.UPFRONT and charge.reservation:
            committed = Decimal(charge.reservation.count * charge.reservation.hours_of_term)
        elif charge.kind is ChargeKind.PLAN_UPFRONT and charge.plan:
            committed = charge.plan.commitment * HOURS_OF_YEAR
        kind = self._kind(line, event=charge, **_words_of(charge))
        effective = worth(charge, self._terms).effective
        costs = (charge.amount, effective, charge.amount, charge.amount)
        return FocusLine(kind, line.span, *costs, ONE if is_purchase else None, None, committed)

    def _kind(self, line: Line, *, event: Event, **words: str) -> FocusKind:
        key = (line.kind, words["ChargeCategory"])
        kind = self._kinds.get(key)
        if kind is None:
            kind = keep(self._kinds, key, FocusKind({**_cells(line.kind, event, words), **words}))
        return kind


def _words_of(charge: Charge) -> dict[str, str]:
    if charge.kind is ChargeKind.TAX:
        return {"ChargeCategory": "Tax", "ChargeFrequency": "One-Time"}
    if charge.kind is ChargeKind.CREDIT:
        return {"ChargeCategory": "Credit", "ChargeFrequency": "One-Time"}
    if charge.kind in _REFUNDS:
        return {"ChargeCategory": "Adjustment", "ChargeClass": "Correction", "ChargeFrequency": "One-Time"}
    often = "One-Time" if charge.kind in _COMMITMENTS else "Recurring"
    return {"ChargeCategory": "Purchase", "ChargeFrequency": often, "PricingCategory": "Standard"}


def _cells(kind: LineKind, event: Event, words: Mapping[str, str]) -> FocusCells:
    cells = {**of_bill_line(kind), **of_commitment(event)}
    if words["ChargeCategory"] in ("Usage", "Purchase"):
        cells |= of_sku(kind)
        if words["ChargeCategory"] == "Purchase" or words.get("CommitmentDiscountStatus") == "Unused":
            # What was bought or left over was not consumed.
            cells["ConsumedUnit"] = ""
    if cells.get("CommitmentDiscountCategory") == "Spend":
        cells["CommitmentDiscountUnit"] = cells["BillingCurrency"]
    if isinstance(event, PlanHour | ReservationMonth):
        cells["PricingUnit"] = cells["CommitmentDiscountUnit"]
    return cells
