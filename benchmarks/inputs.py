"""Bills of any size for the benchmarks: the example company's month, repeated with other ids, resources and amounts.

Plain repetition would compress to nothing and flatter every reader, so each copy gets line ids, resources and
amounts of its own. The layout is that of an AWS Data Export: chunks of a million rows and the manifest.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

ROWS_PER_FILE = 1_000_000
# So many csv files of a bill differ; the others are links to them, for gzip takes longest and whoever reads a stream
# has as much to do. Files of Parquet all differ: marts are built of them, and charges that are alike are numbered.
_DIFFERENT_CSV = 2
EXPORT = "bench"
# AWS's id tells a line from all others of its file; the ledger's tells what is billed, and returns every hour.
_LINE = "identity_line_item_id, identity_time_interval, line_item_line_item_type, line_item_usage_type"
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Bill:
    """One export on disk: the folder to ingest, its files, and how many rows they hold."""

    folder: Path
    files: tuple[Path, ...]
    rows: int


def finops(*arguments: str) -> list[str]:
    """The command line of a verb, run by this very interpreter."""
    return [sys.executable, str(ROOT / "finops.py"), "--quiet", *arguments]


def make_bill(work: Path, *, rows: int, form: str, period: str = "2026-04", refresh: int = 0) -> Bill:
    """A CUR 2.0 bill of so many rows as `csv` or `parquet`, made once under `work` and found again later.

    A `refresh` is another delivery of the month, with other amounts. Rows are rounded up to whole copies of the
    company's month in each file: a plan's fee without its usage would be a bill that no build accepts.
    """
    folder = work / f"{form}-{period}-{rows}-{refresh}"
    partition = f"BILLING_PERIOD={period}"
    place = folder / EXPORT / "data" / partition
    manifest = folder / EXPORT / "metadata" / partition / f"{EXPORT}-Manifest.json"
    ending = "csv.gz" if form == "csv" else "snappy.parquet"
    counts = [min(ROWS_PER_FILE, rows - at) for at in range(0, rows, ROWS_PER_FILE)]
    files = tuple(place / f"{EXPORT}-{number:05d}.{ending}" for number in range(1, len(counts) + 1))
    seed = _seed(work, period)
    ours = pq.read_metadata(seed).num_rows
    made = Bill(folder, files, sum(-(-count // ours) * ours for count in counts))
    if manifest.exists():
        return made
    shutil.rmtree(folder, ignore_errors=True)
    place.mkdir(parents=True)
    manifest.parent.mkdir(parents=True)
    # In a process of its own: what is timed afterwards would else be said to use this one's memory.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as aside:
        aside.submit(_write, work, seed, files, counts, form, refresh).result()
    uris = [f"s3://bucket/prefix/{EXPORT}/data/{partition}/{path.name}" for path in files]
    manifest.write_text(json.dumps({"executionId": f"{form}-{rows}-{refresh}", "dataFiles": uris}))
    return made


def _write(work: Path, seed: Path, files: tuple[Path, ...], counts: list[int], form: str, refresh: int) -> None:
    with duckdb.connect(
        config={"memory_limit": "2GB", "temp_directory": str(work / "spill"), "preserve_insertion_order": False}
    ) as engine:
        engine.execute("set TimeZone = 'UTC'; set enable_progress_bar = false")
        for number, (path, count) in enumerate(zip(files, counts, strict=True)):
            if form == "csv" and number >= _DIFFERENT_CSV and count == counts[number % _DIFFERENT_CSV]:
                path.hardlink_to(files[number % _DIFFERENT_CSV])
                continue
            engine.execute(
                f"copy ({_rows(engine, seed, count, number + 1000 * refresh, form)}) to '{path}' ({_FORMAT[form]})"
            )


_FORMAT = {
    "parquet": "format parquet, compression snappy",
    "csv": "format csv, compression gzip, timestampformat '%Y-%m-%dT%H:%M:%S.000Z'",
}


def _seed(work: Path, period: str) -> Path:
    """One month of the example company as Parquet."""
    folder = work / f"seed-{period}"
    if not folder.exists():
        aside = folder.with_suffix(".part")
        shutil.rmtree(aside, ignore_errors=True)
        newest = f"{period}-28"
        command = finops("synth", "--out", str(aside), "--months", "1", "--through", newest, "--format", "parquet")
        subprocess.run(command, check=True)
        aside.rename(folder)
    return next(path for path in folder.rglob("*.parquet"))


def _rows(engine: duckdb.DuckDBPyConnection, seed: Path, count: int, number: int, form: str) -> str:
    """`count` rows of file `number`: the month as often as needed, each copy with an `n` of its own."""
    described: list[Any] = engine.execute(f"describe select * from {_read(seed)}").fetchall()
    ours = engine.execute(f"select count(*) from {_read(seed)}").fetchall()[0][0]
    copies = -(-count // ours)
    # One factor for all amounts of a copy, so that its fees, plans and usage still add up; ten decimals, as AWS writes.
    factor = "(0.5 + (hash(n) % 1000003) / 1000003)"
    changed = {
        "identity_line_item_id": f"substr(sha256(concat_ws('/', n, {_LINE})), 1, 52)",
        "line_item_resource_id": "line_item_resource_id || if(line_item_resource_id <> '', '-' || n % 500, '')",
    }
    for column, kind, *_ in described:
        if kind == "DOUBLE" and column != "line_item_normalization_factor":
            changed[column] = f"round({column} * {factor}, 10)"
    chosen = []
    for name, kind, *_ in described:
        value = changed.get(name, f'"{name}"')
        if form == "csv" and kind.startswith("MAP"):
            value = f"to_json({value})"
        chosen.append(f'{value} as "{name}"')
    months = f"(select * from {_read(seed)} cross join range({number * copies}, {(number + 1) * copies}) as copy(n))"
    return f"select {', '.join(chosen)} from {months}"


def _read(seed: Path) -> str:
    return f"read_parquet('{seed}', hive_partitioning = false)"
