"""What a payer has negotiated, and what that takes off each event.

An enterprise discount is taken off what is invoiced for usage and for the hours of commitments, after private rates.
Advance payments were made before the agreement; support, credits, tax and what others sell are not part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from ingestion.synthetic.accounts import Account, copy_of
from ingestion.synthetic.events.model import (
    ONE,
    ZERO,
    Event,
    PlanHour,
    Reservation,
    ReservationMonth,
    SavingsPlan,
    Use,
    ten_decimals,
)
from ingestion.synthetic.periods import DAY, Span, midnight, span
from ingestion.synthetic.regions import Region

EDP, PRIVATE, BUNDLED = "edp_discount", "private_rate_discount", "bundled_discount"


@dataclass(frozen=True)
class Terms:
    """Shares of a price: `edp` off everything, `private` by product code; what is `bundled` (usage types) is free."""

    edp: Decimal = ZERO
    private: Mapping[str, Decimal] = field(default_factory=dict)
    bundled: frozenset[str] = frozenset()

    @property
    def are_none(self) -> bool:
        """Whether nothing was negotiated."""
        return not (self.edp or self.private or self.bundled)


NO_TERMS = Terms()
# Requests to the firewall are part of a protection that the company pays for elsewhere.
AGREEMENT = Terms(Decimal("0.06"), {"AmazonCloudFront": Decimal("0.20")}, frozenset({"USE1-RequestV2-Tier1"}))


def taken_off(event: Event, terms: Terms) -> dict[str, Decimal]:
    """What each discount takes off the invoice for an event: positive USD, by the discount's name in CUR 2.0."""
    if isinstance(event, PlanHour):
        amounts = {EDP: event.plan.recurring * terms.edp}
    elif isinstance(event, ReservationMonth):
        hours = event.reservation.count * event.period.hours_in_month
        amounts = {EDP: hours * event.reservation.recurring_per_hour * terms.edp}
    elif not isinstance(event, Use) or event.meter.seller or not event.cash:
        return {}
    elif event.meter.usage_type in terms.bundled:
        amounts = {BUNDLED: event.cash}
    else:
        private = ten_decimals(event.cash * terms.private.get(event.meter.product_code, ZERO))
        amounts = {PRIVATE: private, EDP: ten_decimals((event.cash - private) * terms.edp)}
    return {name: amount for name, amount in amounts.items() if amount}


def net_share(of: Reservation | SavingsPlan, terms: Terms) -> Decimal:
    """Of what a commitment lends without its advance payment, the share that is left to pay."""
    if isinstance(of, Reservation):
        return ONE - terms.edp
    return ONE - terms.edp * of.recurring / of.commitment


class DiscountKey(NamedTuple):
    """What one line takes a discount off: everything of a service, an account and a region on a day or in a month."""

    name: str
    account: Account
    product_code: str
    service_name: str
    region: Region | None
    span: Span


def discount_key(event: Event, name: str) -> DiscountKey:
    """The line that a discount of an event is part of, where discounts are lines."""
    if isinstance(event, PlanHour):
        plan = event.plan
        return DiscountKey(name, plan.account, plan.product_code, plan.service_name, None, _day_of(event.span))
    if isinstance(event, ReservationMonth):
        bought = event.reservation
        sold = (bought.product_code, bought.service_name, bought.region)
        return DiscountKey(name, bought.account, *sold, event.period.month)
    if not isinstance(event, Use):
        raise TypeError(f"nothing is taken off {event}")
    meter = event.meter
    day = _day_of(event.span)
    return DiscountKey(name, meter.account, meter.product_code, meter.service_name, meter.region, day)


class DiscountSums:
    """What is taken off by each line of discounts.

    A bill tells one copy of the company after the other, and none of them shares a line of discounts with another: what
    is known of one is given away when the next begins, so that memory does not grow with their number.
    """

    def __init__(self) -> None:
        self._copy = 0
        self._sums: dict[DiscountKey, Decimal] = {}

    def add(self, event: Event, taken: Mapping[str, Decimal]) -> dict[DiscountKey, Decimal]:
        """Count what is `taken_off` an event. Returns the lines of the copy before where this is the next one's."""
        whole: dict[DiscountKey, Decimal] = {}
        for name, amount in taken.items():
            key = discount_key(event, name)
            if copy_of(key.account) != self._copy:
                self._copy, whole = copy_of(key.account), self.rest()
            self._sums[key] = self._sums.get(key, ZERO) + amount
        return whole

    def rest(self) -> dict[DiscountKey, Decimal]:
        """The lines of the copy that was added last."""
        rest, self._sums = self._sums, {}
        return rest


@cache
def _day(of: date) -> Span:
    start = midnight(of)
    return span(start, start + DAY)


def _day_of(moment: Span) -> Span:
    return _day(moment.start.date())
