"""Two deliveries of a month: what moved between them, and the marts as they were before the second one came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from dbt_project.build import build
from dbt_project.past import build_past, moment_of
from ingestion import prune
from ingestion.history import history
from ingestion.land import ingest
from ingestion.synthetic.cur2 import write_cur2
from ingestion.synthetic.ledger import Ledger, build_ledger
from lake import zones
from lake.errors import LakeError, SettingsError
from lake.tables import MART_NAMES
from lake.workspace import Workspace
from lambdas.runtime.guards import halted
from tests.ingestion.bills import MEMBER, PAYER, cur2_csv, legacy_line, legacy_parquet, line
from tests.pipeline.conftest import workspace

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("restatements")]

FIRST = datetime(2026, 5, 3, 6, 0, tzinfo=UTC)
SECOND = datetime(2026, 5, 9, 6, 0, tzinfo=UTC)
OTHER_PAYER = "111122223333"


def take(ws: Workspace, bills: Path, at: datetime) -> None:
    with ws.store.locked():
        ingest(replace(ws, now=at), str(bills))


def query(lake: str | Path, sql: str) -> list[tuple]:
    with duckdb.connect() as engine:
        for folder in Path(lake).glob("marts/*"):
            engine.execute(f"create view {folder.name} as select * from '{folder}/**/*.parquet'")
        return engine.execute(sql).fetchall()


def marts(lake: str | Path) -> dict[str, bytes]:
    folders = Path(lake).glob("marts/*")
    return {one.name: b"".join(path.read_bytes() for path in sorted(one.rglob("*.parquet"))) for one in folders}


def _spend(cost: str, service: str = "AmazonEC2", kind: str = "Usage", **more: str) -> dict[str, str]:
    return line(
        line_item_unblended_cost=cost,
        line_item_product_code=service,
        line_item_line_item_type=kind,
        bill_invoice_id="42",
        **more,
    )


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """April twice and October 2018 twice, from small bills; March once."""
    folder = tmp_path_factory.mktemp("restated")
    ws = workspace(folder / "lake")
    march = {name: value.replace("2026-04", "2026-03") for name, value in line().items() if value.startswith("2026-04")}
    march["bill_billing_period_end_date"] = "2026-04-01T00:00:00.000Z"
    gone = {"bill_payer_account_id": OTHER_PAYER}
    cur2_csv(folder / "1", [_spend("7.0", **march)], period="2026-03")
    cur2_csv(
        folder / "1",
        [_spend("1.0"), _spend("2.5"), _spend("4.0", "AmazonS3"), _spend("0.3", "AmazonSNS")],
        [_spend("9.0", "AmazonRDS", **gone)],
    )
    legacy_parquet(folder / "1", [legacy_line(), legacy_line(line_item_unblended_cost="3.0")])
    take(ws, folder / "1", FIRST)
    cur2_csv(
        folder / "2",
        # S3 as before, in other lines of the same sum and number; SNS is gone, a fee and a refund came.
        [_spend("1.0"), _spend("2.6"), _spend("4.0", "AmazonS3")],
        [_spend("100.0", "AWSSupportBusiness", "Fee"), _spend("-0.5", "AmazonEC2", "Refund")],
    )
    legacy_parquet(folder / "2", [legacy_line(), legacy_line(line_item_unblended_cost="2.75")])
    take(ws, folder / "2", SECOND)
    with ws.store.locked():
        build(ws)
    return folder / "lake"


def test_a_restatement_names_what_moved_and_nothing_that_did_not(by_hand: Path):
    columns = "billing_account_id, service_name, charge_category, previous_billed_cost, current_billed_cost"
    counts = "billed_cost_change, previous_charge_count, current_charge_count"
    found = query(by_hand, f"select {columns}, {counts} from restatements where billing_period = '2026-04'")
    expected = {
        (PAYER, "AmazonEC2", "Usage", "3.5", "3.6", "0.1", 2, 2),
        (PAYER, "AmazonEC2", "Adjustment", "0", "-0.5", "-0.5", 0, 1),
        (PAYER, "AmazonSNS", "Usage", "0.3", "0", "-0.3", 1, 0),
        (PAYER, "AWSSupportBusiness", "Purchase", "0", "100", "100", 0, 1),
        # A payer whom nobody's bill of the month names any more.
        (OTHER_PAYER, "AmazonRDS", "Usage", "9", "0", "-9", 1, 0),
    }
    assert len(found) == len(expected)
    assert set(found) == {(*row[:3], *map(Decimal, row[3:6]), *row[6:]) for row in expected}


def test_a_legacy_restatement_is_found_as_well_and_a_month_delivered_once_has_none(by_hand: Path):
    found = query(by_hand, "select billing_period, sub_account_id, billed_cost_change from restatements")
    assert [row for row in found if row[0] != "2026-04"] == [("2018-10", MEMBER, Decimal("-0.25"))]


def test_a_restatement_says_which_deliveries_it_compares_and_when_each_became_current(by_hand: Path):
    found = query(
        by_hand,
        "select distinct previous_delivery_id, previous_accepted_at, current_delivery_id, current_accepted_at "
        "from restatements where billing_period = '2026-04'",
    )
    past = history(workspace(by_hand).store, period="2026-04")
    ids = [one.delivery.delivery_id for one in past]
    assert found == [(ids[0], FIRST.replace(tzinfo=None), ids[1], SECOND.replace(tzinfo=None))]
    assert [one.delivery.status for one in past] == ["FINAL", "RESTATED"]


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ledger, Ledger, Workspace]]:
    """A month of one company, told on the 6th and again on the 8th, and its marts."""
    folder = tmp_path_factory.mktemp("past")
    ws = workspace(folder / "lake")
    told = []
    for through in (5, 7):
        ledger = build_ledger(date(2026, 3, 1), 1, date(2026, 3, through), seed=3)
        write_cur2(ledger, folder / f"bills{through}")
        take(ws, folder / f"bills{through}", datetime(2026, 3, through + 1, 6, tzinfo=UTC))
        told.append(ledger)
    with ws.store.locked():
        build(ws)
    yield told[0], told[1], ws


def test_the_changes_add_up_to_what_the_ledger_knows_for_each_account_and_service(
    ledgers: tuple[Ledger, Ledger, Workspace],
):
    (old,), (new,) = (ledger.truth.periods for ledger in ledgers[:2])
    lake = ledgers[2].store.uri
    for column, before, after in (
        ("sub_account_id", old.billed_by_account, new.billed_by_account),
        ("service_name", old.billed_by_service, new.billed_by_service),
    ):
        changes = {name: after.get(name, Decimal(0)) - before.get(name, Decimal(0)) for name in {*before, *after}}
        found = dict(query(lake, f"select {column}, sum(billed_cost_change) from restatements group by 1"))
        assert {name: found.get(name, Decimal(0)) for name in changes} == changes
        assert set(found) <= set(changes)
    lines = query(lake, "select sum(current_charge_count - previous_charge_count) from restatements")
    assert lines == [(new.row_count - old.row_count,)]


def test_the_past_has_the_marts_of_then_and_leaves_those_of_today_alone(ledgers: tuple[Ledger, Ledger, Workspace]):
    (old,) = ledgers[0].truth.periods
    ws = ledgers[2]
    before = marts(ws.store.uri)
    pointers = {file.key: ws.store.read(file.key) for file in ws.store.files(f"{zones.DELIVERIES}/")}
    drivers = b"month,driver_name,quantity,team,service_name\n2026-03,orders,7,,\n"
    ws.store.write(zones.DRIVERS, drivers)
    past, _ = build_past(ws, "2026-03-07")
    # Whose a cost is, is told by the rules of today.
    assert query(past.lake, "select distinct quantity from unit_costs") == [(7,)]
    assert marts(ws.store.uri) == before
    assert {file.key: ws.store.read(file.key) for file in ws.store.files(f"{zones.DELIVERIES}/")} == pointers
    assert set(marts(past.lake)) == set(MART_NAMES)
    total = query(past.lake, "select sum(billed_cost), sum(amortized_cost), sum(charge_count) from daily_costs")
    assert total == [(old.billed, old.amortized, old.row_count)]
    assert query(past.lake, "select count(*) from restatements") == [(0,)]
    then = workspace(Path(past.lake)).store
    assert [one.state for one in history(then)] == ["current"]
    assert "2026-03-07" in halted(then), "no action may run on the past"


def test_a_moment_whose_delivery_was_pruned_is_refused_by_name(ledgers: tuple[Ledger, Ledger, Workspace]):
    ws = ledgers[2]
    first = history(ws.store)[0]
    prune.remove(ws.store, [first])
    with pytest.raises(LakeError, match=first.delivery.delivery_id):
        build_past(ws, "2026-03-07", f"{ws.store.uri}-pruned")
    assert not Path(f"{ws.store.uri}-pruned").exists()


def test_before_the_first_delivery_there_is_no_past(ledgers: tuple[Ledger, Ledger, Workspace]):
    with pytest.raises(LakeError, match="2026-03-06T06:00:00"):
        build_past(ledgers[2], "2026-03-06T05:59:59")


@pytest.mark.parametrize("place", ["", "/marts"])
def test_the_past_is_never_built_over_something_else(ledgers: tuple[Ledger, Ledger, Workspace], place: str):
    ws = ledgers[2]
    before = marts(ws.store.uri)
    with pytest.raises(SettingsError, match="a place of its own"):
        build_past(ws, "2026-03-09", ws.store.uri + place)
    assert marts(ws.store.uri) == before


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-03-05", datetime(2026, 3, 5, 23, 59, 59, 999999, tzinfo=UTC)),
        ("2026-03-05T06:00", datetime(2026, 3, 5, 6, tzinfo=UTC)),
        ("2026-03-05T06:00:00Z", datetime(2026, 3, 5, 6, tzinfo=UTC)),
        ("2026-03-05T06:00:00+02:00", datetime(2026, 3, 5, 4, tzinfo=UTC)),
    ],
)
def test_a_day_means_its_end_and_times_are_utc(text: str, meant: datetime):
    assert moment_of(text) == meant


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "05.03.2026", "9999-99-99T00:00"])
def test_what_is_no_moment_is_refused_with_an_example(text: str):
    with pytest.raises(SettingsError, match="2026-03-05"):
        moment_of(text)
