"""From the engine's tables to the lake: each mart one Parquet file that any tool can read, swapped in whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lake import zones
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


def publish(store: Store, engine_file: Path) -> tuple[Published, ...]:
    """Write every mart aside, in the order of its grain, and only then swap them in one by one.

    The same rows give the same bytes, so an unchanged mart keeps its file and its verdict.
    """
    import duckdb

    scratch = store.scratch()
    aside = {mart.name: scratch / f"{mart.name}.parquet" for mart in MARTS}
    counts: dict[str, int] = {}
    with duckdb.connect(str(engine_file), read_only=True) as engine:
        for mart in MARTS:
            select = f"select * from marts.{mart.name} order by {', '.join(mart.grain)}"  # noqa: S608
            target = str(aside[mart.name]).replace("'", "''")
            row = engine.execute(f"copy ({select}) to '{target}' (format parquet, compression zstd)").fetchone()
            counts[mart.name] = int(row[0]) if row else 0
    return tuple(_swap(store, name, path, counts[name]) for name, path in aside.items())


def _swap(store: Store, mart: str, path: Path, row_count: int) -> Published:
    key = zones.published_mart(mart)
    content = path.read_bytes()
    before = store.read(key)
    is_changed = before != content
    if is_changed:
        store.upload(path, key)
    return Published(mart, row_count, version_of(content), is_changed)
