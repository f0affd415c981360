"""Credits, refunds, support and tax: what is on the bill and is no usage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from ingestion.synthetic.accounts import PAYMENTS, WEB, Account, Payer
from ingestion.synthetic.discounts import NO_TERMS, Terms, discount_key, taken_off
from ingestion.synthetic.events.model import EC2, Charge, ChargeKind, Event, PlanHour, ReservationMonth, Use
from ingestion.synthetic.events.scene import Scene
from ingestion.synthetic.periods import HOUR, span
from ingestion.synthetic.regions import VIRGINIA

_CENTS = Decimal("0.01")
_TAX_RATE = Decimal("0.0325")
_SUPPORT_RATE = Decimal("0.07")


# What was invoiced, by account, product code and service.
Taxable = defaultdict[tuple[Account, str, str], Decimal]


def given_back(scene: Scene) -> Iterator[Event]:
    """A credit of every month, and a refund in the first."""
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


def support(scene: Scene, invoiced: Decimal, payer: Payer) -> Iterator[Event]:
    """The support fee of a payer that was invoiced so much. An open month has none yet: AWS works it out afterwards."""
    if not scene.period.is_open:
        fee = (invoiced * _SUPPORT_RATE).quantize(_CENTS)
        yield Charge(
            *(ChargeKind.FEE, payer.account, "AWSSupportBusiness", "AWS Support (Business)", scene.period.month, fee),
            "7% of monthly AWS usage - AWS Support (Business)",
        )


def taxes(scene: Scene, taxable: Taxable) -> Iterator[Event]:
    """The tax on what was invoiced, by account and product."""
    for (account, code, service), amount in taxable.items():
        tax = (amount * _TAX_RATE).quantize(_CENTS)
        if tax:
            words = f"Tax for product code {code}"
            yield Charge(ChargeKind.TAX, account, code, service, scene.period.month, tax, words)


def add_invoiced(sums: Taxable, events: Iterable[Event], terms: Terms = NO_TERMS) -> None:
    """Add what is invoiced for events, by account and product, net of negotiated discounts."""
    for event in events:
        if isinstance(event, Use) and event.cash:
            sums[event.meter.account, event.meter.product_code, event.meter.service_name] += event.cash
        elif isinstance(event, PlanHour):
            plan = event.plan
            sums[plan.account, plan.product_code, plan.service_name] += plan.recurring
        elif isinstance(event, ReservationMonth):
            bought = event.reservation
            hours = bought.count * event.period.hours_in_month
            sums[bought.account, bought.product_code, bought.service_name] += hours * bought.recurring_per_hour
        for name, amount in taken_off(event, terms).items():
            key = discount_key(event, name)
            sums[key.account, key.product_code, key.service_name] -= amount
