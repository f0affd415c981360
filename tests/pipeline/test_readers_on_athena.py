"""Whoever reads a lake reads it the same with `--profile aws`: the lake in S3, Athena in the place of DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from dashboards.page import draw
from dashboards.report import summarize
from dashboards.standing import State
from dbt_project.explain import METRICS, Filters, explain
from lake import aws, zones
from lake.catalog import glue
from lake.catalog.tables import Partition, Table, columns_of, database
from lake.doctor import examine
from lake.errors import LakeError, SettingsError
from lake.output import Output
from lake.settings import Settings
from lake.tables import MART_NAMES
from lake.workspace import Workspace
from lambdas.cli import plan_all
from quality.reconciling.reconcile import reconcile
from quality.run import ValidationReport, validate
from tests.pipeline.conftest import NOW, PLANNED, Built
from tests.support.local_aws import RemoteAws, running

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("ledger")]

LAKE = "s3://company/lake"
RDS = "Amazon Relational Database Service"


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteAws]:
    with running(tmp_path_factory.mktemp("account"), ("company",)) as started, pytest.MonkeyPatch.context() as patch:
        for name, value in started.environment.items():
            patch.setenv(name, value)
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield started


@pytest.fixture(scope="module")
def ws(account: RemoteAws, built: Built, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The lake of the ledger in S3, with the waist as a table of Athena's."""
    made = Workspace.begin(Settings.resolve(lake=LAKE, profile="aws"), Output(quiet=True), NOW)
    for file in built.ws.store.files():
        if not file.key.startswith(f"{zones.ENGINE}/"):
            made.store.write(file.key, built.ws.store.read(file.key) or b"")
    show_waist(made, Path(built.ws.store.uri) / zones.ENGINE_FILE, tmp_path_factory.mktemp("waist"))
    return made


@pytest.fixture(scope="module")
def validated(ws: Workspace) -> ValidationReport:
    return validate(ws)


def show_waist(ws: Workspace, engine_file: Path, folder: Path) -> None:
    with duckdb.connect(str(engine_file), read_only=True) as engine:
        months = [
            month for (month,) in engine.execute("select distinct billing_period from build.int_charges").fetchall()
        ]
        for month in months:
            rows = f"select * exclude (billing_period) from build.int_charges where billing_period = '{month}'"
            engine.execute(f"copy ({rows}) to '{folder}/{month}.parquet' (format parquet)")
            ws.store.write(f"engine/waist/{month}/rows.parquet", (folder / f"{month}.parquet").read_bytes())
    columns = columns_of(pq.read_schema(folder / f"{months[0]}.parquet"))
    partitions = tuple(Partition((month,), f"{LAKE}/engine/waist/{month}/") for month in months)
    client = aws.client("glue", ws.settings.region)
    glue.settle_database(client, database(ws.settings, zones.BUILD))
    location = f"{LAKE}/engine/waist/"
    glue.settle(client, Table("finops_build", "int_charges", location, columns, ("billing_period",), partitions))


def test_validate_finds_all_marts_green(validated: ValidationReport):
    assert validated.passed
    assert validated.engine == "athena"
    assert not any(mart.warnings for mart in validated.marts)


def test_the_gate_is_open_for_actions_and_the_page_and_the_doctor_see_it(ws: Workspace, validated: ValidationReport):
    assert validated.passed
    assert {plan.action: bool(plan.outcomes) for plan in plan_all(ws)} == PLANNED
    drawn = draw(ws)
    assert drawn.state is State.VALIDATED
    assert drawn.location == f"{LAKE}/{zones.PAGE}"
    marts = {one.subject: one for one in examine(ws) if one.subject in MART_NAMES}
    assert {name: one.is_well for name, one in marts.items()} == dict.fromkeys(MART_NAMES, True)


def test_report_and_reconcile_tell_the_same_as_on_a_folder(ws: Workspace, built: Built):
    assert summarize(ws.store) == summarize(built.ws.store)
    proof = reconcile(ws)
    assert not proof.differing
    assert proof == reconcile(built.ws)


@pytest.mark.parametrize(
    ("metric", "filters"),
    [
        ("amortized", Filters(period="2026-06")),
        ("billed", Filters(period="2026-07", service=RDS.lower(), account=None)),
    ],
)
def test_explain_takes_a_number_apart_alike_and_reads_no_other_month(
    ws: Workspace, built: Built, account: RemoteAws, metric: str, filters: Filters
):
    before = len(account.statements)
    told = explain(ws, METRICS[metric], filters, 10)
    assert told == explain(built.ws, METRICS[metric], filters, 10)
    assert told.lines
    asked = account.statements[before:]
    assert [one.state for one in asked] == ["SUCCEEDED", "SUCCEEDED"]
    for scan in (scan for one in asked for scan in one.scans):
        assert scan.partitions == ((filters.period,),)
        assert not scan.reads_all_columns


def test_explain_asks_athena_about_one_month_and_says_which_there_are(ws: Workspace):
    for period in (None, "2025-01"):
        with pytest.raises(SettingsError) as told:
            explain(ws, METRICS["billed"], Filters(period=period), 1)
        assert told.value.todo == "Choose one of: 2026-06, 2026-07."


def test_explain_names_what_matches_no_line(ws: Workspace):
    with pytest.raises(SettingsError, match="No line of the bill is of service O'Reilly") as told:
        explain(ws, METRICS["billed"], Filters(period="2026-06", service="O'Reilly"), 1)
    assert RDS in told.value.todo


def test_explain_says_when_athena_holds_no_waist(ws: Workspace):
    elsewhere = replace(ws, settings=replace(ws.settings, athena=replace(ws.settings.athena, prefix="other")))
    with pytest.raises(LakeError, match="Nothing is built here yet") as told:
        explain(elsewhere, METRICS["billed"], Filters(period="2026-06"), 1)
    assert told.value.where == "other_build.int_charges"
