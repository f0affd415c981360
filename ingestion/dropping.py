"""Months that are given up, and taken back: no file and no record goes, but readers do not see the month.

A way out where the files of a month are gone that was read in place, and nobody delivers it again.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingestion.history import CURRENT, DROPPED, PastDelivery, history
from lake import turns, zones
from lake.errors import SettingsError
from lake.workspace import Workspace


def droppable(ws: Workspace, period: str, export: str) -> tuple[PastDelivery, ...]:
    """What is current of an export's month 'YYYY-MM'. Raises SettingsError when the lake has none."""
    return _of_state(ws, period, export, CURRENT)


def restorable(ws: Workspace, period: str, export: str) -> tuple[PastDelivery, ...]:
    """What was current of an export's month when it was dropped. Raises SettingsError when it was not."""
    return _of_state(ws, period, export, DROPPED)


def drop(ws: Workspace, doomed: Sequence[PastDelivery]) -> None:
    """Give these months up. The caller holds the lake's lock."""
    for one in doomed:
        turns.drop(ws.store, _shelf(ws, one), ws.now)


def restore(ws: Workspace, given_up: Sequence[PastDelivery]) -> None:
    """Take these months back as they were. The caller holds the lake's lock."""
    for one in given_up:
        turns.restore(ws.store, _shelf(ws, one))


def _shelf(ws: Workspace, one: PastDelivery) -> turns.Shelf:
    told = one.delivery
    return turns.shelf(ws.store, zones.period_folder(told.source, told.export_name, told.billing_period))


def _of_state(ws: Workspace, period: str, export: str, state: str) -> tuple[PastDelivery, ...]:
    found = tuple(one for one in history(ws.store, period=period, export=export) if one.state == state)
    if not found:
        raise SettingsError(
            f"No delivery of that month is {state}.",
            where=f"--period {period} --export {export}",
            todo="See which are with `finops deliveries`.",
        )
    return found
