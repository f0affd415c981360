"""What a refresh reads in Athena, as a share of the bill: `python -m benchmarks.athena_scan --work /tmp/bench`.

A lake of thirteen months is built on the local Athena of the tests, through the real dbt-athena and Great Expectations.
Then AWS delivers the open month again, and the lake is built and validated again. Bytes are the Parquet column chunks
that statements read in the partitions that they read; what Athena itself would bill is not proved by that.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.inputs import Bill, make_bill
from benchmarks.timing import show
from dbt_project.build import build
from ingestion.land import ingest
from lake.aws import models_read_once
from lake.meter import Meter
from lake.metering import metered
from lake.output import Output
from lake.settings import Settings
from lake.workspace import Workspace
from quality.run import validate
from tests.support.local_aws import running

_OPEN = "2026-04"
_CLOSED = tuple(
    f"{year}-{month:02d}" for year, month in [(2025, at) for at in range(4, 13)] + [(2026, 1), (2026, 2), (2026, 3)]
)


def main() -> None:
    """Measure and print; see `--help` and README.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder for bills; what is there is replaced")
    parser.add_argument("--rows", type=int, default=400_000, help="lines of each closed month; the open one has half")
    parser.add_argument("--history", type=int, help="lines of each closed month but the newest, to save time")
    chosen = parser.parse_args()
    work: Path = chosen.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    history = chosen.history or chosen.rows
    sizes = dict.fromkeys(_CLOSED, history) | {_CLOSED[-1]: chosen.rows}
    closed = [make_bill(work, rows=rows, form="parquet", period=period) for period, rows in sizes.items()]
    # On the average day the open month is half over.
    before, now = (make_bill(work, rows=chosen.rows // 2, form="parquet", period=_OPEN, refresh=at) for at in (0, 1))
    with TemporaryDirectory(dir=work) as folder, running(Path(folder), ("bench",)) as aws, models_read_once():
        os.environ.update(aws.environment)
        settings = Settings.resolve(lake="s3://bench/lake", profile="aws")
        ws = Workspace.begin(settings, Output(quiet=True), datetime(2026, 4, 29, 6, tzinfo=UTC))
        first = _build(ws, [*closed, before])
        refresh = _build(replace(ws, now=ws.now + timedelta(days=1)), [now])
    # A short history makes no small bill: shares are of one whose months are all as large as the newest closed one.
    whole = _size(closed) if history == chosen.rows else len(_CLOSED) * _size(closed[-1:])
    _tell(whole + _size([now]), _size([now]), first, refresh)


def _build(ws: Workspace, bills: Sequence[Bill]) -> Meter:
    """Bills landed, built and validated: what that read."""
    for bill in bills:
        ingest(ws, str(bill.folder))
    with metered(ws.settings.athena, "publish") as meter:
        build(ws)
        meter.step = "validate"
        validate(ws)
    return meter


def _size(bills: Sequence[Bill]) -> int:
    """Bytes of the files as AWS delivers them."""
    return sum(path.stat().st_size for bill in bills for path in bill.files)


def _tell(whole: int, month: int, first: Meter, refresh: Meter) -> None:
    show(
        f"What Athena reads, {len(_CLOSED) + 1} months, {whole / 1024**2:,.0f} MB as delivered",
        ("what", "bytes", "share of the whole bill"),
        [
            ("the open month's own files", f"{month:,}", f"{month / whole:.1%}"),
            ("first build and validation", f"{first.bytes:,}", f"{first.bytes / whole:.1%}"),
            ("refresh of the open month", f"{refresh.bytes:,}", f"{refresh.bytes / whole:.1%}"),
        ],
    )
    rows = [(one.name, one.statements, f"{one.bytes:,}", f"{one.bytes / whole:.2%}") for one in refresh.scanned()[:20]]
    show("The refresh, the dearest first", ("model, check or step", "statements", "bytes", "share"), rows)


if __name__ == "__main__":
    main()
