"""What few companies have all at once: more kinds of commitment, a marketplace product, containers, a resized machine.

All of it is small, and a commitment lies where no usage of its kind pays on-demand prices while a part of it is unused.
The ledger has it only when it is asked to be wide.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from ingestion.synthetic.accounts import PLATFORM_TEAM, REPORTS, SHARED, TOOLS, Account
from ingestion.synthetic.events.commitments import plan_charge, plan_hour, reservation_events, reserved, term
from ingestion.synthetic.events.containers import container_events
from ingestion.synthetic.events.flexible import flexible_events
from ingestion.synthetic.events.instances import Instance, instance_meter, size_factor
from ingestion.synthetic.events.late import late_events
from ingestion.synthetic.events.model import (
    HOURS_OF_YEAR,
    ONE,
    ZERO,
    ChargeKind,
    Event,
    Meter,
    Paid,
    Reservation,
    SavingsPlan,
    Use,
    used,
)
from ingestion.synthetic.events.plans import plan_events
from ingestion.synthetic.events.reservations import reservation_kinds
from ingestion.synthetic.events.scene import Scene, arn
from ingestion.synthetic.periods import is_working_hour
from ingestion.synthetic.regions import VIRGINIA

RESIZED_AFTER = timedelta(days=14)
# Its tags are in capitals: to AWS other tags than everybody's, which only FOCUS shows.
RESIZED = Instance("shared-resized", SHARED, VIRGINIA, "m5.xlarge", replace(PLATFORM_TEAM, in_capitals=True))

_RESERVED = tuple(Instance(f"shared-reserved-{at}", REPORTS, VIRGINIA, "m7g.large", paid=Paid.RESERVED) for at in "12")
_PLANNED = tuple(Instance(f"shared-planned-{at}", TOOLS, VIRGINIA, "m7g.xlarge", paid=Paid.PLANNED) for at in "12")
_PLAN_RATE = Decimal("0.11200")
_SEARCH = "Example Search Cloud"


def wide_events(scene: Scene) -> Iterator[Event]:
    """The month's events of a wide ledger, beside those of every ledger."""
    yield from _all_upfront(scene)
    yield from flexible_events(scene)
    yield from reservation_kinds(scene)
    yield from _instance_plan(scene)
    yield from plan_events(scene)
    yield from _returned_plan(scene)
    yield from _marketplace(scene)
    yield from container_events(scene)
    yield from late_events(scene)
    yield from _resized(scene)


def _is_first(scene: Scene) -> bool:
    return scene.period.first == scene.started


def _all_upfront(scene: Scene) -> Iterator[Event]:
    """Two reservations that were paid at once: their monthly fee is zero, and what nobody used of them is not."""
    start, end = term(scene)
    bought = Reservation(
        arn=arn("ec2", VIRGINIA, REPORTS, f"reserved-instances/{scene.uuid('all upfront')}"),
        account=REPORTS,
        region=VIRGINIA,
        instance_type="m7g.large",
        count=2,
        start=start,
        end=end,
        upfront_per_hour=Decimal("0.05"),
        recurring_per_hour=ZERO,
        upfront_value=Decimal(2 * 438),
        normalization=size_factor("m7g.large"),
        payment="All Upfront",
    )
    count = 0
    for instance in _RESERVED:
        meter = instance_meter(instance, scene)
        # The second one sleeps at night, so that part of the reservation is for nothing.
        for hour in scene.period.hours:
            if instance is _RESERVED[0] or is_working_hour(hour.start):
                count += 1
                yield reserved(meter, hour, bought)
    yield from reservation_events(scene, bought, Decimal(count))


def _instance_plan(scene: Scene) -> Iterator[Event]:
    """An EC2 instance plan of 0.20 an hour, half of it paid upfront; at night a part of it is unused."""
    half = Decimal("0.10")
    start, end = term(scene)
    bought = SavingsPlan(_plan_arn(scene, TOOLS, "instance plan"), TOOLS, 2 * half, start, end)
    bought = replace(bought, payment="Partial Upfront", upfront_per_hour=half, family="m7g", region=VIRGINIA)
    if _is_first(scene):
        yield plan_charge(scene, bought, ChargeKind.PLAN_UPFRONT, half * HOURS_OF_YEAR)
    meters = [instance_meter(at, scene) for at in _PLANNED]
    for hour in scene.period.hours:
        running = meters if is_working_hour(hour.start) else meters[:1]
        yield from plan_hour(bought, hour, [(meter, ONE, _PLAN_RATE) for meter in running])


def _returned_plan(scene: Scene) -> Iterator[Event]:
    """A compute plan bought by mistake, paid upfront and returned within the day: no hour of it was ever billed."""
    if not _is_first(scene):
        return
    fee = Decimal("876.00")
    each = fee / HOURS_OF_YEAR
    start, end = term(scene)
    bought = SavingsPlan(_plan_arn(scene, SHARED, "returned plan"), SHARED, each, start, end, "All Upfront", each)
    yield plan_charge(scene, bought, ChargeKind.PLAN_UPFRONT, fee)
    yield plan_charge(scene, bought, ChargeKind.PLAN_REFUND, -fee)


def _plan_arn(scene: Scene, account: Account, name: str) -> str:
    return f"arn:aws:savingsplans::{account.id}:savingsplan/{scene.uuid(name)}"


def _marketplace(scene: Scene) -> Iterator[Event]:
    """A search service that a third party sells by the hour: AWS has no public price of it."""
    meter = Meter(
        *(SHARED, VIRGINIA, "8examplesearchcloud12345", _SEARCH, "MP:SearchUnit-Hours", "Hourly", "Units"),
        "AWS Marketplace hourly software usage|us-east-1|search unit",
        Decimal("0.07"),
        arn("aws-marketplace", VIRGINIA, SHARED, "search/main"),
        seller="Example Search Inc.",
    )
    for hour in scene.period.hours:
        yield Use(meter, hour, ONE, ZERO, meter.price, Paid.ON_DEMAND)


def _resized(scene: Scene) -> Iterator[Event]:
    """One instance that became a smaller one of a newer family on the ledger's fifteenth day."""
    before = instance_meter(RESIZED, scene)
    after = instance_meter(replace(RESIZED, type="m7g.large"), scene)
    for hour in scene.period.hours:
        yield used(after if hour.start.date() >= scene.started + RESIZED_AFTER else before, hour, ONE)
