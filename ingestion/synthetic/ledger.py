"""The ledger: every economic event of the example company, month by month, and the truth about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ingestion.synthetic.accounts import COMPANY, Payer
from ingestion.synthetic.discounts import NO_TERMS, Terms
from ingestion.synthetic.events.capacity import capacity_events
from ingestion.synthetic.events.compute import compute_events
from ingestion.synthetic.events.databases import database_events
from ingestion.synthetic.events.fees import fee_events
from ingestion.synthetic.events.model import Event
from ingestion.synthetic.events.network import network_events
from ingestion.synthetic.events.payers import JOINED, PAYERS, Kind
from ingestion.synthetic.events.scene import Scene
from ingestion.synthetic.events.services import service_events
from ingestion.synthetic.events.volumes import volume_events
from ingestion.synthetic.events.wide import wide_events
from ingestion.synthetic.periods import Period, next_month
from ingestion.synthetic.planted import idle_and_twins, oversized, resized, rightsizing, went_idle
from ingestion.synthetic.truth import Truth, period_truth

_KINDS = (compute_events, database_events, volume_events, network_events, service_events, capacity_events)
MOST_MONTHS = 12


@dataclass(frozen=True)
class Month:
    """One payer's billing period and its events, in the order of the bill: each is a bill of its own.

    `terms` are what the payer has negotiated; with `has_tiers` the cost category `tier` is defined by now.
    """

    period: Period
    events: tuple[Event, ...]
    payer: Payer = COMPANY
    terms: Terms = NO_TERMS
    has_tiers: bool = False


@dataclass(frozen=True)
class Ledger:
    """The months of a company's payers, by month. The same seed and dates give the same ledger, event by event.

    `delivered_on` is the UTC day on which AWS delivers it, where that is not the one that follows from its last usage.
    """

    seed: int
    months: tuple[Month, ...]
    truth: Truth
    delivered_on: date | None = None


def build_ledger(
    first_month: date,
    months: int,
    through: date | None,
    seed: int,
    *,
    wide: bool = False,
    payers: int = 1,
    terms: Terms = NO_TERMS,
) -> Ledger:
    """The ledger of `months` months from `first_month` (its first day), UTC; USD but for the third payer.

    `through` is the last day with usage; it lies in the last month and makes it an open month unless it is that
    month's last day. None means whole months. Raises ValueError for dates that do not fit, and for more than twelve
    months: the commitments bought on the first day last one year. `wide` adds what few companies have, see
    `events/wide.py`. `payers` is 1 to 3, see `events/payers.py`. `terms` are what the first payer has negotiated.
    """
    if not 1 <= payers <= len(PAYERS):
        raise ValueError(f"payers is {payers}, not 1 to {len(PAYERS)}")
    scenes = [Scene(seed, period, first_month) for period in _periods(first_month, months, through)]
    kept = [
        _month(scene, payer, _kinds(payer, wide, payers), terms if payer is COMPANY else NO_TERMS, wide=wide)
        for scene in scenes
        for payer in PAYERS[:payers]
    ]
    idle, twins = idle_and_twins(scenes)
    idle = (*idle, *(went_idle(scenes) if wide else ()))
    cheaper, fine = rightsizing(scenes)
    truth = Truth(
        tuple(period_truth(at.period, at.events, at.terms, at.payer) for at in kept),
        *(idle, twins, tuple(cheaper), (*fine, *(resized(scenes) if wide else ())), oversized(scenes[0])),
    )
    return Ledger(seed, tuple(kept), truth)


def _kinds(payer: Payer, wide: bool, payers: int) -> tuple[Kind, ...]:
    joined = JOINED[payer] if payers > 1 else ()
    if payer is not COMPANY:
        return joined
    return (*_KINDS, *((wide_events,) if wide else ()), *joined)


def _month(scene: Scene, payer: Payer, kinds: Sequence[Kind], terms: Terms, *, wide: bool) -> Month:
    events = [event for kind in kinds for event in kind(scene)]
    events.extend(fee_events(scene, tuple(events), payer, terms))
    # AWS does not write a category into bills of before it was defined.
    return Month(scene.period, tuple(events), payer, terms, has_tiers=wide and scene.period.first > scene.started)


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
