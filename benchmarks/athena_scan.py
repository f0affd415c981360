"""What a refresh reads in Athena, as a share of the bill: `python -m benchmarks.athena_scan --work /tmp/bench`.

A lake of thirteen months is built on the local Athena of the tests, through the real dbt-athena and Great Expectations.
Then AWS delivers the open month again, and the lake is built and validated again. Bytes are the Parquet column chunks
that statements read in the partitions that they read; what Athena itself would bill is not proved by that.
"""

from __future__ import annotations

import argparse
import os
import shutil
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.timing import show
from dbt_project.build import build
from ingestion.land import ingest
from ingestion.synthetic.cur2 import write_cur2
from ingestion.synthetic.ledger import Ledger, build_ledger
from lake import zones
from lake.aws import models_read_once
from lake.meter import Meter
from lake.metering import metered
from lake.output import Output
from lake.settings import Settings
from lake.workspace import Workspace
from quality.run import validate
from tests.support.local_aws import running

# The ledger tells a year at the most: the open month is one of its own.
_CLOSED, _OPEN = date(2025, 4, 1), date(2026, 4, 1)


def main() -> None:
    """Measure and print; see `--help` and README.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder for bills; what is there is replaced")
    parser.add_argument("--through", type=date.fromisoformat, default=date(2026, 4, 20), help="newest day of the bill")
    chosen = parser.parse_args()
    work: Path = chosen.work.resolve() / "athena-scan"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    with running(work, ("bench",)) as aws, models_read_once():
        os.environ.update(
            aws.environment | {"FINOPS_ATHENA_POLL": "0.05", "WR_ATHENA_QUERY_WAIT_POLLING_DELAY": "0.05"}
        )
        settings = Settings.resolve(lake="s3://bench/lake", profile="aws")
        began = datetime.combine(chosen.through, datetime.min.time(), UTC) + timedelta(days=1)
        ws = Workspace.begin(settings, Output(quiet=True), began)
        _ingest(ws, work / "closed", build_ledger(_CLOSED, 12, _OPEN - timedelta(days=1), seed=7))
        first = _deliver(ws, work, chosen.through - timedelta(days=1))
        refresh = _deliver(replace(ws, now=began + timedelta(days=1)), work, chosen.through)
        _tell(ws, first, refresh)


def _deliver(ws: Workspace, work: Path, through: date) -> Meter:
    """The open month through a day, landed, built and validated: what that read."""
    _ingest(ws, work / f"open-{through}", build_ledger(_OPEN, 1, through, seed=7))
    with metered(ws.settings.athena, "publish") as meter:
        build(ws)
        meter.step = "validate"
        validate(ws)
    return meter


def _ingest(ws: Workspace, bills: Path, ledger: Ledger) -> None:
    write_cur2(ledger, bills, file_format="parquet")
    ingest(ws, str(bills))


def _tell(ws: Workspace, first: Meter, refresh: Meter) -> None:
    sizes = Counter[str]()
    for file in ws.store.files(f"{zones.LANDING}/cur2/billing_period="):
        sizes[file.key.split("billing_period=")[1][:7]] += file.size
    # Of the open month two deliveries lie there; the newest is the bill's.
    sizes[f"{_OPEN:%Y-%m}"] //= 2
    whole = sizes.total()
    show(
        f"What Athena reads, bill of {len(sizes)} months, {whole / 1024**2:,.1f} MB as landed",
        ("what", "bytes", "share of the whole bill"),
        [
            ("the open month's own bytes", f"{sizes[f'{_OPEN:%Y-%m}']:,}", f"{sizes[f'{_OPEN:%Y-%m}'] / whole:.1%}"),
            ("first build and validation", f"{first.bytes:,}", f"{first.bytes / whole:.1%}"),
            ("refresh of the open month", f"{refresh.bytes:,}", f"{refresh.bytes / whole:.1%}"),
        ],
    )
    rows = [(one.name, one.statements, f"{one.bytes:,}", f"{one.bytes / whole:.2%}") for one in refresh.scanned()[:20]]
    show("The refresh, the dearest first", ("model, check or step", "statements", "bytes", "share"), rows)


if __name__ == "__main__":
    main()
