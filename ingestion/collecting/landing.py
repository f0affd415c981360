"""How answers land: one Parquet file per collection and source, written whole, then one swap of the day's pointer.

A second collection of a day takes the place of the first, question by question: what it did not ask, or was not
answered, stays as it was answered before on that day.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from lake import zones
from lake.collected.days import Answer, Asked, Day, day, days, rows_of
from lake.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

# A reader that began before a swap may still read what was current then.
KEPT_FOR = timedelta(days=1)


def land(ws: Workspace, source: str, answered: Sequence[tuple[Answer, pa.Table | None]]) -> Day:
    """Write the rows of the questions that were answered, and swap the day's pointer. The caller holds the lock."""
    import pyarrow as pa

    collected_on = f"{ws.now:%Y-%m-%d}"
    before = day(ws.store, source, collected_on)
    new = {answer.asked for answer, rows in answered if rows is not None}
    tables = [rows for _, rows in answered if rows is not None]
    if before is not None and before.files:
        tables.insert(0, _without(rows_of(ws.store, before), new))
    files = _write(ws, source, collected_on, pa.concat_tables(tables)) if tables else ()
    base = before or Day(source, collected_on, ws.run_id)
    landed = Day(source, collected_on, ws.run_id, files, base.after(answer for answer, _ in answered))
    ws.store.write(zones.collected_day(source, collected_on), landed.to_json())
    return landed


def sweep(ws: Workspace, source: str) -> None:
    """Remove files that no pointer names, since replaced or left by a killed collection, once nobody can read them."""
    named = {key for one in days(ws.store, source) for key in one.files}
    for file in list(ws.store.files(f"{zones.LANDING}/{source}/collected_on=")):
        if file.key not in named and file.written_at < ws.now - KEPT_FOR:
            ws.store.delete(file.key)


def _without(rows: pa.Table, asked: set[Asked]) -> pa.Table:
    import pyarrow as pa

    keys = zip(*(rows[name].to_pylist() for name in ("part", "asked_account_id", "asked_region_id")), strict=True)
    return rows.filter(pa.array([Asked(*key) not in asked for key in keys], pa.bool_()))


def _write(ws: Workspace, source: str, collected_on: str, rows: pa.Table) -> tuple[str, ...]:
    import pyarrow.parquet as pq

    if not rows.num_rows:
        return ()
    key = f"{zones.collected_folder(source, collected_on, ws.run_id)}/{source}.parquet"
    scratch = ws.store.scratch()
    try:
        path = scratch / f"{source}.parquet"
        pq.write_table(rows, path, compression="zstd")
        ws.store.upload(path, key)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return (key,)
