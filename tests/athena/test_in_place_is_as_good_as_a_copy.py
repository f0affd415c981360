"""The same exports copied and read in place, by Athena and by DuckDB: the same rows, and the same bytes published."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import awswrangler as wr
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dbt_project.build import build
from dbt_project.landing import local_lake
from dbt_project.table_files import Athena
from ingestion.land import ingest
from ingestion.synthetic.cur2 import write_cur2
from ingestion.synthetic.discounts import AGREEMENT
from ingestion.synthetic.focus import write_focus
from ingestion.synthetic.ledger import build_ledger
from lake import zones
from lake.aws import models_read_once
from lake.output import Output
from lake.settings import Settings
from lake.tables import MART_NAMES
from lake.workspace import Workspace
from quality.reconciling.reconcile import reconcile
from tests.athena.company import marts
from tests.ingestion.bills import manifest
from tests.pipeline.conftest import NOW, workspace
from tests.real_bills.conftest import BESIDE
from tests.support.local_aws import RemoteAws

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("athena"),
    pytest.mark.usefixtures("without_checks"),
]

REAL = Path(os.environ.get("FINOPS_REAL_BILLS") or BESIDE) / "cur2_csv"
VIEWS = ("stg_cur2__line_items", "stg_focus__line_items", "stg_superseded__line_items")


@dataclass(frozen=True)
class Both:
    """Two lakes over the same exports, both built: read in place by Athena, copied and computed by DuckDB."""

    aws: RemoteAws
    folder: Path
    placed: Workspace
    copied: Workspace


def deliver(aws: RemoteAws, folder: Path, through: date) -> None:
    """July to a day as CUR 2.0 and as FOCUS; AWS puts each delivery beside the ones before."""
    ledger = build_ledger(date(2026, 7, 1), 1, through, seed=11, wide=True, terms=AGREEMENT)
    write_cur2(ledger, folder, net_columns=True)
    write_focus(ledger, folder)
    put(aws, folder)


def put(aws: RemoteAws, folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            aws.client("s3").upload_file(str(path), "billing", f"as-good/{path.relative_to(folder).as_posix()}")


def real_rows_as_parquet(folder: Path) -> None:
    """Lines that AWS wrote as csv, in the types in which it writes Parquet."""
    ws = workspace(folder / "lake")
    ingest(ws, str(REAL))
    (key,) = (file.key for file in ws.store.files("landing/cur2/") if "part-" in file.key)
    rows = pq.read_table(ws.store.local_copy(key)).drop_columns(["delivery_id", "source_file"])
    kinds = [(one.name, pa.float64() if pa.types.is_decimal(one.type) else one.type) for one in rows.schema]
    inner = "data/BILLING_PERIOD=2026-04/2026-04-16T15:24:15.653Z-real/real-00001.snappy.parquet"
    path = folder / "bills" / "real" / inner
    path.parent.mkdir(parents=True)
    pq.write_table(rows.cast(pa.schema(kinds)), path, coerce_timestamps="ms", compression="snappy")
    manifest(folder / "bills", "real", [f"s3://some/real/{inner}"], execution="real", columns=rows.column_names)


@pytest.fixture(scope="module")
def both(aws: RemoteAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("as_good")
    with models_read_once(), pytest.MonkeyPatch.context() as patched:
        for name, value in aws.environment.items():
            patched.setenv(name, value)
        patched.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        made = []
        for lake, profile in (("placed", "aws"), ("copied", "local")):
            environ = {"AWS_REGION": "us-east-1", "FINOPS_GLUE_PREFIX": lake}
            settings = Settings.resolve(lake=f"s3://company/{lake}", profile=profile, environ=environ)
            made.append(Workspace.begin(settings, Output(quiet=True), NOW))
        if REAL.is_dir():
            real_rows_as_parquet(folder / "real")
            put(aws, folder / "real" / "bills")
        for through in (date(2026, 7, 1), date(2026, 7, 2)):
            deliver(aws, folder / f"{through}", through)
            for ws in made:
                ingest(ws, "s3://billing/as-good")
        for ws in made:
            build(ws)
        yield Both(aws, folder, *made)


def engine_of(ws: Workspace) -> duckdb.DuckDBPyConnection:
    """DuckDB's tables of a lake that it computed."""
    return duckdb.connect(str(local_lake(ws.store) / zones.ENGINE_FILE), read_only=True)


def asked(both: Both, view: str, columns: list[tuple[str, str]]) -> list[str]:
    """The rows of one of Athena's views, as Parquet files; moments to the millisecond, finer ones UNLOAD refuses."""
    settings = both.placed.settings
    names = ", ".join(
        f"cast({name} as timestamp(3)) as {name}" if kind == "timestamp" else name for name, kind in columns
    )
    place, folder = f"{settings.results}as-good/", both.folder / "unloaded"
    athena = Athena.reach(settings, settings.glue_database("build"))
    athena.run([f"unload (select {names} from {view}) to '{place}' with (format = 'PARQUET')"])
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{view}-{at}.parquet" for at, _ in enumerate(wr.s3.list_objects(place))]
    for address, path in zip(sorted(wr.s3.list_objects(place)), paths, strict=True):
        wr.s3.download(address, str(path))
    wr.s3.delete_objects(place)
    return [str(path) for path in paths]


def test_every_delivery_of_the_one_lake_is_in_place_and_of_the_other_a_copy(both: Both):
    def rows(ws: Workspace) -> set[str]:
        return {file.key.split("/")[1] for file in ws.store.files("landing/") if "/part-" in file.key}

    assert rows(both.placed) == set()
    assert rows(both.copied) == {"cur2", "focus"}


def test_marts_that_athena_computes_in_place_are_those_that_duckdb_computes_from_copies(both: Both):
    assert marts(both.placed) == marts(both.copied)
    assert {key.split("/")[1] for key in marts(both.placed)} == set(MART_NAMES)


@pytest.mark.parametrize("view", VIEWS)
def test_every_row_is_the_same_to_the_last_digit(both: Both, view: str):
    with engine_of(both.copied) as engine:
        told = "select column_name, lower(data_type) from duckdb_columns() where table_name = ?"
        kinds = engine.execute(told, [view]).fetchall()
        named = ", ".join(f'"{name}"' for name, _ in kinds)
        here = f"select {named} from build.{view}"
        there = f"select {named} from read_parquet({asked(both, view, kinds)})"
        counts = engine.execute(
            f"select (select count(*) from ({here})), (select count(*) from ({here} except all {there})), "
            f"(select count(*) from ({there} except all {here}))"
        ).fetchone()
    assert counts is not None
    assert counts[0] > 500
    assert counts[1:] == (0, 0)


def test_duckdb_reads_a_lake_whose_bills_are_in_place(both: Both):
    """The other way back: the same lake without Athena, its marts made anew and compared with what lies there."""
    before = marts(both.placed)
    local = replace(
        both.placed, settings=Settings.resolve(lake=both.placed.settings.lake, environ={"AWS_REGION": "us-east-1"})
    )
    report = build(local, full_refresh=True)
    assert marts(both.placed) == before
    assert not any(mart.is_changed for mart in report.marts)
    found = reconcile(local)
    assert found.comparisons
    assert not found.differing


def test_real_lines_are_among_them(both: Both):
    if not REAL.is_dir():
        pytest.skip(f"no real bills: FINOPS_REAL_BILLS is not set and {BESIDE} is not there")
    with engine_of(both.copied) as engine:
        count = "select count(*) from build.stg_cur2__line_items where billing_period = '2026-04'"
        assert engine.execute(count).fetchone() == (471,)
