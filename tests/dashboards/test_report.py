"""`finops report` as a user meets it: files of the form they are named for, and changes that compare equal days."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner

from dashboards.cli import report
from dashboards.facts import gather
from dashboards.formats import ReportFormat
from dashboards.report import form_for, rows_of, summarize
from lake.errors import LakeError, SettingsError
from lake.output import Output
from lake.tables import MART_NAMES
from lake.workspace import Workspace
from tests.dashboards import built

app = typer.Typer()
app.command()(report)


def run(ws: Workspace, *arguments: str) -> Output:
    out = Output(as_json=True)
    result = CliRunner().invoke(app, list(arguments), obj=replace(ws, out=out))
    if result.exception is not None:
        raise result.exception
    return out


def test_change_compares_the_same_days_as_the_page_does(ws: Workspace) -> None:
    facts = gather({mart: rows_of(ws.store, mart) for mart in MART_NAMES}, ws.now.date())
    (summary,) = (one for one in summarize(ws.store) if one.currency == facts.scope.currency)
    now = sum((cost.as_py() for cost in facts.scope.comparable["billed_cost"]), Decimal(0))
    before = sum((cost.as_py() for cost in facts.scope.previous["billed_cost"]), Decimal(0))
    changes = [spend.change for spend in summary.services]
    assert None not in changes
    assert sum(changes, Decimal(0)) == now - before  # type: ignore[arg-type]


def test_all_is_every_month_newest_first(ws: Workspace) -> None:
    periods = [summary.billing_period for summary in summarize(ws.store, "all")]
    assert len(set(periods)) > 1
    assert periods == sorted(periods, reverse=True)


@pytest.mark.parametrize(
    ("form", "to", "chosen"),
    [
        (None, None, ReportFormat.TABLE),
        (ReportFormat.JSON, None, ReportFormat.JSON),
        (None, "a.parquet", ReportFormat.PARQUET),
        (None, "a.JSON", ReportFormat.JSON),
        (None, "a.txt", ReportFormat.CSV),
        (None, "a.table", ReportFormat.CSV),
        (ReportFormat.CSV, "a.parquet", ReportFormat.CSV),
    ],
)
def test_a_file_has_the_form_its_name_ends_with(form: ReportFormat | None, to: str | None, chosen: str) -> None:
    assert form_for(form, to) == chosen


def test_a_file_is_written_alone_and_its_place_is_told(ws: Workspace, tmp_path: Path) -> None:
    there = tmp_path / "out" / "costs.parquet"
    out = run(ws, "monthly_costs", "--to", str(there))
    told = json.loads(json.dumps(out.document["report"], default=str))
    assert told["to"] == str(there)
    assert pq.read_table(there).num_rows == told["row_count"]
    assert [path.name for path in there.parent.iterdir()] == ["costs.parquet"]


def test_a_file_that_cannot_be_written_is_told(ws: Workspace, tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="Is a directory") as told:
        run(ws, "monthly_costs", "--to", str(tmp_path))
    assert told.value.where == str(tmp_path)


def test_commitments_are_one_table_with_what_is_unused_and_what_ends_soon(
    ws: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    result = CliRunner().invoke(app, ["commitments"], obj=replace(ws, out=Output()))
    told = result.stdout + capsys.readouterr().out
    assert result.exit_code == 0
    assert "Commitments in 2026-11 (USD)" in told
    # 350 and 175 were bought and half of each was used.
    assert "Unused to date: 262.50 USD" in told
    assert told.count("Ends in 48 days") == 5
    lines = {" ".join(line.split()) for line in told.splitlines()}
    assert "EC2 instance eu-west-1 1,000.00 600.00 0.00 400.00 60.0%" in lines
    assert "All that is eligible 2,000.00 600.00 0.00 1,400.00 30.0%" in lines
    # The plan of a family would pay for the same hours, and is no saving beside the first.
    assert "ComputeSavingsPlans eu-west-1 0.730 150.00 -20.00 197.10 95.5% 73.0% 27.0% default" in lines
    assert "EC2InstanceSavingsPlans" not in told
    assert "Or by instance family, for the same hours: 1 in commitment_recommendations." in told
    assert "All services 2,000.00 1,700.00 0.00 300.00 15.0%" in lines


def test_commitments_as_a_file_are_the_rows_of_their_marts_with_every_digit(ws: Workspace, tmp_path: Path) -> None:
    there = tmp_path / "commitments.csv"
    run(ws, "commitments", "--to", str(there))
    with there.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert Counter(row["part"] for row in rows) == {
        "commitment_usage": 5,
        "commitment_coverage": 2,
        "effective_savings_rates": 2,
        "commitment_recommendations": 2,
    }
    assert "233.3333333333" in there.read_text()
    # A plan to buy has no utilization; a commitment has no hourly floor.
    assert {bool(row["utilization_pct"]) for row in rows if row["part"] == "commitment_usage"} == {True}
    assert {row["utilization_pct"] for row in rows if row["part"] == "commitment_recommendations"} == {""}
    assert {row["hourly_commitment_cost"] for row in rows if row["part"] == "commitment_usage"} == {""}


def test_a_bill_without_commitments_says_so(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    built.publish(ws.store, {"commitment_usage": []})  # type: ignore[arg-type]
    result = CliRunner().invoke(app, ["commitments"], obj=replace(ws, out=Output()))
    assert "No savings plan and no reservation is on this bill." in result.stdout + capsys.readouterr().out


@pytest.mark.parametrize(("name", "mart"), [("idle", "idle_resources"), ("rightsizing", "rightsizing_recommendations")])
def test_findings_are_a_table_with_their_sum_and_as_a_file_their_mart(
    ws: Workspace, name: str, mart: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = CliRunner().invoke(app, [name], obj=replace(ws, out=Output()))
    told = result.stdout + capsys.readouterr().out
    amount = "monthly_cost" if name == "idle" else "monthly_savings_cost"
    rows = [row for row in rows_of(ws.store, mart).to_pylist() if row["is_latest_period"]]
    assert len({row["resource_id"] for row in rows}) == len(rows)
    # A row whose amount is not known adds nothing.
    total = sum((row[amount] or Decimal(0) for row in rows), Decimal(0))
    assert f"{len(rows)} resources, {total:,.2f} USD a month" in told
    assert "They rest on: bill." in told
    run(ws, name, "--to", str(tmp_path / "rows.parquet"))
    assert pq.read_table(tmp_path / "rows.parquet").num_rows == len(rows)


def test_savings_add_up_what_is_counted_once(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    place = {"billing_period": "2026-11", "is_latest_period": True, "billing_currency": "USD", "lever": "delete"}
    counted = {**place, "resource_id": "vol-1", "rule_id": "volume_unattached", "is_counted": True}
    counted |= {"monthly_savings_cost": Decimal(20), "monthly_cash_savings_cost": Decimal(15)}
    passed_over = {**counted, "rule_id": "gp2_to_gp3", "is_counted": False, "superseded_by": "volume_unattached"}
    built.publish(ws.store, {"savings": [counted, {**passed_over, "monthly_savings_cost": Decimal(4)}]})  # type: ignore[arg-type]
    result = CliRunner().invoke(app, ["savings"], obj=replace(ws, out=Output()))
    told = result.stdout + capsys.readouterr().out
    assert "1 resources, 20.00 USD a month, 15.00 USD of it in cash" in told


@pytest.mark.parametrize("arguments", [["--to", "x.csv"], ["--format", "csv"]])
def test_a_file_or_a_form_without_a_mart_is_refused_and_not_passed_over(ws: Workspace, arguments: list[str]) -> None:
    with pytest.raises(SettingsError) as told:
        run(ws, *arguments)
    assert told.value.where == arguments[0]
