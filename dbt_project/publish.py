"""From the engine's tables to the lake: each mart one Parquet file that any tool can read, swapped in whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dbt_project.held import select_published
from lake import zones
from lake.held import Held
from lake.marts import version_of
from lake.store import Store
from lake.tables import MARTS


@dataclass(frozen=True)
class Published:
    """One mart as published: rows, the version of its bytes, and whether this build changed it."""

    mart: str
    row_count: int
    version: str
    is_changed: bool


def publish(store: Store, engine_file: Path, held: Sequence[Held] = ()) -> tuple[Published, ...]:
    """Write every mart aside, in the order of its grain, and only then swap them in one by one.

    The same rows give the same bytes, so an unchanged mart keeps its file and its verdict. Of a payer's month that is
    held back the rows of the last good mart stay, if there are any.
    """
    import duckdb

    scratch = store.scratch()
    aside = {mart.name: scratch / f"{mart.name}.parquet" for mart in MARTS}
    counts: dict[str, int] = {}
    last_good = {mart.name: _last_good(store, mart.name) if held else None for mart in MARTS}
    with duckdb.connect(str(engine_file), read_only=True) as engine:
        for mart in MARTS:
            select = f"{select_published(engine, mart, held, last_good)} order by {', '.join(mart.grain)}"
            target = str(aside[mart.name]).replace("'", "''")
            row = engine.execute(f"copy ({select}) to '{target}' (format parquet, compression zstd)").fetchone()
            counts[mart.name] = int(row[0]) if row else 0
    return tuple(_swap(store, name, path, counts[name]) for name, path in aside.items())


def _last_good(store: Store, mart: str) -> Path | None:
    key = zones.published_mart(mart)
    return store.local_copy(key) if store.read(key) is not None else None


def _swap(store: Store, mart: str, path: Path, row_count: int) -> Published:
    key = zones.published_mart(mart)
    content = path.read_bytes()
    before = store.read(key)
    is_changed = before != content
    if is_changed:
        store.upload(path, key)
    return Published(mart, row_count, version_of(content), is_changed)
