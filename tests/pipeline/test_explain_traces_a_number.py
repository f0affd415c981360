"""`finops explain`: the number is the ledger's, its formula holds on the bill, its lines are in the files it names."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from datetime import UTC, date
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from dbt_project.explain import METRICS, Explanation, Filters, explain
from lake.errors import LakeError, SettingsError
from tests.pipeline.conftest import Built, workspace
from tests.support import command
from tests.support.tampered import add_to_first_row

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("ledger")]

RDS = "Amazon Relational Database Service"


def ask(built: Built, metric: str, rows: int = 10, **filters) -> Explanation:
    return explain(built.ws, METRICS[metric], Filters(**filters), rows)


def bills(built: Built) -> Path:
    return Path(built.ws.store.uri).parent / "bills"


def finops(lake: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return command.finops("--json", "--lake", str(lake), "explain", *arguments)


@pytest.mark.parametrize(
    ("metric", "column", "truth"),
    [
        ("billed", "service", "billed_by_service"),
        ("billed", "account", "billed_by_account"),
        ("amortized", "account", "amortized_by_account"),
    ],
)
def test_the_number_of_every_service_and_account_is_the_ledger_s_and_the_marts(
    built: Built, metric: str, column: str, truth: str
):
    asked = 0
    for period in built.ledger.truth.periods:
        for name, cost in getattr(period, truth).items():
            told = ask(built, metric, 0, period=period.billing_period, **{column: name})
            assert told.totals == {"USD": cost}
            assert {one.mart: one.amount for one in told.in_marts} == {"daily_costs": cost, "monthly_costs": cost}
            assert sum(kind.amount for kind in told.kinds) == cost
            asked += 1
    assert asked > 5


@pytest.mark.parametrize(
    ("metric", "truth"),
    [
        ("billed", "billed"),
        ("amortized", "amortized"),
        ("effective", "effective"),
        ("list", "list"),
        ("unused-commitment", "unused_commitment"),
    ],
)
def test_the_number_of_a_month_is_the_ledger_s_for_every_measure(built: Built, metric: str, truth: str):
    for period in built.ledger.truth.periods:
        told = ask(built, metric, 0, period=period.billing_period)
        assert told.totals == {"USD": getattr(period, truth)}
        assert told.line_count == period.row_count
        assert not told.differing


@pytest.mark.parametrize("metric", ["billed", "amortized", "list", "unused-commitment"])
def test_a_kind_s_formula_worked_out_on_the_bill_s_own_file_gives_its_amount(built: Built, metric: str):
    told = ask(built, metric, 0, period="2026-06")
    [file] = {line.source_file for line in ask(built, metric, 1, period="2026-06").lines}
    assert len(told.kinds) >= 8
    for kind in told.kinds:
        amount, count = duckdb.execute(
            f"""
            select sum({_as_sql(kind.formula)}), count(*) from read_parquet(?)
            where line_item_line_item_type || case
                when line_item_line_item_type = 'Fee' and reservation_reservation_a_r_n <> '' then ':Reservation'
                else '' end = ?
            """,
            [str(bills(built) / file), kind.charge_kind],
        ).fetchone()
        assert (Decimal(amount), count) == (kind.amount, kind.charge_count), kind


def _as_sql(told: str) -> str:
    """The formula as a person reads it, as SQL; a net or public amount that is not there may be 0.0."""
    parts = [
        re.sub(
            r"[a-z_]{5,}",
            lambda column: f"coalesce(cast({column[0]} as decimal(38, 10)), 0)",
            part.partition(" where ")[0],
        )
        for part in told.split(", else ")
    ]
    return parts[0] if len(parts) == 1 else f"coalesce(nullif({parts[0]}, 0), {parts[1]})"


@pytest.mark.parametrize(
    ("metric", "column", "filters"),
    [
        ("billed", "line_item_unblended_cost", {}),
        ("billed", "line_item_unblended_cost", {"service": RDS, "period": "2026-07"}),
        ("billed", "line_item_unblended_cost", {"day": date(2026, 6, 11), "region": "eu-west-1"}),
        ("unused-commitment", None, {"period": "2026-06"}),
    ],
)
def test_every_line_shown_is_really_in_the_file_it_names(built: Built, metric: str, column: str | None, filters: dict):
    told = ask(built, metric, 25, **filters)
    assert len(told.lines) == 25
    amounts = [abs(line.amount) for line in told.lines]
    assert amounts == sorted(amounts, reverse=True)
    for name in {line.source_file for line in told.lines}:
        in_file = Counter(_lines_of(bills(built) / name, column))
        shown = Counter(
            (
                line.charge_period_start.replace(tzinfo=UTC),
                line.sub_account_id,
                line.line_item_type,
                line.usage_type or "",
                line.resource_id or "",
                line.amount if column else None,
            )
            for line in told.lines
            if line.source_file == name
        )
        assert shown <= in_file


def _lines_of(file: Path, column: str | None):
    rows = pq.read_table(file)
    names = ("account_id", "resource_id", "usage_type", "start_date")
    account, resource, usage, start = (
        rows[f"line_item_usage_{name}" if name in ("account_id", "start_date") else f"line_item_{name}"].to_pylist()
        for name in names
    )
    kinds = rows["line_item_line_item_type"].to_pylist()
    costs = rows[column].to_pylist() if column else [None] * len(kinds)
    for i, kind in enumerate(kinds):
        # A double's shortest text is what AWS wrote.
        cost = None if costs[i] is None else Decimal(repr(costs[i])) if isinstance(costs[i], float) else costs[i]
        moment = start[i] if start[i].tzinfo else start[i].replace(tzinfo=UTC)
        yield moment, account[i], kind, usage[i] or "", resource[i] or "", cost


def test_the_largest_line_of_the_bill_is_the_first_one_shown(built: Built):
    [period, _] = built.ledger.truth.periods
    told = ask(built, "billed", 1, period=period.billing_period)
    costs = pq.read_table(bills(built) / told.lines[0].source_file)["line_item_unblended_cost"]
    assert abs(told.lines[0].amount) == max(abs(Decimal(str(cost))) for cost in costs.to_pylist())


def test_one_resource_is_explained_though_no_mart_tells_it(built: Built):
    planted = built.ledger.truth.idle[0].resource_id
    told = ask(built, "effective", 5, resource=planted)
    assert {line.resource_id for line in told.lines} == {planted}
    assert told.in_marts == ()
    assert sum(told.totals.values()) > 0


def test_a_day_s_number_is_the_daily_mart_s(built: Built):
    told = ask(built, "amortized", 0, day=date(2026, 6, 11))
    [(cost,)] = built.rows("select sum(amortized_cost) from daily_costs where charged_on = date '2026-06-11'")
    assert told.totals == {"USD": cost}
    assert [one.mart for one in told.in_marts] == ["daily_costs"]


def test_a_filter_that_matches_nothing_is_told_with_what_there_is(built: Built):
    with pytest.raises(SettingsError, match="service RDS") as error:
        ask(built, "billed", service="RDS")
    assert RDS in error.value.todo
    with pytest.raises(SettingsError, match="all of that at once"):
        ask(built, "billed", service=RDS, region="global", account="100000000001", day=date(2026, 6, 11))


def test_the_command_tells_a_machine_the_same_and_ends_with_0(built: Built):
    done = finops(Path(built.ws.store.uri), "amortized", "--period", "2026-06", "--rows", "3")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)["explain"]
    assert Decimal(told["totals"]["USD"]) == built.ledger.truth.periods[0].amortized
    assert len(told["lines"]) == 3
    assert told["agrees_with_marts"] is True


def test_a_mart_that_tells_another_number_is_named_and_ends_with_1(built: Built, tmp_path: Path):
    lake = tmp_path / "lake"
    shutil.copytree(built.ws.store.uri, lake)
    add_to_first_row(lake / "marts" / "daily_costs" / "daily_costs.parquet", "billed_cost", "0.0000000001")
    done = finops(lake, "billed")
    assert done.returncode == 1
    assert "daily_costs says" in done.stderr
    assert "monthly_costs says" not in done.stderr


def test_a_lake_that_was_never_built_says_what_to_do(built: Built, tmp_path: Path):
    lake = tmp_path / "lake"
    shutil.copytree(Path(built.ws.store.uri) / "landing", lake / "landing")
    with pytest.raises(LakeError) as error:
        explain(workspace(lake), METRICS["billed"], Filters(), 1)
    assert "finops build" in error.value.todo
