"""The reservation and the savings plan: who bought them, what they lend to which use, and what of them nobody used.

The company has switched off the sharing of commitments between accounts, so each serves its own account only; else a
plan could not be partly unused while another account pays on-demand prices in the same hour.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from ingestion.synthetic.accounts import ANALYTICS, WEB
from ingestion.synthetic.events.instances import size_factor
from ingestion.synthetic.events.model import (
    HOURS_OF_YEAR,
    ONE,
    ZERO,
    Charge,
    ChargeKind,
    Event,
    Meter,
    Negation,
    Paid,
    PlanHour,
    Reservation,
    ReservationMonth,
    SavingsPlan,
    Use,
    ten_decimals,
)
from ingestion.synthetic.events.scene import Scene, arn
from ingestion.synthetic.periods import HOUR, Span, span
from ingestion.synthetic.regions import VIRGINIA

_COMMITMENT = Decimal("2.40")
_UPFRONT_OF_ONE = Decimal("591")
_RECURRING = Decimal("0.0675")


def reservation(scene: Scene) -> Reservation:
    """Three r7g.xlarge, paid partly upfront on the ledger's first day."""
    start, end = reserved_from(scene)
    return Reservation(
        arn=arn("ec2", VIRGINIA, ANALYTICS, f"reserved-instances/{scene.uuid('reservation')}"),
        account=ANALYTICS,
        region=VIRGINIA,
        instance_type="r7g.xlarge",
        count=3,
        start=start,
        end=end,
        upfront_per_hour=ten_decimals(_UPFRONT_OF_ONE / HOURS_OF_YEAR),
        recurring_per_hour=_RECURRING,
        upfront_value=3 * _UPFRONT_OF_ONE,
        normalization=size_factor("r7g.xlarge"),
    )


def plan(scene: Scene) -> SavingsPlan:
    """A compute savings plan of 2.40 USD per hour, bought on the ledger's first day."""
    start = scene.started
    return SavingsPlan(
        arn=f"arn:aws:savingsplans::{WEB.id}:savingsplan/{scene.uuid('plan')}",
        account=WEB,
        commitment=_COMMITMENT,
        start=f"{start:%Y-%m-%d}T00:00:00.000Z",
        end=f"{start.replace(year=start.year + 1):%Y-%m-%d}T00:00:00.000Z",
    )


def reserved(meter: Meter, hour: Span, by: Reservation, part: Decimal = ONE) -> Use:
    """An instance-hour, or a part of one, that the reservation pays for: by size, as far as a family is flexible."""
    lent = part * meter.normalization / by.normalization
    fees = lent * by.upfront_per_hour, lent * by.recurring_per_hour
    return Use(meter, hour, part, part * meter.price, ZERO, Paid.RESERVED, by, *fees)


def term(scene: Scene) -> tuple[str, str]:
    """Start and end of what was bought for a year on the ledger's first day, as the bill writes them."""
    start = scene.started
    return f"{start:%Y-%m-%d}T00:00:00.000Z", f"{start.replace(year=start.year + 1):%Y-%m-%d}T00:00:00.000Z"


def reserved_from(scene: Scene, years: int = 1) -> tuple[str, str]:
    """Start and end of a reservation that was bought on the ledger's first day, as the bill writes them."""
    start = scene.started
    return f"{start:%Y-%m-%d}T00:00:01.000Z", f"{start.replace(year=start.year + years):%Y-%m-%d}T00:00:00.000Z"


def reservation_events(scene: Scene, bought: Reservation, used_hours: Decimal) -> Iterator[Event]:
    """The purchase, in the first month, if anything was paid for it, and the month's fee.

    `used_hours` are those of the reserved size that were covered to date.
    """
    if scene.period.first == scene.started and bought.upfront_value:
        moment = scene.period.hours[0].start
        kind = f"{bought.instance_type} {bought.platform}, {bought.years} year {bought.payment}"
        yield Charge(
            *(ChargeKind.UPFRONT, bought.account, bought.product_code, bought.service_name),
            *(span(moment, moment + HOUR), bought.upfront_value, f"Sign up charge for subscription: {kind}"),
            *(bought.region, bought.usage_type, bought),
        )
    yield ReservationMonth(bought, scene.period, used_hours)


def plan_charge(scene: Scene, bought: SavingsPlan, kind: ChargeKind, amount: Decimal) -> Charge:
    """The advance payment of a plan in the month's first hour, or its refund (a negative amount)."""
    words = "Refund for one" if kind is ChargeKind.PLAN_REFUND else "One"
    words += f"-time fee for Savings Plan ID : {bought.arn.rpartition('/')[2]}"
    moment = scene.period.hours[0].start
    return Charge(
        *(kind, bought.account, bought.product_code, bought.service_name, span(moment, moment + HOUR)),
        *(amount, words),
        plan=bought,
    )


def plan_hour(by: SavingsPlan, hour: Span, eligible: Iterable[tuple[Meter, Decimal, Decimal]]) -> Iterator[Event]:
    """What the plan pays in one hour. `eligible` are (meter, quantity, price under the plan), best discount first.

    Where the commitment runs out, one use is split: its covered part at the plan's price, the rest on demand.
    """
    left = by.commitment
    taken_back: dict[tuple[str, str, str], list[Use]] = {}
    for meter, amount, rate in eligible:
        due = ten_decimals(amount * rate)
        lent = min(due, left)
        covered = amount if lent == due else ten_decimals(lent / rate)
        if lent:
            use = Use(
                meter, hour, covered, ten_decimals(covered * meter.price), ZERO, Paid.PLANNED, by, ZERO, lent, rate
            )
            taken_back.setdefault((meter.account.id, meter.usage_type, meter.zone), []).append(use)
            left -= lent
            yield use
        if covered < amount:
            cost = ten_decimals((amount - covered) * meter.price)
            yield Use(meter, hour, amount - covered, cost, cost, Paid.ON_DEMAND)
    for uses in taken_back.values():
        yield Negation(
            by,
            uses[0].meter,
            hour,
            sum((use.quantity for use in uses), ZERO),
            sum((use.list_cost for use in uses), ZERO),
        )
    yield PlanHour(by, hour, by.commitment - left)
