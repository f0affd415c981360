"""The pointers of what was collected: a day of a source, what it holds, and what was not answered."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from lake import zones
from lake.errors import LakeError
from lake.store import Store

if TYPE_CHECKING:
    import pyarrow as pa

OK = "ok"


class Asked(NamedTuple):
    """One question: a part of a source, put to an account in a region."""

    part: str
    account_id: str
    region_id: str


@dataclass(frozen=True)
class Answer:
    """How a question was answered. `status` is ok, or the kind of failure that `reason` tells in words.

    `collected_at` is ISO 8601 UTC. `through` is the last day that the answer tells to its end, of a source that is
    asked for days.
    """

    part: str
    account_id: str
    region_id: str
    status: str
    reason: str
    row_count: int
    collected_at: str
    through: str = ""

    @property
    def asked(self) -> Asked:
        """The question."""
        return Asked(self.part, self.account_id, self.region_id)

    @property
    def is_ok(self) -> bool:
        """Whether its rows are all that there is."""
        return self.status == OK


@dataclass(frozen=True)
class Day:
    """What one day holds of a source. `files` are keys; `answers` has, per question, the last that was answered and,
    if it is later, the last that was not.
    """

    source: str
    collected_on: str
    collection: str
    files: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = field(default=())

    def to_json(self) -> bytes:
        """The pointer as it lies in the lake."""
        return (json.dumps(asdict(self), indent=1) + "\n").encode()

    def after(self, answers: Iterable[Answer]) -> tuple[Answer, ...]:
        """The day's answers when these came later: a new one takes the place of all before, a failure of failures."""
        new = {one.asked: one for one in answers}
        kept = [one for one in self.answers if one.asked not in new or (one.is_ok and not new[one.asked].is_ok)]
        return tuple(sorted((*kept, *new.values()), key=lambda one: (one.asked, one.collected_at)))


def days(store: Store, source: str) -> tuple[Day, ...]:
    """Every day of a source, oldest first. Raises LakeError for a pointer that cannot be read."""
    return tuple(_read(store, file.key) for file in store.files(f"{zones.COLLECTIONS}/{source}/"))


def day(store: Store, source: str, collected_on: str) -> Day | None:
    """One day of a source. Raises LakeError when its pointer cannot be read."""
    key = zones.collected_day(source, collected_on)
    return None if store.read(key) is None else _read(store, key)


def latest(known: Iterable[Day]) -> dict[Asked, tuple[Day, Answer]]:
    """Of each question the newest answer that holds, and the day it is of."""
    found: dict[Asked, tuple[Day, Answer]] = {}
    for one in sorted(known, key=lambda day: day.collected_on):
        found |= {answer.asked: (one, answer) for answer in one.answers if answer.is_ok}
    return found


def latest_rows(store: Store, source: str) -> tuple[pa.Table, dict[Asked, Answer]]:
    """The rows of the newest answer to each question, and those answers. Raises LakeError for a damaged file."""
    import pyarrow as pa

    from lake.collected.dictionary import arrow_schema

    chosen = latest(days(store, source))
    tables = [arrow_schema(source).empty_table()]
    for one in {day.collected_on: day for day, _ in chosen.values()}.values():
        wanted = {asked for asked, (day, _) in chosen.items() if day is one}
        rows = rows_of(store, one)
        keys = zip(*(rows[name].to_pylist() for name in ("part", "asked_account_id", "asked_region_id")), strict=True)
        tables.append(rows.filter(pa.array([Asked(*key) in wanted for key in keys], pa.bool_())))
    return pa.concat_tables(tables), {asked: answer for asked, (_, answer) in chosen.items()}


def rows_of(store: Store, of: Day) -> pa.Table:
    """All rows of a day, with the columns that its source has now. Raises LakeError for a damaged file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from lake.collected.dictionary import arrow_schema

    schema = arrow_schema(of.source)
    tables = [schema.empty_table()]
    for key in of.files:
        try:
            tables.append(pq.read_table(store.local_copy(key)))
        except (pa.ArrowException, OSError) as error:
            raise LakeError(
                "A file of what was collected cannot be read.",
                where=store.location(key),
                todo=f"Run `finops collect {of.source}` again.",
            ) from error
    return pa.concat_tables(tables, promote_options="default").select(schema.names)


def _read(store: Store, key: str) -> Day:
    try:
        told: dict[str, Any] = json.loads(store.read(key) or b"")
        answers = tuple(Answer(**one) for one in told.pop("answers"))
        return Day(**{**told, "files": tuple(told["files"]), "answers": answers})
    except (ValueError, TypeError, KeyError) as error:
        raise LakeError(
            "The record of what was collected on a day cannot be read.",
            where=store.location(key),
            todo="Delete this file and run `finops collect`.",
        ) from error
