"""Bills that react: what was deleted on a day costs nothing after it, and what was left behind begins to cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial

from ingestion.synthetic.events.model import ZERO, Event, Use, quantity, used
from ingestion.synthetic.events.volumes import snapshot_meter
from ingestion.synthetic.ledger import Events, Month
from ingestion.synthetic.periods import Period


@dataclass(frozen=True)
class LeftBehind:
    """A snapshot of a volume, billed by the day after `since`: `gib` of it."""

    snapshot_id: str
    volume_id: str
    since: date
    gib: int


def of_resources(month: Month, resource_ids: Iterable[str]) -> Month:
    """A month with nothing on its bill but what these resources used."""
    wanted = frozenset(resource_ids)
    return replace(month, events=Events(partial(_of, month.events, wanted)))


def reacting(month: Month, gone: Mapping[str, date], left: Sequence[LeftBehind] = ()) -> Month:
    """A month as the bill tells it when resources were gone after a day (UTC), by their names on the bill."""
    return replace(month, events=Events(partial(_reacting, month, gone, tuple(left))))


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


def _reacting(month: Month, gone: Mapping[str, date], left: Sequence[LeftBehind]) -> Iterator[Event]:
    for event in month.events:
        if not isinstance(event, Use):
            yield event
            continue
        ended = gone.get(event.meter.resource_id)
        if ended is None or event.span.start.date() <= ended:
            yield event
        for one in left:
            if event.meter.resource_id == one.volume_id and event.meter.unit == "GB-Mo":
                yield from _kept(event, one, month.period)


def _kept(event: Use, one: LeftBehind, period: Period) -> Iterator[Event]:
    if event.span.start.date() > one.since:
        at = event.meter
        meter = snapshot_meter(at.account, at.region, at.tags, one.snapshot_id)
        yield used(meter, event.span, quantity(one.gib / period.days_in_month))
