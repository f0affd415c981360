"""Which delivery of an export and month was the current one, and since when.

The pointer `current.json` holds the current delivery's record and, with it, what changes at every swap: `turns`, the
deliveries in the order in which they were current, and `previous`, the one before, with its files. One write swaps
all three, so history can never disagree with what readers see.

A month that somebody gave up has no pointer: readers do not see it. What the pointer told lies beside it in
`dropped.json`, with the moment, until the month is taken back or delivered again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from lake import zones
from lake.errors import LakeError
from lake.store import Store

POINTER = "current.json"
DROPPED = "dropped.json"

Record = dict[str, Any]


@dataclass(frozen=True)
class Turn:
    """A delivery's time as the current one: from `since`, ISO 8601 UTC, until the next turn begins."""

    delivery_id: str
    since: str


@dataclass(frozen=True)
class Shelf:
    """One export and month: its folder's key, the records that are kept, oldest first, and the turns taken.

    `dropped_at` is since when the month is given up, ISO 8601 UTC, blank while it is not.
    """

    folder: str
    records: tuple[Record, ...]
    turns: tuple[Turn, ...]
    dropped_at: str = ""

    @property
    def pointer_key(self) -> str:
        """Key of the pointer that readers follow."""
        return f"{self.folder}/{POINTER}"

    @property
    def dropped_key(self) -> str:
        """Key of what the pointer of a month that was given up told."""
        return f"{self.folder}/{DROPPED}"

    def record(self, delivery_id: str) -> Record | None:
        """The record of that delivery, None when it was pruned."""
        return next((one for one in self.records if one["delivery_id"] == delivery_id), None)


def shelves(store: Store) -> list[Shelf]:
    """Every export and month in the lake, sorted by key. Raises LakeError for a record that cannot be read."""
    keys: dict[str, list[str]] = {}
    for file in store.files(f"{zones.DELIVERIES}/"):
        folder, _, name = file.key.rpartition("/")
        if name.endswith(".json"):
            keys.setdefault(folder, []).append(file.key)
    return [_shelf(store, folder, keys[folder]) for folder in sorted(keys)]


def pointers(store: Store) -> list[Record]:
    """What is current of every export and month, with its `turns` and its `previous`; each pointer is read once.

    Raises LakeError for one that cannot be read.
    """
    keys = [file.key for file in store.files(f"{zones.DELIVERIES}/") if file.key.endswith(f"/{POINTER}")]
    return [_read(store, key) for key in keys]


def shelf(store: Store, folder: str) -> Shelf:
    """One export and month; without records and turns when nothing of it was ever accepted."""
    return _shelf(store, folder, [file.key for file in store.files(f"{folder}/") if file.key.endswith(".json")])


def pointer_content(records: Sequence[Record], turns: Sequence[Turn]) -> bytes:
    """The pointer's bytes after the last of these turns. Raises KeyError when that delivery's record is not given."""
    by_id = {record["delivery_id"]: record for record in records}
    now = by_id[turns[-1].delivery_id]
    before = [turn for turn in turns if turn.delivery_id != turns[-1].delivery_id and turn.delivery_id in by_id]
    previous = None
    if before:
        kept = by_id[before[-1].delivery_id]
        previous = {"delivery_id": kept["delivery_id"], "accepted_at": before[-1].since, "files": kept["files"]}
        if kept.get("in_place"):
            previous |= {"in_place": kept["in_place"], "source_files": kept["source_files"]}
    document = {**now, "turns": [asdict(turn) for turn in turns], "previous": previous}
    return (json.dumps(document, indent=2) + "\n").encode()


def turns_until(turns: Sequence[Turn], moment: datetime) -> tuple[Turn, ...]:
    """The turns that had begun at a moment, which is aware; the last of them was current then."""
    begun = [number for number, turn in enumerate(turns, 1) if datetime.fromisoformat(turn.since) <= moment]
    return tuple(turns[: begun[-1]]) if begun else ()


def _shelf(store: Store, folder: str, keys: Sequence[str]) -> Shelf:
    read = {key: _read(store, key) for key in keys}
    pointer, dropped = read.pop(f"{folder}/{POINTER}", None), read.pop(f"{folder}/{DROPPED}", None)
    # A run may have been killed between the two: the pointer is what readers follow.
    since = str(dropped["dropped_at"]) if dropped is not None and pointer is None else ""
    # A record may lie there without having been current: a run was killed before the swap.
    records = sorted(read.values(), key=lambda one: (one["accepted_at"], one["delivery_id"]))
    return Shelf(folder, tuple(records), _turns(pointer or dropped, records), since)


def drop(store: Store, shelf: Shelf, now: datetime) -> None:
    """Give a month up from `now` on, which is aware. Deleting the pointer commits; the caller holds the lake's lock."""
    told = _read(store, shelf.pointer_key) | {"dropped_at": now.isoformat()}
    store.write(shelf.dropped_key, (json.dumps(told, indent=2) + "\n").encode())
    store.delete(shelf.pointer_key)


def restore(store: Store, shelf: Shelf) -> None:
    """Take a month back that was given up. The pointer's write commits; the caller holds the lake's lock.

    Raises KeyError when the record of its last delivery is gone.
    """
    store.write(shelf.pointer_key, pointer_content(shelf.records, shelf.turns))
    store.delete(shelf.dropped_key)


def _turns(pointer: Record | None, records: Sequence[Record]) -> tuple[Turn, ...]:
    if pointer is None:
        return ()
    if "turns" in pointer:
        return tuple(Turn(**turn) for turn in pointer["turns"])
    # Lakes of the first version kept no turns: there, each delivery was current from the day it was accepted.
    turns = [Turn(record["delivery_id"], record["accepted_at"]) for record in records]
    if not turns or turns[-1].delivery_id != pointer["delivery_id"]:
        since = turns[-1].since if turns else pointer["accepted_at"]
        turns.append(Turn(pointer["delivery_id"], since))
    return tuple(turns)


def _read(store: Store, key: str) -> Record:
    try:
        record: Record = json.loads(store.read(key) or b"")
        if not {"delivery_id", "accepted_at", "files"} <= record.keys():
            raise ValueError("not a record")
    except (ValueError, AttributeError) as error:
        raise LakeError(
            "The record of a delivery cannot be read.",
            where=store.location(key),
            todo="Delete this file and ingest the bill again.",
        ) from error
    return record
