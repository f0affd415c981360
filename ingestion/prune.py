"""Retention: which superseded deliveries may go, and their removal.

Readers follow pointers. A pointer names the files of the current delivery and of the one before it, with which the
mart `restatements` compares: these two are never removed. A build that began before a swap may still be reading what
was current then, so a delivery also stays for a day after it was superseded. On disk the lake's lock keeps builds and
removals apart; in S3, where there is no lock, that day does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from ingestion.history import CURRENT, DROPPED, PastDelivery
from lake.errors import SettingsError
from lake.store import Store

FEWEST_KEPT = 1
SHORTEST_DAYS = 1


def prunable(
    known: Sequence[PastDelivery], *, keep: int, older_than_days: int, now: datetime
) -> tuple[PastDelivery, ...]:
    """The deliveries to remove: all but the current one and the newest `keep` superseded of each export and period.

    Of these only such as were superseded at least `older_than_days` ago. `now` is aware. Raises SettingsError for a
    setting that would take files from under a reader.
    """
    if keep < FEWEST_KEPT:
        raise SettingsError(
            "At least one superseded delivery is kept: the mart restatements compares with it.",
            where=f"--keep {keep}",
            todo=f"Give {FEWEST_KEPT} or more.",
        )
    if older_than_days < SHORTEST_DAYS:
        raise SettingsError(
            "A superseded delivery is kept for a day at least: a build may still be reading it.",
            where=f"--older-than {older_than_days}",
            todo=f"Give {SHORTEST_DAYS} or more days.",
        )
    shelves: dict[tuple[str, str, str], list[PastDelivery]] = defaultdict(list)
    for one in known:
        # What was given up may be taken back.
        if one.state not in (CURRENT, DROPPED):
            shelves[one.delivery.source, one.delivery.export_name, one.delivery.billing_period].append(one)
    limit = now - timedelta(days=older_than_days)
    chosen: list[PastDelivery] = []
    for past in shelves.values():
        # Those that were never current are no part of the history: none of them counts as kept.
        past.sort(key=lambda one: (bool(one.spans), one.ended_at), reverse=True)
        chosen += [one for one in past[keep:] if datetime.fromisoformat(one.ended_at) <= limit]
    return tuple(chosen)


def remove(store: Store, doomed: Sequence[PastDelivery]) -> None:
    """Delete these deliveries: first the files, last the record. The caller holds the lake's lock.

    Killed in between, it leaves a record that names what is left, so that the next removal finishes the work, and the
    same bill ingested again is landed anew because files of it are missing.
    """
    for one in doomed:
        for key in one.delivery.files:
            store.delete(key)
        store.delete(one.delivery.record_key)
