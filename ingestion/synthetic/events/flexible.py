"""Reservations of a region that cover any size of their family, by normalized units: two mediums are one large.

An hour that is covered in part is two lines on the bill: a part of it discounted, the rest on demand.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ingestion.synthetic.accounts import ANALYTICS_TEAM, REPORTS
from ingestion.synthetic.events.commitments import reservation_events, reserved, term
from ingestion.synthetic.events.instances import Instance, instance_meter, size_factor
from ingestion.synthetic.events.model import HOURS_OF_YEAR, ONE, ZERO, Event, Reservation, used
from ingestion.synthetic.events.scene import Scene, arn
from ingestion.synthetic.periods import is_working_hour
from ingestion.synthetic.regions import IRELAND, VIRGINIA, Region


def _machine(name: str, region: Region, kind: str, *, sleeps: bool = False) -> Instance:
    if sleeps:
        return Instance(name, REPORTS, region, kind, ANALYTICS_TEAM, runs=is_working_hour)
    return Instance(name, REPORTS, region, kind, ANALYTICS_TEAM)


# Two reserved larges cover two mediums and, by day, half of an xlarge. At night a large of them is for nothing.
_IN_VIRGINIA = (
    _machine("reports-1", VIRGINIA, "m7g.medium"),
    _machine("reports-2", VIRGINIA, "m7g.medium"),
    _machine("reports-3", VIRGINIA, "m7g.xlarge", sleeps=True),
)
# One reserved xlarge covers two larges, of which one sleeps at night.
_IN_IRELAND = (
    _machine("reports-eu-1", IRELAND, "m7g.large"),
    _machine("reports-eu-2", IRELAND, "m7g.large", sleeps=True),
)


def flexible_events(scene: Scene) -> Iterator[Event]:
    """What both reservations cost in the month, and what they paid for, the smallest machine first."""
    start, end = term(scene)
    for region, kind, count, upfront, recurring, payment, machines in (
        (VIRGINIA, "m7g.large", 2, Decimal("0.024"), Decimal("0.026"), "Partial Upfront", _IN_VIRGINIA),
        (IRELAND, "m7g.xlarge", 1, ZERO, Decimal("0.1184"), "No Upfront", _IN_IRELAND),
    ):
        bought = Reservation(
            arn("ec2", region, REPORTS, f"reserved-instances/{scene.uuid(f'flexible {region.code}')}"),
            *(REPORTS, region, kind, count, start, end, upfront, recurring),
            *(count * HOURS_OF_YEAR * upfront, size_factor(kind), payment),
        )
        yield from _covered(scene, bought, machines)


def _covered(scene: Scene, bought: Reservation, machines: tuple[Instance, ...]) -> Iterator[Event]:
    meters = [(at, instance_meter(at, scene)) for at in machines]
    lent = ZERO
    for hour in scene.period.hours:
        left = bought.count * bought.normalization
        for machine, meter in meters:
            if not machine.runs(hour.start):
                continue
            part = min(ONE, left / meter.normalization)
            left -= part * meter.normalization
            if part:
                yield reserved(meter, hour, bought, part)
            if part < ONE:
                yield used(meter, hour, ONE - part)
        lent += bought.count * bought.normalization - left
    yield from reservation_events(scene, bought, lent / bought.normalization)
