"""`finops report costs` and `trends`: one table of several marts, in the terminal and as files."""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from rich.console import Console

from dashboards.trends import costs, show_costs, show_trends, trends
from lake.output import Output
from lake.workspace import Workspace
from tests.dashboards.built import schema
from tests.dashboards.test_report import run

WHO = {
    "billing_period": "2026-07",
    "billing_account_id": "100000000001",
    "sub_account_id": "100000000002",
    "sub_account_name": "web",
    "service_name": "Amazon EC2",
    "billing_currency": "USD",
}


def rows(mart: str, *told: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist([WHO | row for row in told], schema=schema(mart))


def compared(comparison: str, change: str, **more: Any) -> dict[str, Any]:
    known = {"comparison": comparison, "compared_period": "2026-06", "days_compared": 20}
    costs = {"effective_cost": Decimal(30), "previous_effective_cost": 30 - Decimal(change)}
    return known | costs | {"effective_cost_change": Decimal(change)} | more


@pytest.fixture
def marts() -> dict[str, pa.Table]:
    parts = ("price_change", "usage_change", "mix_change", "new_resources", "gone_resources", "other_change")
    nothing = {f"{part}_cost": Decimal(0) for part in parts}
    return {
        "monthly_costs": rows(
            "monthly_costs",
            *(
                {
                    **WHO,
                    "service_name": name,
                    **dict.fromkeys(("billed_cost", "amortized_cost", "effective_cost"), Decimal(cost)),
                }
                for name, cost in (("Amazon EC2", 30), ("Amazon S3", 80))
            ),
        ),
        "cost_breakdowns": rows(
            "cost_breakdowns",
            *(
                {"charged_on": date(2026, 7, day), "dimension": name, "dimension_value": value}
                | {"effective_cost": Decimal(cost)}
                for day, name, value, cost in (
                    (1, "tag:team", "(untagged)", 8),
                    (1, "tag:team", "payments", 5),
                    (2, "tag:team", "payments", 7),
                    (2, "tag:team", "free", 0),
                    *((2, "usage_type", f"BoxUsage:{number}", number) for number in range(1, 6)),
                )
            ),
        ),
        "cost_comparisons": rows(
            "cost_comparisons",
            compared("previous_month", "5"),
            compared("previous_year", "-7"),
            compared("previous_month", "-50", service_name="Gone"),
        ),
        "cost_movers": rows(
            "cost_movers",
            {
                **nothing,
                "usage_type": "BoxUsage:m5.large",
                "effective_cost": Decimal(9),
                "previous_effective_cost": Decimal(4),
                "effective_cost_change": Decimal(5),
                "usage_change_cost": Decimal(-1),
                "new_resources_cost": Decimal(6),
            },
        ),
        "cost_anomalies": rows(
            "cost_anomalies",
            {
                "charged_on": date(2026, 7, 3),
                "usage_group": "Compute",
                "cause": "new_resource",
                "effective_cost": Decimal(90),
                "expected_cost": Decimal(10),
                "impact_cost": Decimal(80),
                "top_resources": "i-0a (80.00)",
            },
        ),
        "cost_forecasts": rows(
            "cost_forecasts",
            {
                "horizon": "month",
                "ends_on": date(2026, 7, 31),
                "measure": "effective_cost",
                "forecast_cost": Decimal(45),
                "cost_to_date": Decimal(30),
                "low_cost": Decimal(40),
                "high_cost": Decimal(50),
                "wape_pct": 2.25,
            },
        ),
    }


def printed(show: Any, table: pa.Table) -> str:
    out = Output()
    out._out = Console(file=io.StringIO(), width=200)
    show(out, table)
    return str(out._out.file.getvalue())  # type: ignore[attr-defined]


def test_costs_are_told_beside_the_month_and_the_year_before_dearest_first(marts: dict[str, pa.Table]) -> None:
    table = costs(marts)
    told = [
        (row["service_name"], row["change_from_previous_month"], row["change_from_previous_year"])
        for row in table.to_pylist()
    ]
    assert told == [("Amazon S3", None, None), ("Amazon EC2", 5, -7)]
    text = printed(show_costs, table)
    assert "+5.00" in text and "-7.00" in text


def test_trends_tell_each_part_with_what_matters_most_first(marts: dict[str, pa.Table]) -> None:
    table = trends(marts)
    told = [(row["part"], row["detail"], row["change"]) for row in table.to_pylist() if row["part"] != "breakdown"]
    assert told == [
        ("forecast", "effective: 40.00 to 50.00, off by 2.2% before", 15),
        ("comparison", "20 days beside 2026-06", -50),
        ("comparison", "20 days beside 2026-06", -7),
        ("comparison", "20 days beside 2026-06", 5),
        ("mover", "BoxUsage:m5.large: new resources", 5),
        ("anomaly", "Compute, new resource: i-0a (80.00)", 80),
    ]
    text = printed(show_trends, table)
    assert all(title in text for title in ("What it will come to", "What moved", "What stood out"))


def test_a_month_is_broken_down_by_all_dimensions_and_the_terminal_shows_the_dearest_of_each(
    marts: dict[str, pa.Table],
) -> None:
    table = trends(marts)
    told = [(row["detail"], row["cost"]) for row in table.to_pylist() if row["part"] == "breakdown"]
    assert told[:3] == [
        ("tag:team: payments (60.0 %)", 12),
        ("tag:team: (untagged) (40.0 %)", 8),
        ("usage_type: BoxUsage:5 (33.3 %)", 5),
    ]
    assert len(told) == 7
    text = printed(show_trends, table)
    assert "BoxUsage:3" in text and "BoxUsage:2" not in text


def test_a_month_without_news_says_so(marts: dict[str, pa.Table]) -> None:
    assert "Nothing." in printed(show_trends, trends({**marts, "cost_anomalies": marts["cost_anomalies"].slice(0, 0)}))


@pytest.mark.parametrize("name", ["costs", "trends"])
def test_both_are_given_as_files_too(ws: Workspace, tmp_path: Path, name: str) -> None:
    there = tmp_path / f"{name}.json"
    run(ws, name, "--to", str(there))
    assert isinstance(json.loads(there.read_text()), list)
    assert run(ws, name).document["report"]["report"] == name
