"""The same bills through both engines: the same bytes are published, and a month that changed alone is touched.

Each test goes on where the one before it left both lakes.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pyarrow.parquet as pq
import pytest
import yaml

from dbt_project.athena import PROJECT
from dbt_project.build import BuildReport, build
from dbt_project.explain import METRICS, Filters, explain
from dbt_project.orphans import sweep_orphans
from lake import zones
from lake.held import held_back
from lake.meter import Meter
from lake.metering import metered
from tests.athena import scans_allowed
from tests.athena.company import LAKE, Company, marts
from tests.support.local_aws.journal import Scan, Statement, Write
from tests.support.tampered import add_to_first_row

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("athena")]

# A row per line of the bill, or per resource and day: what a build must not read of months that are as they were.
LARGE = {
    "landing.cur2",
    "landing.superseded_cur2",
    "build.int_charges",
    "build.focus_1_2",
    "build.int_resources__tagged",
    "build.int_resources__used_daily",
    "build.int_instances__priced",
}


DAMAGED = ("bought-hourly", "2026-07")


@dataclass(frozen=True)
class Done:
    """What one build did on the account, and both reports."""

    statements: list[Statement]
    writes: list[Write]
    there: BuildReport
    here: BuildReport
    meter: Meter

    def scans(self) -> list[Scan]:
        return [scan for one in self.statements for scan in one.scans]

    def sql(self, kind: str) -> list[str]:
        return [one.sql for one in self.statements if one.kind == kind]

    def put(self, zone: str) -> list[str]:
        """Keys of the files that were put into a zone, each as often as it was."""
        prefix = f"{LAKE}/{zone}/"
        return sorted(one.uri.removeprefix(prefix) for one in self.writes if one.uri.startswith(prefix))


def done(company: Company) -> Done:
    statements, writes = len(company.aws.statements), len(company.aws.writes)
    with metered(company.there.settings.athena) as meter:
        there, here = company.build()
    return Done(company.aws.statements[statements:], company.aws.writes[writes:], there, here, meter)


@pytest.fixture(scope="module")
def first(company: Company) -> Done:
    company.deliver(date(2026, 7, 3))
    return done(company)


@pytest.fixture(scope="module")
def restated(company: Company, first: Done) -> Done:
    """July grows by two days; May and June come again as they were. One of July's two bills is damaged in the lake."""
    company.deliver(date(2026, 7, 5), days_later=1)
    (damaged,) = json.loads(company.here.store.read(zones.current_delivery("cur2", *DAMAGED)) or b"")["files"]
    path = company.here.store.local_copy(damaged)
    add_to_first_row(path, "line_item_unblended_cost", "0.01")
    company.there.store.write(damaged, path.read_bytes())
    return done(company)


def test_a_first_build_publishes_the_same_bytes_and_tells_the_same(company: Company, first: Done):
    assert first.there == first.here
    assert len(first.there.totals) == 6
    assert marts(company.there) == marts(company.here)
    assert zones.published_month("focus_1_2", "2026-05") in marts(company.there)


def test_no_statement_failed_and_what_all_of_them_read_is_metered_per_model(first: Done):
    assert [one.reason for one in first.statements if one.state != "SUCCEEDED"] == []
    assert first.meter.bytes == sum(one.scanned_bytes for one in first.statements) > 0
    # What creates a table reads, too.
    assert "int_charges" in {one.name for one in first.meter.scanned() if one.bytes}


def test_the_lines_of_a_bill_are_read_by_three_models_and_nobody_else(first: Done):
    readers = [one.sql for one in first.statements if "landing.cur2" in {scan_name(scan) for scan in one.scans}]
    assert sorted(sql.partition("node_id")[2].split('"')[2] for sql in readers) == [
        "model.finops.int_charges",
        "model.finops.int_discounts__layout",
        "model.finops.int_identities__bills",
    ]


def test_months_are_open_before_the_first_row_changes_and_closed_before_the_first_mart_is_swapped(first: Done):
    zone = (zones.ATHENA_PERIODS, f"{zones.ATHENA_TABLES}/", f"{zones.MARTS}/")
    order = [name for write in first.writes for name in zone if write.uri.startswith(f"{LAKE}/{name}")]
    opened, closed = (number for number, name in enumerate(order) if name == zones.ATHENA_PERIODS)
    assert opened == 0
    assert f"{zones.MARTS}/" not in order[:closed]
    assert f"{zones.ATHENA_TABLES}/" in order[:closed]


def test_published_marts_can_be_asked_by_sql(company: Company, first: Done):
    import awswrangler as wr

    asked = wr.athena.read_sql_query(
        "select sum(billedcost) as billed from focus_1_2 where x_billingperiod = '2026-06'",
        database=company.there.settings.glue_database(zones.MARTS),
        ctas_approach=False,
        s3_output=company.there.settings.results,
    )
    content = company.here.store.read(zones.published_month("focus_1_2", "2026-06")) or b""
    assert asked["billed"][0] == sum(pq.read_table(io.BytesIO(content))["BilledCost"].to_pylist())


def test_every_unit_test_of_the_models_holds_on_athena(company: Company, first: Done):
    written = [yaml.safe_load(path.read_text()) for path in (PROJECT / "models").rglob("*.yml")]
    names = {test["name"] for one in written for test in one.get("unit_tests", ())}
    assert company.unit_tests() == dict.fromkeys(names, "pass")


@pytest.mark.parametrize(
    ("metric", "filters"),
    [
        ("billed", Filters(period="2026-06")),
        ("effective", Filters(period="2026-07", day=date(2026, 7, 2))),
        ("amortized", Filters(period="2026-05", service="amazon elastic compute cloud")),
        ("list", Filters(period="2026-06", region="us-east-1")),
        ("unused-commitment", Filters(period="2026-05")),
    ],
)
def test_a_number_is_explained_alike(company: Company, first: Done, metric: str, filters: Filters):
    told = explain(company.there, METRICS[metric], filters, 20)
    assert told == explain(company.here, METRICS[metric], filters, 20)
    assert told.lines
    assert not told.differing


def test_a_restated_month_publishes_the_same_bytes_and_a_damaged_bill_is_held_back_alone(
    company: Company, first: Done, restated: Done
):
    assert restated.there == restated.here
    assert [one.billing_period for one in restated.there.held_back] == ["2026-07"]
    assert held_back(company.there.store) == restated.there.held_back
    assert marts(company.there) == marts(company.here)


def test_of_months_that_are_as_they_were_nothing_large_is_read(restated: Done):
    read = [scan for scan in restated.scans() if scan_name(scan) in LARGE]
    assert {scan_name(scan) for scan in read} == LARGE
    for scan in read:
        # Which resources came and went is told beside the month before.
        before = {("2026-06",)} if scan_name(scan) == "build.int_resources__used_daily" else set()
        assert {("2026-07",)} <= {partition[:1] for partition in scan.partitions} <= {("2026-07",)} | before, scan


def test_no_statement_reads_every_month_but_those_that_are_known_to(restated: Done):
    assert_scans_are(scans_allowed.EVERY_MONTH, restated, reads_every_month)


def test_no_statement_reads_every_column_but_those_that_are_known_to(restated: Done):
    assert_scans_are(scans_allowed.EVERY_COLUMN, restated, lambda _, scan: scan.reads_all_columns)


def test_of_months_that_are_as_they_were_nothing_is_written(restated: Done):
    deleted = restated.sql("DELETE")
    assert len(deleted) == len(restated.sql("INSERT")) > 20
    # A mart that looks back is computed anew for later months, too; here there are none.
    assert {month for sql in deleted for month in re.findall(r"'(2026-..)'", sql) if month <= "2026-07"} == {"2026-07"}
    assert all(re.search(r"in \(('[-0-9]{7}'(, )?)+\)$", sql.rstrip()) for sql in deleted)
    focus = [key for key in restated.put(zones.MARTS) if key.startswith("focus_1_2/")]
    assert focus == ["focus_1_2/2026-07/focus_1_2.parquet"]


def test_a_table_is_written_once_and_a_mart_by_one_put(restated: Done):
    assert not [sql for sql in restated.sql("CREATE_TABLE_AS_SELECT") if "__dbt_tmp" in sql]
    published = restated.put(zones.MARTS)
    assert len(set(published)) == len(published)
    assert {one.action for one in restated.writes if one.uri.startswith(f"{LAKE}/{zones.MARTS}/")} == {"put"}


def test_a_month_that_is_held_back_stays_due(company: Company, restated: Done):
    told = json.loads(company.there.store.read(zones.ATHENA_PERIODS) or b"")["built"]
    assert [month for month, of in told.items() if not of] == ["2026-07"]
    assert set(told) == {"2026-05", "2026-06", "2026-07"}


def test_what_a_failed_statement_left_is_swept_and_no_file_of_a_table(company: Company, restated: Done):
    store, glue = company.there.store, company.aws.client("glue")
    folder = f"{zones.ATHENA_TABLES}/two_engines_build"
    store.write(f"{folder}/int_charges/of-a-killed-task/data/1.parquet", b"rows")
    before = {file.key for file in store.files(f"{folder}/")}
    assert sweep_orphans(store, glue, "two_engines_build", datetime.now(UTC)) == ()
    swept = sweep_orphans(store, glue, "two_engines_build", datetime.now(UTC) + timedelta(days=2))
    assert f"{folder}/int_charges/of-a-killed-task" in swept
    gone = before - {file.key for file in store.files(f"{folder}/")}
    assert not gone & {uri.removeprefix(f"{LAKE}/") for scan in restated.scans() for uri in scan.files}
    filters = Filters(period="2026-06")
    assert explain(company.there, METRICS["billed"], filters, 5) == explain(company.here, METRICS["billed"], filters, 5)


def test_a_full_refresh_publishes_the_same_bytes_again(company: Company, restated: Done, without_checks: None):
    before = marts(company.there)
    report = build(company.there, full_refresh=True)
    assert marts(company.there) == before
    assert [mart.mart for mart in report.marts if mart.is_changed] == []


def scan_name(scan: Scan) -> str:
    return scan.table.removeprefix("awsdatacatalog.two_engines_")


def assert_scans_are(allowed: scans_allowed.Allowed, done: Done, is_meant: Callable[[Statement, Scan], bool]) -> None:
    """What is not on the list must not be, and what is on the list must be."""
    found = {
        (reader(one), scan_name(scan).partition(".")[2])
        for one in done.statements
        for scan in one.scans
        if is_meant(one, scan)
    }
    known = scans_allowed.pairs(allowed)
    assert found - known == set(), "not on the list in tests/athena/scans_allowed.py"
    assert known - found == set(), "on the list in tests/athena/scans_allowed.py, and not needed any more"


def reads_every_month(one: Statement, scan: Scan) -> bool:
    """Whether a refresh of July reads a partitioned table without naming July.

    Of a table that holds July alone no partition can be pruned: there the statement tells.
    """
    holds_july_alone = {partition[:1] for partition in scan.partitions} == {("2026-07",)}
    return scan.reads_every_partition_unasked and not (holds_july_alone and "'2026-07'" in one.sql)


def reader(one: Statement) -> str:
    """The node of dbt that sent a statement, or what it does and to which tables."""
    node = re.search(r'"node_id": "([^"]+)"', one.sql)
    if node:
        return node[1].split(".")[2]
    return " ".join([one.kind.lower(), *(table.rpartition(".")[2] for table in one.tables)])
