"""All lines of a month's bill: its events, and its negotiated discounts in one of the two ways AWS shows them.

Either each discount is a line of its own (the payer's setting INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY), or every line has
its net amount beside the gross one, and a map of what was taken off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_DOWN, Decimal

from ingestion.synthetic.discounts import BUNDLED, EDP, PRIVATE, DiscountKey, DiscountSums, Terms, net_share, taken_off
from ingestion.synthetic.events.model import (
    ONE,
    ZERO,
    Charge,
    ChargeKind,
    Event,
    PlanHour,
    Reservation,
    ReservationMonth,
    Split,
    Use,
)
from ingestion.synthetic.ledger import Month
from ingestion.synthetic.lines import Line, Typesetter

_TEN_DECIMALS = Decimal("0.0000000001")
_LINES = {
    EDP: (ChargeKind.EDP, "Enterprise Program Discount"),
    PRIVATE: (ChargeKind.PRIVATE_RATE, "Private Rate Discount"),
    BUNDLED: (ChargeKind.BUNDLED, "Bundled Discount"),
}


def month_lines(month: Month, *, net_columns: bool) -> Iterator[Line]:
    """The lines of a month, in the order of the bill. Without negotiated discounts `net_columns` changes nothing."""
    typesetter, terms = Typesetter(month.period, month.payer, has_tiers=month.has_tiers), month.terms
    if terms.are_none:
        yield from map(typesetter.line, month.events)
    elif net_columns:
        yield from (_with_net(typesetter.line(event), event, terms) for event in month.events)
    else:
        sums = DiscountSums()
        for event in month.events:
            yield from map(typesetter.line, _discount_lines(sums.add(event, taken_off(event, terms))))
            yield typesetter.line(event)
        yield from map(typesetter.line, _discount_lines(sums.rest()))


def _discount_lines(sums: Mapping[DiscountKey, Decimal]) -> Iterator[Charge]:
    for key, amount in sums.items():
        kind, words = _LINES[key.name]
        yield Charge(kind, key.account, key.product_code, key.service_name, key.span, -amount, words, key.region)


def _with_net(line: Line, event: Event, terms: Terms) -> Line:
    """The line with its net columns. Amounts taken off are negative there."""
    taken = {name: -amount for name, amount in taken_off(event, terms).items()}
    total = sum(taken.values(), ZERO)
    numbers = {**line.numbers, "line_item_net_unblended_cost": line.unblended + total, **_net_terms(event, terms)}
    if taken:
        numbers["discount_total_discount"] = total
    if BUNDLED in taken:
        numbers["discount_bundled_discount"] = taken.pop(BUNDLED)
    return line._replace(numbers=numbers, discounts=taken)


def _net_terms(event: Event, terms: Terms) -> dict[str, Decimal]:
    """What a commitment lends and what of it is unused, after discounts. Nothing is taken off advance payments."""
    if isinstance(event, Use) and event.cover is not None:
        lent = event.commitment_share * net_share(event.cover, terms)
        if not isinstance(event.cover, Reservation):
            return {"savings_plan_net_savings_plan_effective_cost": lent}
        return {
            "reservation_net_amortized_upfront_cost_for_usage": event.upfront_share,
            "reservation_net_recurring_fee_for_usage": lent,
            "reservation_net_effective_cost": event.upfront_share + lent,
        }
    if isinstance(event, Split):
        share = net_share(event.cover, terms) if event.cover else ONE - terms.edp
        parts = {"split": event.split_cost, "unused": event.unused_cost}
        # Rounded down, so that containers never have more than their host.
        return {
            f"split_line_item_net_{name}_cost": (cost * share).quantize(_TEN_DECIMALS, ROUND_DOWN)
            for name, cost in parts.items()
        }
    if isinstance(event, PlanHour):
        return {
            "savings_plan_net_recurring_commitment_for_billing_period": event.plan.recurring * (1 - terms.edp),
            "savings_plan_net_amortized_upfront_commitment_for_billing_period": event.plan.upfront_per_hour,
        }
    if isinstance(event, ReservationMonth):
        bought = event.reservation
        hours = Decimal(bought.count * event.period.hours_in_month)
        unused = hours - event.used_hours
        return {
            "reservation_net_amortized_upfront_fee_for_billing_period": hours * bought.upfront_per_hour,
            "reservation_net_unused_amortized_upfront_fee_for_billing_period": unused * bought.upfront_per_hour,
            "reservation_net_unused_recurring_fee": unused * bought.recurring_per_hour * net_share(bought, terms),
            "reservation_net_upfront_value": bought.upfront_value,
        }
    return {}
