"""What was delivered, and which delivery was current when: read from the records and pointers of the lake."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ingestion.deliveries import Delivery
from lake import turns
from lake.errors import LakeError, SettingsError
from lake.store import Store

CURRENT = "current"
SUPERSEDED = "superseded"
DROPPED = "dropped"
NEVER_CURRENT = "never current"


@dataclass(frozen=True)
class Span:
    """A time during which a delivery was the current one, [since, until) in ISO 8601 UTC; `until` is blank for now."""

    since: str
    until: str


@dataclass(frozen=True)
class PastDelivery:
    """A delivery that was accepted, and its times as the current one: two or more when the lake went back to it.

    `is_dropped` says that it was the last one of a month that was given up since.
    """

    delivery: Delivery
    spans: tuple[Span, ...]
    is_dropped: bool = False

    @property
    def state(self) -> str:
        """One of current, superseded, dropped and, after a run that was killed before the swap, never current."""
        if self.is_dropped:
            return DROPPED
        if not self.spans:
            return NEVER_CURRENT
        return SUPERSEDED if self.spans[-1].until else CURRENT

    @property
    def ended_at(self) -> str:
        """Since when it is not current any more; blank while it is."""
        return self.spans[-1].until if self.spans else self.delivery.accepted_at

    def document(self) -> dict[str, Any]:
        """For machines: the record, the state and the spans."""
        return {"state": self.state, "spans": [asdict(span) for span in self.spans], **asdict(self.delivery)}


def history(store: Store, *, period: str | None = None, export: str | None = None) -> tuple[PastDelivery, ...]:
    """Every delivery in the lake that is not pruned, by period, export, source and time of acceptance.

    Raises LakeError when the lake holds none, and SettingsError when it has none of that period ('YYYY-MM') or export.
    """
    shelves = turns.shelves(store)
    if not shelves:
        raise LakeError(
            "The lake holds no accepted bill.", where=store.uri, todo="Run `finops ingest --bills PATH` first."
        )
    found = [one for shelf in shelves for one in _of_shelf(store, shelf)]
    chosen = [
        one
        for one in found
        if period in (None, one.delivery.billing_period) and export in (None, one.delivery.export_name)
    ]
    if not chosen:
        exports = ", ".join(sorted({one.delivery.export_name for one in found}))
        periods = ", ".join(sorted({one.delivery.billing_period for one in found}))
        raise SettingsError(
            "The lake has no such delivery.",
            where=" ".join(f"--{name} {value}" for name, value in (("period", period), ("export", export)) if value),
            todo=f"Its exports: {exports}. Its periods: {periods}.",
        )
    return tuple(sorted(chosen, key=_order))


def _order(one: PastDelivery) -> tuple[str, ...]:
    told = one.delivery
    return (told.billing_period, told.export_name, told.source, told.accepted_at, told.delivery_id)


def _of_shelf(store: Store, shelf: turns.Shelf) -> list[PastDelivery]:
    ends = [turn.since for turn in shelf.turns[1:]] + [shelf.dropped_at]
    found = []
    for record in shelf.records:
        spans = tuple(
            Span(turn.since, end)
            for turn, end in zip(shelf.turns, ends, strict=True)
            if turn.delivery_id == record["delivery_id"]
        )
        is_dropped = bool(shelf.dropped_at) and record["delivery_id"] == shelf.turns[-1].delivery_id
        found.append(PastDelivery(_delivery(store, f"{shelf.folder}/{record['delivery_id']}.json"), spans, is_dropped))
    return found


def _delivery(store: Store, key: str) -> Delivery:
    try:
        return Delivery.from_json(store.read(key) or b"")
    except (ValueError, TypeError, KeyError) as error:
        raise LakeError(
            "The record of a delivery cannot be read.",
            where=store.location(key),
            todo="Delete this file and ingest the bill again.",
        ) from error
