"""`finops report allocation`: the statement of all teams, of one, and as a file."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from dashboards.allocation import of_team, show_allocation
from dashboards.report import show_rows
from lake.errors import SettingsError
from lake.output import Output
from lake.workspace import Workspace
from tests.dashboards import built
from tests.dashboards.test_report import run

AMOUNTS = {"Direct": "direct_cost", "Shared": "shared_cost"}


def cost(team: str | None, allocation: str, amount: str, service: str = "Amazon S3", **more: Any) -> dict[str, Any]:
    parts = dict.fromkeys(("direct_cost", "shared_cost", "unallocated_cost"), Decimal(0))
    return {
        "billing_period": "2026-11",
        "billing_account_id": "100000000001",
        "sub_account_id": "100000000002",
        "sub_account_name": "prod",
        "billing_currency": "USD",
        "service_name": service,
        "team": team,
        "allocation": allocation,
        **parts,
        AMOUNTS.get(allocation, "unallocated_cost"): Decimal(amount),
        "effective_cost": Decimal(amount),
        **more,
    }


COSTS = [
    cost("shop", "Direct", "60", environment="production"),
    cost("shop", "Direct", "0.5", "Amazon EC2"),
    cost("shop", "Shared", "3.0000000001", "Tax", shared_pool="tax", allocated_method="proportional"),
    cost("web", "Direct", "25"),
    cost(None, "Untagged", "7"),
    cost(None, "Untaggable", "4.5"),
    cost("web", "Direct", "1000", billing_period="2026-10"),
]
COVERAGE = {
    **{name: COSTS[0][name] for name in ("billing_period", "billing_account_id", "sub_account_id", "billing_currency")},
    "tag_key": "team",
    "taggable_cost": Decimal(80),
    "tagged_cost": Decimal(60),
    "variant_tag_key": "Team",
}


@pytest.fixture
def lake(ws: Workspace) -> Workspace:
    built.publish(ws.store, {"team_costs": COSTS, "tag_coverage": [COVERAGE]})  # type: ignore[arg-type]
    return ws


def told(team: str | None = None) -> list[str]:
    out = Output()
    out._out = Console(file=io.StringIO(), width=200)
    rows = of_team(built.table("team_costs", COSTS[:-1]), team)
    show_allocation(out, rows, built.table("tag_coverage", [COVERAGE]), team)
    return [" ".join(line.split()) for line in out._out.file.getvalue().splitlines()]  # type: ignore[attr-defined]


def test_teams_are_told_dearest_first_and_what_is_nobody_s_by_its_reason():
    assert told() == [
        "",
        "Whose the costs of 2026-11 are (USD)",
        "Team Direct Shared Nobody's Effective cost Share",
        "shop 60.50 3.00 0.00 63.50 63.5%",
        "web 25.00 0.00 0.00 25.00 25.0%",
        "nobody: could carry a tag 0.00 0.00 7.00 7.00 7.0%",
        "nobody: can carry no tag 0.00 0.00 4.50 4.50 4.5%",
        "All costs 85.50 3.00 11.50 100.00 100.0%",
        "The tag team is on 75.0% of the 80.00 USD that could carry it.",
        "Some carry Team instead, which is another tag to AWS.",
    ]


def test_a_team_s_statement_tells_how_each_cost_came_to_it():
    assert told("shop") == [
        "",
        "What shop costs in 2026-11 (USD)",
        "Service Account Environment How Effective cost",
        "Amazon S3 prod production direct 60.00",
        "Part of tax proportional 3.00",
        "Amazon EC2 prod direct 0.50",
        "All of it 63.50",
    ]


def test_an_unknown_team_is_refused_with_those_there_are(lake: Workspace):
    with pytest.raises(SettingsError, match="is of a team 'shops'") as refused:
        run(lake, "allocation", "--team", "shops")
    assert refused.value.todo == "Choose one of: shop, web."


def test_a_team_is_asked_for_of_no_other_report(lake: Workspace):
    with pytest.raises(SettingsError) as refused:
        run(lake, "costs", "--team", "shop")
    assert refused.value.where == "--team"


def test_a_file_has_the_rows_of_the_month_and_the_team_with_every_digit(lake: Workspace, tmp_path: Path):
    there = tmp_path / "shop.csv"
    run(lake, "allocation", "--team", "shop", "--to", str(there))
    rows = list(csv.DictReader(there.open()))
    assert [row["effective_cost"] for row in rows] == ["60.0000000000", "0.5000000000", "3.0000000001"]
    assert run(lake, "allocation", "--period", "all", "--format", "csv").document["report"]["row_count"] == len(COSTS)


def test_what_a_unit_costs_is_told_where_it_is_less_than_a_cent(capsys: pytest.CaptureFixture[str]):
    row = {"driver_name": "clicks", "effective_cost": Decimal(37), "unit_cost": Decimal("0.0000074")}
    show_rows(Output(), "unit_costs", built.table("unit_costs", [row]))
    assert "0.000007" in capsys.readouterr().out


def test_a_machine_gets_the_same_rows(lake: Workspace):
    document = run(lake, "allocation").document["report"]
    assert document["team"] is None
    assert len(document["rows"]) == len(COSTS) - 1
