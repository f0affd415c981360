"""The past: a lake of its own that holds what was current at a moment, built like any other.

Landed files never change, so on one file system the past lake shares them by hard link and costs no space; the lake of
today, its pointers and its marts are only read. See docs/decisions/0004.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path

from dbt_project.build import BuildReport, build
from lake import turns, zones
from lake.errors import LakeError, SettingsError
from lake.placed import missing, placed_files
from lake.store import Store, open_store
from lake.tables import BILL_SOURCES
from lake.workspace import Workspace


@dataclass(frozen=True)
class Past:
    """A past lake: the moment (aware UTC), where it lies, and the deliveries that were current then."""

    moment: datetime
    lake: str
    delivery_ids: tuple[str, ...]


@dataclass(frozen=True)
class _Then:
    """One export and month as of the moment: its turns so far and the records they speak of."""

    shelf: turns.Shelf
    taken: tuple[turns.Turn, ...]
    pointer: bytes

    def records(self) -> list[turns.Record]:
        known = {turn.delivery_id for turn in self.taken}
        return [record for record in self.shelf.records if record["delivery_id"] in known]

    def files(self) -> list[str]:
        """What its pointer names: the delivery current then and the one before it."""
        named = json.loads(self.pointer)
        return [*named["files"], *((named["previous"] or {}).get("files", ()))]


def build_past(ws: Workspace, as_of: str, to: str | None = None) -> tuple[Past, BuildReport]:
    """Build the marts of the deliveries that were current at a moment, in a lake of their own at `to`.

    Raises SettingsError for a moment that cannot be read and a place that is another lake's, LakeError when nothing
    had been accepted by then or was pruned since, and what `build` raises.
    """
    moment = moment_of(as_of)
    stamp = f"{moment:%Y%m%dT%H%M%SZ}"
    place = (to or f"{ws.settings.lake}/{zones.PAST}/{stamp}").rstrip("/")
    settings = ws.settings.past(place, stamp)
    target = open_store(place, region=ws.settings.region)
    then = _then(ws.store, moment, ws.settings.region)
    _require_own_place(ws.store, target, place)
    with target.locked():
        with ws.store.locked():
            _fill(ws.store, target, then, moment)
        report = build(replace(ws, settings=settings, store=target))
    return Past(moment, place, tuple(one.taken[-1].delivery_id for one in then)), report


def moment_of(text: str) -> datetime:
    """An ISO 8601 day, which means its end, or time; UTC unless it says otherwise. Raises SettingsError."""
    try:
        if len(text) == len("2026-03-05"):
            return datetime.combine(date.fromisoformat(text), time.max, UTC)
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise SettingsError(
            f"{text!r} is no day and no time.",
            where="--as-of",
            todo="Write it as 2026-03-05 or 2026-03-05T06:00:00; times are UTC.",
        ) from None


def _then(store: Store, moment: datetime, region: str | None) -> list[_Then]:
    shelves = turns.shelves(store)
    kept = [one for one in shelves if not one.dropped_at or datetime.fromisoformat(one.dropped_at) > moment]
    begun = [(shelf, taken) for shelf in kept if (taken := turns.turns_until(shelf.turns, moment))]
    if not begun:
        first = min((turn.since for shelf in shelves for turn in shelf.turns), default="")
        raise LakeError(
            "The lake held no bill at that moment.",
            where=f"{store.uri}, --as-of {moment.isoformat()}",
            todo=f"The first one was accepted at {first}." if first else "Run `finops ingest --bills PATH` first.",
        )
    return [_shelf_then(store, shelf, taken, region) for shelf, taken in begun]


def _shelf_then(store: Store, shelf: turns.Shelf, taken: tuple[turns.Turn, ...], region: str | None) -> _Then:
    current = shelf.record(taken[-1].delivery_id)
    if current is None or not _is_whole(store, shelf, current, region):
        raise LakeError(
            f"The delivery {taken[-1].delivery_id}, which was current then, is not in the lake any more.",
            where=store.location(shelf.folder),
            todo="It was pruned, or it was read in place and is gone from there. Ingest that bill into another lake, "
            "or choose a later moment: `finops deliveries`.",
        )
    # An earlier delivery that was pruned is only missed by the mart restatements.
    records = [one for one in shelf.records if one is current or _is_whole(store, shelf, one, region)]
    return _Then(shelf, taken, turns.pointer_content(records, taken))


def _is_whole(store: Store, shelf: turns.Shelf, record: turns.Record, region: str | None) -> bool:
    folder = zones.landed_folder(*_names(shelf), record["delivery_id"])
    kept = {file.key for file in store.files(f"{folder}/")}
    return set(record["files"]) <= kept and not missing(placed_files(record), region)


def _names(shelf: turns.Shelf) -> tuple[str, str]:
    source, _, period = shelf.folder.removeprefix(f"{zones.DELIVERIES}/").split("/")
    return source, period


def _require_own_place(store: Store, target: Store, place: str) -> None:
    is_past = target.read(zones.AS_OF) is not None
    if target.uri == store.uri or (not is_past and any(True for _ in target.files())):
        raise SettingsError(
            "The past needs a place of its own: there is something there already.",
            where=f"--to {place}",
            todo="Name an empty folder or prefix, or the past lake of an earlier --as-of.",
        )


def _fill(store: Store, target: Store, then: Sequence[_Then], moment: datetime) -> None:
    """Make `target` the lake as it was. Its pointers come last: killed before, it holds no bill."""
    told = {"as_of": moment.isoformat(), "lake": store.uri}
    target.write(zones.AS_OF, (json.dumps(told, indent=2) + "\n").encode())
    # What was idle then may be at work now.
    target.write(zones.KILL_SWITCH, f"this lake is the past, as of {moment.isoformat()}".encode())
    for file in list(target.files(f"{zones.SETTINGS}/")):
        target.delete(file.key)
    # Whose a cost is, is told by the rules of today.
    for file in list(store.files(f"{zones.SETTINGS}/")):
        target.write(file.key, store.read(file.key) or b"")
    for file in list(target.files(f"{zones.DELIVERIES}/")):
        target.delete(file.key)
    present = {file.key for file in target.files(f"{zones.LANDING}/") if not file.key.endswith("/schema.parquet")}
    scratch = target.scratch()
    schemas = [zones.landed_schema(source) for source in BILL_SOURCES]
    for key in dict.fromkeys([*schemas, *(key for one in then for key in one.files())]):
        if key not in present:
            target.upload(_shared(store.local_copy(key), scratch), key)
    for one in then:
        for record in one.records():
            content = (json.dumps(record, indent=2) + "\n").encode()
            target.write(f"{one.shelf.folder}/{record['delivery_id']}.json", content)
    for one in then:
        target.write(one.shelf.pointer_key, one.pointer)


def _shared(path: Path, scratch: Path) -> Path:
    """The same file under a name in `scratch`: a hard link, or a copy where there can be none."""
    name = scratch / path.name
    try:
        os.link(path, name)
    except OSError:
        shutil.copyfile(path, name)
    return name
