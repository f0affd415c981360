"""A month whose total is not the bill's is held back, alone: its last good numbers stay, and nobody acts on them."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from lambdas.runtime.model import Verb
from tests.pipeline.conftest import PLANNED, Built, workspace
from tests.support import command
from tests.support.tampered import add_to_first_row

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("ledger")]

PAYER = "100000000001"


def finops(lake: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return command.finops("--json", "--lake", str(lake), *arguments)


@dataclass(frozen=True)
class HeldBack:
    """A lake whose July was spoiled after a good build, and what `finops run` said of it."""

    lake: Path
    told: subprocess.CompletedProcess[str]

    @property
    def document(self) -> dict:
        return json.loads(self.told.stdout)

    def ask(self, sql: str) -> list[tuple]:
        return ask(self.lake, sql)


def ask(lake: Path, sql: str) -> list[tuple]:
    with duckdb.connect() as engine:
        for folder in (lake / "marts").iterdir():
            engine.execute(f"create view {folder.name} as select * from '{folder}/**/*.parquet'")
        return engine.execute(sql).fetchall()


def july(lake: Path) -> Path:
    [file] = (lake / "landing" / "cur2" / "billing_period=2026-07").glob("*/part-*.parquet")
    return file


@pytest.fixture(scope="module")
def spoiled(built: Built, tmp_path_factory: pytest.TempPathFactory) -> HeldBack:
    """One line of July costs a cent more than when the bill was accepted."""
    lake = Path(shutil.copytree(built.ws.store.uri, tmp_path_factory.mktemp("spoiled") / "lake"))
    # The engine's file is only a cache.
    shutil.rmtree(lake / "engine")
    add_to_first_row(july(lake), "line_item_unblended_cost", "0.01")
    return HeldBack(lake, finops(lake, "run"))


def test_the_run_goes_on_and_ends_with_1_naming_month_payer_table_and_amounts(spoiled: HeldBack):
    assert spoiled.told.returncode == 1
    assert f"2026-07 of payer {PAYER} is held back" in spoiled.told.stderr
    [held] = spoiled.document["build"]["held_back"]
    assert (held["billing_period"], held["billing_account_id"]) == ("2026-07", PAYER)
    tables = {reason.split(" ")[0] for reason in held["reasons"]}
    assert {"int_charges", "daily_costs", "monthly_costs", "focus_1_2"} <= tables
    assert all("difference +0.0100000000" in reason for reason in held["reasons"])
    # All later steps were taken.
    assert {"validate", "act", "report", "dashboard"} <= spoiled.document.keys()
    assert json.loads((spoiled.lake / "verdicts" / "held_back.json").read_text())["held_back"] == [held]


@pytest.mark.parametrize("mart", ["daily_costs", "focus_1_2", "restatements", "rightsizing_recommendations"])
def test_every_row_of_the_month_is_that_of_the_last_good_build(spoiled: HeldBack, built: Built, mart: str):
    path = Path("marts") / mart
    assert pq.read_table(spoiled.lake / path).equals(pq.read_table(Path(built.ws.store.uri) / path))


def test_idle_resources_of_the_month_stay_and_none_is_actionable(spoiled: HeldBack, built: Built):
    asked = (
        "select finding_id, effective_cost, is_latest_period, {} from idle_resources where billing_period = '2026-07'"
    )
    before = built.rows(asked.format("is_actionable"))
    assert any(row[3] for row in before)
    assert spoiled.ask(asked.format("is_actionable")) == [(*row[:3], False) for row in before]


def test_the_month_is_compared_with_no_other_month_and_keeps_its_own_costs(spoiled: HeldBack, built: Built):
    asked = (
        "select sum(billed_cost), sum(charge_count) from monthly_costs group by billing_period order by billing_period"
    )
    assert spoiled.ask(asked) == built.rows(asked)
    told = spoiled.ask(
        "select billing_period, bool_or(is_previous_period_known), count(previous_billed_cost), "
        "count(billed_cost_change) "
        "from monthly_costs group by 1 order by 1"
    )
    assert told == [("2026-06", False, 0, 0), ("2026-07", False, 0, 0)]


def test_the_reconciliation_tells_what_is_wrong_and_the_other_month_is_right(spoiled: HeldBack):
    told = spoiled.ask(
        "select billing_period, is_held_back, bool_and(is_reconciled), max(difference_micros) from reconciliation "
        "group by 1, 2 order by 1"
    )
    assert told == [("2026-06", False, True, 0), ("2026-07", True, False, 10_000)]


def test_only_the_mart_that_tells_it_is_red(spoiled: HeldBack):
    red = {one["mart"] for one in spoiled.document["validate"]["marts"] if not one["passed"]}
    assert red == {"reconciliation"}


def test_no_action_is_planned_on_the_month_and_each_resource_says_why(spoiled: HeldBack):
    from lambdas.cli import plan_all
    from quality.run import validate

    # On the day after the bill's last: today it is too old to act on at all.
    ws = workspace(spoiled.lake)
    validate(ws)
    plans = plan_all(ws)
    # The bill alone knows no snapshot.
    assert {plan.action: bool(plan.outcomes) for plan in plans} == PLANNED
    decisions = [decision for plan in plans for decision in plan.decisions]
    assert all("2026-07 of payer 100000000001 is held back" in decision.reason for decision in decisions)
    assert {decision.verb for decision in decisions} == {Verb.LEAVE}


def test_doctor_the_page_and_reconcile_show_it(spoiled: HeldBack):
    unwell = {
        one["subject"]
        for one in json.loads(finops(spoiled.lake, "doctor").stdout)["doctor"]["findings"]
        if not one["is_well"]
    }
    assert f"2026-07 of {PAYER}" in unwell
    page = (spoiled.lake / "dashboards" / "index.html").read_text()
    assert f"2026-07, payer {PAYER}" in page
    assert spoiled.document["dashboard"]["state"] in ("failed", "held back")
    told = finops(spoiled.lake, "reconcile")
    assert told.returncode == 1
    assert json.loads(told.stdout)["reconcile"]["held_back"] == spoiled.document["build"]["held_back"]


def test_a_month_that_never_was_good_is_not_published_and_comes_when_it_is_mended(built: Built, tmp_path: Path):
    from dbt_project.build import build

    lake = Path(shutil.copytree(built.ws.store.uri, tmp_path / "lake", ignore=shutil.ignore_patterns("engine")))
    before = {str(path.relative_to(lake)): path.read_bytes() for path in (lake / "marts").rglob("*.parquet")}
    shutil.rmtree(lake / "marts")
    good = july(lake).read_bytes()
    add_to_first_row(july(lake), "line_item_unblended_cost", "-0.01")
    ws = workspace(lake)
    with ws.store.locked():
        report = build(ws)
        assert [one.bill for one in report.held_back] == [("2026-07", PAYER)]
        assert ask(lake, "select distinct billing_period from daily_costs") == [("2026-06",)]
        assert ask(lake, "select count(*) from idle_resources where is_actionable") == [(0,)]
        july(lake).write_bytes(good)
        assert build(ws).held_back == ()
    assert {str(path.relative_to(lake)): path.read_bytes() for path in (lake / "marts").rglob("*.parquet")} == before
    assert json.loads((lake / "verdicts" / "held_back.json").read_text())["held_back"] == []
