"""The ledger: every economic event of the example company, month by month, and the truth about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ingestion.synthetic.events.capacity import capacity_events
from ingestion.synthetic.events.compute import compute_events
from ingestion.synthetic.events.databases import database_events
from ingestion.synthetic.events.fees import fee_events
from ingestion.synthetic.events.model import Event
from ingestion.synthetic.events.network import network_events
from ingestion.synthetic.events.scene import Scene
from ingestion.synthetic.events.services import service_events
from ingestion.synthetic.events.volumes import volume_events
from ingestion.synthetic.periods import Period, next_month
from ingestion.synthetic.planted import idle_and_twins, oversized, rightsizing
from ingestion.synthetic.truth import Truth, period_truth

_KINDS = (compute_events, database_events, volume_events, network_events, service_events, capacity_events)
MOST_MONTHS = 12


@dataclass(frozen=True)
class Month:
    """One billing period and its events, in the order of the bill."""

    period: Period
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Ledger:
    """The months of one company. The same seed and dates give the same ledger, event by event."""

    seed: int
    months: tuple[Month, ...]
    truth: Truth


def build_ledger(first_month: date, months: int, through: date | None, seed: int) -> Ledger:
    """The ledger of `months` months from `first_month` (its first day), USD, UTC.

    `through` is the last day with usage; it lies in the last month and makes it an open month unless it is that
    month's last day. None means whole months. Raises ValueError for dates that do not fit, and for more than twelve
    months: the commitments bought on the first day last one year.
    """
    scenes = [Scene(seed, period, first_month) for period in _periods(first_month, months, through)]
    kept = []
    for scene in scenes:
        events: list[Event] = [event for kind in _KINDS for event in kind(scene)]
        events.extend(fee_events(scene, tuple(events)))
        kept.append(Month(scene.period, tuple(events)))
    idle, twins = idle_and_twins(scenes)
    cheaper, fine = rightsizing(scenes)
    truth = Truth(
        tuple(period_truth(at.period.name, at.period.through, at.period.is_open, at.events) for at in kept),
        *(idle, twins, tuple(cheaper), tuple(fine), oversized(scenes[0])),
    )
    return Ledger(seed, tuple(kept), truth)


def _periods(first_month: date, months: int, through: date | None) -> list[Period]:
    if first_month.day != 1:
        raise ValueError(f"first_month is {first_month}, not the first day of a month")
    if not 1 <= months <= MOST_MONTHS:
        raise ValueError(f"months is {months}, not 1 to {MOST_MONTHS}")
    firsts = [first_month]
    while len(firsts) < months:
        firsts.append(next_month(firsts[-1]))
    whole = [Period(first, Period(first, first).last) for first in firsts]
    if through is None:
        return whole
    if not whole[-1].first <= through <= whole[-1].last:
        raise ValueError(f"through is {through}, which is not in the last month, {whole[-1].name}")
    return [*whole[:-1], Period(firsts[-1], through)]
