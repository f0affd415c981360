"""From the engine's tables to the lake: Parquet files that any tool can read, each swapped in whole.

A mart is one file, or a file per month where a row is a charge; a month whose bill did not change is not even read.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dbt_project.engine import Rows
from dbt_project.held import select_published
from dbt_project.packed import in_order
from lake import zones
from lake.held import Held
from lake.marts import mart_keys, version_of_all, version_of_file
from lake.settings import engine_memory
from lake.store import Store
from lake.tables import MARTS, Mart

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ROW_GROUP = 61_440


@dataclass(frozen=True)
class Published:
    """One mart as published: rows, the version of its bytes, and whether this build changed it."""

    mart: str
    row_count: int
    version: str
    is_changed: bool


@dataclass(frozen=True)
class _File:
    """A file as it lies in the lake: what it was built from, its rows, its SHA-256, and the store's own token of it."""

    built: str
    row_count: int
    version: str
    token: str = ""


def publish(store: Store, tables: Rows, held: Sequence[Held] = ()) -> tuple[Published, ...]:
    """Write every changed file aside, in the mart's own order, and only then swap them in one by one.

    The same rows give the same bytes, whichever engine computed them, so an unchanged mart keeps its files and its
    verdict. Of a payer's month that is held back the rows of the last good mart stay, if there are any; such a file is
    not remembered, but written again.
    """
    engine, scratch = tables.connection, store.scratch()
    spill = str(scratch).replace("'", "''")
    engine.execute(f"set temp_directory = '{spill}'; set memory_limit = '{engine_memory()}'; set threads = 2")
    before = _remembered(store, tables.notes())
    last_good = {mart.name: _last_good(store, mart.name) if held else () for mart in MARTS}
    built = tables.built(held)
    now = {key: file for key, file in before.items() if file.built == built.get(zones.month_of(key))}
    for mart in MARTS:
        kept = [zones.month_of(key) for key in now if key.startswith(f"{zones.MARTS}/{mart.name}/")]
        tables.provide(mart, kept)
        for key, rows, month in _files(engine, mart, select_published(engine, mart, held, last_good), kept):
            now[key] = _write(engine, mart, rows, scratch / key, built.get(month, ""))
    published = tuple(_swap(store, mart, scratch, now, before) for mart in MARTS)
    tokens = {file.key: file.version for file in store.files(f"{zones.MARTS}/")}
    told = {key: asdict(file) | {"token": tokens[key]} for key, file in now.items() if file.built}
    tables.note(json.dumps(told, indent=1).encode())
    return published


def _remembered(store: Store, notes: bytes | None) -> dict[str, _File]:
    """The files that are still in the lake as they were published."""
    try:
        told = {key: _File(**fields) for key, fields in json.loads(notes or b"").items()}
    except (ValueError, TypeError, AttributeError):
        return {}
    tokens = {file.key: file.version for file in store.files(f"{zones.MARTS}/")}
    return {key: file for key, file in told.items() if tokens.get(key) == file.token}


def _last_good(store: Store, mart: str) -> tuple[Path, ...]:
    return tuple(store.local_copy(key) for key in mart_keys(store, mart))


def _files(engine: DuckDBPyConnection, mart: Mart, select: str, kept: Collection[str]) -> list[tuple[str, str, str]]:
    """Key, SQL of the rows, and month of each file of a mart that is not kept; one without any rows is a file, too."""
    whole = [(zones.published_mart(mart.name), select, "")]
    if not mart.month_column:
        return whole
    sql = f"select distinct {mart.month_column} from ({select}) order by 1"  # noqa: S608
    months = [(month,) for (month,) in engine.execute(sql).fetchall() if month not in kept]
    if not months and kept:
        return []
    return [
        (
            zones.published_month(mart.name, month),
            f"select * from ({select}) where {mart.month_column} = '{month}'",  # noqa: S608
            month,
        )
        for (month,) in months
    ] or whole


def _write(engine: DuckDBPyConnection, mart: Mart, rows: str, path: Path, built: str) -> _File:
    path.parent.mkdir(parents=True, exist_ok=True)
    select = in_order(engine, rows, mart.order)
    target = str(path).replace("'", "''")
    options = f"format parquet, compression zstd, row_group_size {_ROW_GROUP}"
    row = engine.execute(f"copy ({select}) to '{target}' ({options})").fetchone()
    return _File(built, int(row[0]) if row else 0, version_of_file(path))


def _swap(store: Store, mart: Mart, scratch: Path, now: dict[str, _File], before: dict[str, _File]) -> Published:
    """Swap in what changed, and take away months whose bill was withdrawn."""
    files = {key: file for key, file in now.items() if key.startswith(f"{zones.MARTS}/{mart.name}/")}
    there = set(mart_keys(store, mart.name))
    stale = there - set(files)
    for key in sorted(stale):
        store.delete(key)
    is_changed = bool(stale)
    for key, file in files.items():
        if file is before.get(key) or (key in there and version_of_file(store.local_copy(key)) == file.version):
            continue
        store.upload(scratch / key, key)
        is_changed = True
    rows = sum(file.row_count for file in files.values())
    version = version_of_all(mart.name, [(key, file.version) for key, file in files.items()])
    return Published(mart.name, rows, version, is_changed)
