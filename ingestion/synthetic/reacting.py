"""Bills that react: what was deleted on a day costs nothing after it, and what was left behind begins to cost.

What became another kind of volume costs what that costs, and what was stopped nothing until it is started.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from ingestion.synthetic.events.model import ZERO, Event, Meter, Use, quantity, used
from ingestion.synthetic.events.scene import Scene
from ingestion.synthetic.events.volumes import Volume, snapshot_meter, volume_meters
from ingestion.synthetic.ledger import Events, Month
from ingestion.synthetic.periods import Period


@dataclass(frozen=True)
class LeftBehind:
    """A snapshot of a volume, billed by the day after `since`: `gib` of it."""

    snapshot_id: str
    volume_id: str
    since: date
    gib: int


@dataclass(frozen=True)
class Changes:
    """What happened to resources, by their names on the bill; days and moments are UTC.

    `gone` are those that were gone after a day, `left` what was left behind, `became` those that were another volume
    after a day, `stopped` the spans in which machines stood still.
    """

    gone: Mapping[str, date] = field(default_factory=dict)
    left: Sequence[LeftBehind] = ()
    became: Mapping[str, tuple[date, Volume]] = field(default_factory=dict)
    stopped: Mapping[str, Sequence[tuple[datetime, datetime]]] = field(default_factory=dict)


def of_resources(month: Month, resource_ids: Iterable[str]) -> Month:
    """A month with nothing on its bill but what these resources used."""
    wanted = frozenset(resource_ids)
    return replace(month, events=Events(partial(_of, month.events, wanted)))


def reacting(month: Month, changes: Changes, scene: Scene) -> Month:
    """A month as the bill tells it after these changes."""
    return replace(month, events=Events(partial(_reacting, month, changes, scene)))


def with_snapshots(month: Month, meters: Sequence[Meter], gib: int) -> Month:
    """A month in which each of these snapshots holds so much all the time."""
    return replace(month, events=Events(partial(_with_snapshots, month, tuple(meters), gib)))


def cost_of(months: Iterable[Month], resource_id: str, first: date, last: date) -> Decimal:
    """What the uses of a resource cost on the days from first to last, USD, as they are in these months."""
    return sum(
        (
            event.cash
            for month in months
            for event in month.events
            if isinstance(event, Use)
            and event.meter.resource_id == resource_id
            and first <= event.span.start.date() <= last
        ),
        ZERO,
    )


def _of(events: Iterable[Event], wanted: frozenset[str]) -> Iterator[Event]:
    return (event for event in events if isinstance(event, Use) and event.meter.resource_id in wanted)


def _with_snapshots(month: Month, meters: Sequence[Meter], gib: int) -> Iterator[Event]:
    yield from month.events
    for meter in meters:
        for day in month.period.days:
            yield used(meter, day, quantity(gib / month.period.days_in_month))


def _reacting(month: Month, changes: Changes, scene: Scene) -> Iterator[Event]:
    for event in month.events:
        if not isinstance(event, Use):
            yield event
            continue
        ended = changes.gone.get(event.meter.resource_id)
        since, volume = changes.became.get(event.meter.resource_id, (date.max, None))
        spans = changes.stopped.get(event.meter.resource_id, ())
        if volume and event.span.start.date() > since:
            if event.meter.unit == "GB-Mo":
                yield from _uses(volume, event, scene)
        elif (ended is None or event.span.start.date() <= ended) and not any(
            begin <= event.span.start < end for begin, end in spans
        ):
            yield event
        for one in changes.left:
            if event.meter.resource_id == one.volume_id and event.meter.unit == "GB-Mo":
                yield from _kept(event, one, month.period)


def _uses(volume: Volume, event: Use, scene: Scene) -> Iterator[Event]:
    for meter, size in volume_meters(volume, scene):
        yield used(meter, event.span, quantity(size / scene.period.days_in_month))


def _kept(event: Use, one: LeftBehind, period: Period) -> Iterator[Event]:
    if event.span.start.date() > one.since:
        at = event.meter
        meter = snapshot_meter(at.account, at.region, at.tags, one.snapshot_id)
        yield used(meter, event.span, quantity(one.gib / period.days_in_month))
