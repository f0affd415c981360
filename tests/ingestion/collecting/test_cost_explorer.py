"""Every page is read and paid for, amounts keep each digit, and no more is spent than may be."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ingestion.collecting import registry
from ingestion.sources import cost_explorer
from tests.ingestion.collecting.conftest import Lake
from tests.ingestion.collecting.test_cli import run

ACCOUNT = "111111111111"


def amounts(cost: str, unit: str = "USD") -> dict[str, Any]:
    return {metric: {"Amount": cost, "Unit": unit} for metric in cost_explorer.METRICS}


class CostExplorer:
    """Answers every question with one group a page; the groups' keys are as asked for."""

    def __init__(self, pages: int = 1, cost: str = "1.0000000001") -> None:
        self.pages, self.cost = pages, cost
        self.asked: list[dict[str, Any]] = []

    def __call__(self, url: str, params: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(dict(params))
        number = int(params.get("NextPageToken", 1))
        keys = {"LINKED_ACCOUNT": ACCOUNT, "SERVICE": f"Service {number}", "RECORD_TYPE": "Usage"}
        group = {
            "Keys": [keys.get(one["Key"], f"{one['Key']}$web") for one in params["GroupBy"]],
            "Metrics": amounts(self.cost),
        }
        period = {"Start": params["TimePeriod"]["Start"], "End": params["TimePeriod"]["End"]}
        return {
            "ResultsByTime": [{"TimePeriod": period, "Groups": [group], "Estimated": True}],
            "DimensionValueAttributes": [{"Value": ACCOUNT, "Attributes": {"description": "Shop"}}],
            **({"NextPageToken": str(number + 1)} if number < self.pages else {}),
        }


def answering(lake: Lake, **options: Any) -> CostExplorer:
    told = CostExplorer(**options)
    lake.cloud.answers["GetCostAndUsage"] = told
    return told


def test_days_of_two_months_and_months_of_a_year_are_asked_for(lake: Lake):
    told = answering(lake)
    lake.collect("cost_explorer")
    asked = {(one["Granularity"], one["TimePeriod"]["Start"], one["TimePeriod"]["End"]) for one in told.asked}
    assert asked == {("DAILY", "2026-10-01", "2026-11-27"), ("MONTHLY", "2025-11-01", "2026-11-27")}


def test_every_page_is_read_and_costs_a_cent(lake: Lake):
    told = answering(lake, pages=3)
    report = lake.collect("cost_explorer")
    assert len(told.asked) == 12
    assert report.spent == Decimal("0.12")
    services = {row["service_name"] for row in lake.rows("cost_explorer")}
    assert services == {"Service 1", "Service 2", "Service 3", None}


def test_amounts_keep_every_digit_and_stand_under_what_they_are_grouped_by(lake: Lake):
    answering(lake, cost="-0.0000000007")
    lake.collect("cost_explorer")
    rows = [row for row in lake.rows("cost_explorer") if row["part"] == "monthly_by_account_and_record_type"]
    (row,) = rows
    assert row["unblended_cost"] == row["net_amortized_cost"] == Decimal("-0.0000000007")
    assert (row["sub_account_id"], row["sub_account_name"], row["record_type"]) == (ACCOUNT, "Shop", "Usage")
    assert (row["period_start"], row["billing_currency"], row["is_estimated"]) == (date(2025, 11, 1), "USD", True)


def test_each_tag_that_settings_name_is_a_question(lake: Lake):
    answering(lake)
    report = lake.collect("cost_explorer", tag_keys=("team", "env"))
    rows = [row for row in lake.rows("cost_explorer") if row["part"] == "monthly_by_tag"]
    assert {(row["tag_key"], row["tag_value"]) for row in rows} == {("team", "web"), ("env", "web")}
    assert report.spent == Decimal("0.06")


def test_pages_beyond_the_budget_are_not_asked_and_whole_answers_are_kept(lake: Lake):
    told = answering(lake, pages=2)
    report = lake.collect("cost_explorer", budget=Decimal("0.05"))
    assert len(told.asked) == 5
    assert {answer.status for _, answer in report.failed} == {"over_budget"}
    parts = {row["part"] for row in lake.rows("cost_explorer")}
    for part in parts:
        assert len([row for row in lake.rows("cost_explorer") if row["part"] == part]) == 2


def test_an_account_without_cost_explorer_is_told(lake: Lake):
    lake.cloud.fails("GetCostAndUsage", "DataUnavailableException")
    assert {answer.status for _, answer in lake.collect("cost_explorer").failed} == {"unavailable"}


def test_the_price_is_told_before_and_what_is_above_the_budget_is_refused(tmp_path: Path):
    import finops

    (source,) = registry.chosen(["cost_explorer"])
    assert source.least_price is not None
    _, _, error = run("--lake", str(tmp_path / "lake"), "collect", "cost_explorer", "--budget", "0.03")
    assert isinstance(error, finops.SettingsError)
    assert "at least $0.04, and $0.03 may be spent" in error.what


@pytest.mark.parametrize("units", [("USD", "EUR")])
def test_amounts_in_two_currencies_of_one_group_are_no_answer(lake: Lake, units: tuple[str, str]):
    told = CostExplorer()

    def mixed(url: str, params: dict[str, Any]) -> dict[str, Any]:
        answer = told(url, params)
        answer["ResultsByTime"][0]["Groups"][0]["Metrics"]["AmortizedCost"]["Unit"] = units[1]
        return answer

    lake.cloud.answers["GetCostAndUsage"] = mixed
    assert {answer.status for _, answer in lake.collect("cost_explorer").failed if answer.part != "monthly_by_tag"} == {
        "failed"
    }
