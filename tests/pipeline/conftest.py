"""A lake built once from a ledger whose truth is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from ingestion.synthetic.cur2 import write_cur2
from ingestion.synthetic.ledger import Ledger, build_ledger
from lake import zones
from lake.output import Output
from lake.settings import Settings
from lake.workspace import Workspace

NOW = datetime(2026, 7, 21, 6, 0, tzinfo=UTC)
THROUGH = date(2026, 7, 20)
# Which actions find something in these bills: of snapshots the bill alone proposes none.
PLANNED = {"idle_cleanup": True, "snapshot_cleanup": False, "rightsizing": True}
# Orders of June, by the file of drivers.
ORDERS = 52_000


@dataclass(frozen=True)
class Built:
    """A workspace whose marts are published, the ledger behind them, and SQL over the published files."""

    ws: Workspace
    ledger: Ledger

    def rows(self, sql: str) -> list[tuple]:
        """The answer of a query in which each mart stands under its own name."""
        with duckdb.connect() as engine:
            for folder in (Path(self.ws.store.uri) / "marts").iterdir():
                engine.execute(f"create view {folder.name} as select * from '{folder}/**/*.parquet'")
            return engine.execute(sql).fetchall()


def workspace(lake: Path, now: datetime = NOW) -> Workspace:
    return Workspace.begin(Settings.resolve(lake=str(lake), environ={}), Output(quiet=True), now)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """Two months, June whole and July to the 20th, through ingest and build."""
    from dbt_project.build import build
    from ingestion.land import ingest

    folder = tmp_path_factory.mktemp("ledger")
    ledger = build_ledger(date(2026, 6, 1), 2, THROUGH, seed=7)
    write_cur2(ledger, folder / "bills")
    ws = workspace(folder / "lake")
    # What a user keeps beside his bills.
    drivers = f"month,driver_name,quantity,team,service_name\n2026-06,orders,{ORDERS},,\n2026-06,orders,9,payments,\n"
    ws.store.write(zones.DRIVERS, drivers.encode())
    with ws.store.locked():
        ingest(ws, str(folder / "bills"))
        build(ws)
    yield Built(ws, ledger)
