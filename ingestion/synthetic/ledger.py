"""The ledger: every economic event of the example company, month by month, and the truth about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import chain, repeat
from typing import Any

from ingestion.synthetic.accounts import COMPANY, Payer
from ingestion.synthetic.discounts import NO_TERMS, Terms
from ingestion.synthetic.events.capacity import capacity_events
from ingestion.synthetic.events.compute import compute_events
from ingestion.synthetic.events.databases import database_events
from ingestion.synthetic.events.fees import Taxable, add_invoiced, given_back, support, taxes
from ingestion.synthetic.events.model import ZERO, Event
from ingestion.synthetic.events.network import network_events
from ingestion.synthetic.events.payers import JOINED, PAYERS, Kind
from ingestion.synthetic.events.scene import Scene
from ingestion.synthetic.events.services import service_events
from ingestion.synthetic.events.surprises import planted_anomalies, surprise_events
from ingestion.synthetic.events.volumes import volume_events
from ingestion.synthetic.events.wide import wide_events
from ingestion.synthetic.files import Watch, batches, unwatched
from ingestion.synthetic.periods import Period, next_month
from ingestion.synthetic.planted import idle_and_twins, oversized, resized, rightsizing, went_idle
from ingestion.synthetic.scale import Copy, copies
from ingestion.synthetic.truth import Truth, period_truth

_BATCH = 4096

_KINDS = (compute_events, database_events, volume_events, network_events, service_events, capacity_events)
MOST_MONTHS = 12


@dataclass(frozen=True)
class Events:
    """Events that are made anew each time they are asked for, always the same: a month of any size needs no memory."""

    make: Callable[[], Iterable[Event]]

    def __iter__(self) -> Iterator[Event]:
        """The events from the first one on."""
        return iter(self.make())


@dataclass(frozen=True)
class Month:
    """One payer's billing period and its events, in the order of the bill: each is a bill of its own.

    `events` may be read more than once. `terms` are what the payer has negotiated; with `has_tiers` the cost category
    `tier` is defined by now.
    """

    period: Period
    events: Iterable[Event]
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
    surprises: bool = False,
    payers: int = 1,
    terms: Terms = NO_TERMS,
    scale: int = 1,
    watch: Watch = unwatched,
) -> Ledger:
    """The ledger of `months` months from `first_month` (its first day), UTC; USD but for the third payer.

    `through` is the last day with usage; it lies in the last month and makes it an open month unless it is that
    month's last day. None means whole months. Raises ValueError for dates that do not fit, and for more than twelve
    months: the commitments bought on the first day last one year. `wide` adds what few companies have, see
    `events/wide.py`, `surprises` what nobody expected, see `events/surprises.py`. `payers` is 1 to 3, see
    `events/payers.py`. `terms` are what the first payer has negotiated.
    `scale` is how many times each payer's company is there, see `scale.py`. `watch` is told of events as they
    are made. They are not kept: each reading of a month makes them anew.
    """
    if scale < 1:
        raise ValueError(f"scale is {scale}, not 1 or more")
    if not 1 <= payers <= len(PAYERS):
        raise ValueError(f"payers is {payers}, not 1 to {len(PAYERS)}")
    scenes = [Scene(seed, period, first_month) for period in _periods(first_month, months, through)]
    firm = copies(seed, scale)
    kept = [
        Month(
            scene.period,
            Events(
                partial(_month_events, scene, payer, _kinds(payer, wide, surprises, payers), own_terms, firm, watch)
            ),
            payer,
            own_terms,
            # AWS does not write a category into bills of before it was defined.
            has_tiers=wide and scene.period.first > scene.started,
        )
        for scene in scenes
        for payer, own_terms in zip(PAYERS[:payers], chain((terms,), repeat(NO_TERMS)), strict=False)
    ]
    truth = Truth(
        tuple(period_truth(at.period, at.events, at.terms, at.payer) for at in kept),
        *(
            tuple(chain.from_iterable(told))
            for told in zip(*(_planted(one, scenes, wide, surprises) for one in firm), strict=True)
        ),
    )
    return Ledger(seed, tuple(kept), truth)


def _month_events(
    scene: Scene, payer: Payer, kinds: Sequence[Kind], terms: Terms, firm: Sequence[Copy], watch: Watch
) -> Iterator[Event]:
    """A payer's month: what each copy of the company used and what it was given back, support, and tax."""
    invoiced = ZERO
    for copy in firm:
        at = copy.scene(scene)
        taxable: Taxable = defaultdict(Decimal)
        for kind in kinds:
            for batch in batches(copy.events(kind(at)), _BATCH):
                add_invoiced(taxable, batch, terms)
                yield from batch
                watch(len(batch))
        if payer is COMPANY:
            yield from copy.events(given_back(at))
        invoiced += sum(taxable.values(), ZERO)
        if copy is firm[-1]:
            yield from support(at, invoiced, payer)
        yield from taxes(at, taxable)


def _planted(copy: Copy, scenes: Sequence[Scene], wide: bool, surprises: bool) -> Iterator[Iterable[Any]]:
    """What is planted in one copy: idle, busy twins, cheaper types, what is right as it is, oversized, anomalies."""
    own = [copy.scene(scene) for scene in scenes]
    cheaper, fine = rightsizing(own)
    fine += resized(own) if wide else ()
    idle, twins = idle_and_twins(own)
    idle += went_idle(own) if wide else ()
    odd = planted_anomalies(own) if surprises else ()
    return map(copy.planted, (idle, twins, cheaper, fine, oversized(own[0]), odd))


def _kinds(payer: Payer, wide: bool, surprises: bool, payers: int) -> tuple[Kind, ...]:
    joined = JOINED[payer] if payers > 1 else ()
    if payer is not COMPANY:
        return joined
    return (*_KINDS, *((wide_events,) if wide else ()), *((surprise_events,) if surprises else ()), *joined)


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
