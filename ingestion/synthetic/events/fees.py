"""Credits, refunds, support and tax: what is on the bill and is no usage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from ingestion.synthetic.accounts import COMPANY, PAYMENTS, WEB, Account, Payer
from ingestion.synthetic.discounts import NO_TERMS, Terms, discount_key, taken_off
from ingestion.synthetic.events.model import EC2, ZERO, Charge, ChargeKind, Event, PlanHour, ReservationMonth, Use
from ingestion.synthetic.events.scene import Scene
from ingestion.synthetic.periods import HOUR, span
from ingestion.synthetic.regions import VIRGINIA

_CENTS = Decimal("0.01")
_TAX_RATE = Decimal("0.0325")
_SUPPORT_RATE = Decimal("0.07")


def fee_events(scene: Scene, before: Iterable[Event], payer: Payer, terms: Terms = NO_TERMS) -> Iterator[Event]:
    """A payer's charges that are no usage. `before` are the month's other events, on which support and tax depend."""
    if payer is COMPANY:
        yield from _given_back(scene)
    yield from _support_and_tax(scene, before, payer, terms)


def _given_back(scene: Scene) -> Iterator[Event]:
    first_hour = scene.period.hours[0]
    yield Charge(
        *(ChargeKind.CREDIT, WEB, "AmazonEC2", EC2, first_hour, Decimal("-750.00")),
        *("AWS Migration Acceleration promotional credit", VIRGINIA, "BoxUsage:c7g.4xlarge"),
    )
    if scene.period.first == scene.started:
        moment = first_hour.start + 9 * HOUR
        yield Charge(
            *(ChargeKind.REFUND, PAYMENTS, "AmazonRDS", "Amazon Relational Database Service"),
            *(
                span(moment, moment + HOUR),
                Decimal("-184.37"),
                "Refund for Multi-AZ failover, service credit",
                VIRGINIA,
            ),
            "Multi-AZUsage:db.r6g.2xl",
        )


def _support_and_tax(scene: Scene, before: Iterable[Event], payer: Payer, terms: Terms) -> Iterator[Event]:
    taxable = _invoiced(before, terms)
    if not scene.period.is_open:
        # AWS works out support when the month is over; an open month has none yet.
        fee = (sum(taxable.values(), ZERO) * _SUPPORT_RATE).quantize(_CENTS)
        yield Charge(
            *(ChargeKind.FEE, payer.account, "AWSSupportBusiness", "AWS Support (Business)", scene.period.month, fee),
            "7% of monthly AWS usage - AWS Support (Business)",
        )
    for (account, code, service), amount in taxable.items():
        tax = (amount * _TAX_RATE).quantize(_CENTS)
        if tax:
            words = f"Tax for product code {code}"
            yield Charge(ChargeKind.TAX, account, code, service, scene.period.month, tax, words)


def _invoiced(events: Iterable[Event], terms: Terms) -> dict[tuple[Account, str, str], Decimal]:
    sums: dict[tuple[Account, str, str], Decimal] = defaultdict(Decimal)
    for event in events:
        if isinstance(event, Use) and event.cash:
            sums[event.meter.account, event.meter.product_code, event.meter.service_name] += event.cash
        elif isinstance(event, PlanHour):
            plan = event.plan
            sums[plan.account, plan.product_code, plan.service_name] += plan.recurring
        elif isinstance(event, ReservationMonth):
            bought = event.reservation
            hours = bought.count * event.period.hours_in_month
            sums[bought.account, "AmazonEC2", EC2] += hours * bought.recurring_per_hour
        for name, amount in taken_off(event, terms).items():
            key = discount_key(event, name)
            sums[key.account, key.product_code, key.service_name] -= amount
    return sums
