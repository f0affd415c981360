"""Commitments and savings on the page."""

from __future__ import annotations

from datetime import date

import pytest

from dashboards import bought
from dashboards.scope import Headline, headline
from tests.dashboards import built, built_more


@pytest.fixture(scope="module")
def shown() -> Headline:
    return headline(built.table("daily_costs", [built.charge(date(2026, 11, 20), "10")]), built.NOW.date())


def test_coverage_counts_plans_and_reservations(shown: Headline) -> None:
    rows = [built.coverage_row("EC2 instance", 600), built.coverage_row("Lambda", 0) | {"service_name": "AWS Lambda"}]
    found = bought.coverage(built.table("commitment_coverage", rows), shown)
    assert [(one.service_name, one.eligible, one.pct) for one in found] == [
        ("AWS Lambda", 1000, 0),
        ("Amazon Elastic Compute Cloud", 1000, 60),
    ]


def test_commitment_that_nobody_used_most_of_comes_first(shown: Headline) -> None:
    rows = [built.commitment_row(index) for index in range(5)]
    unused = [row["unused_commitment_to_date_cost"] for row in rows]
    found = bought.commitments(built.table("commitment_usage", rows), shown)
    assert [row["unused_commitment_to_date_cost"] for row in found] == sorted(unused, reverse=True)


def test_commitment_whose_fee_is_on_no_bill_comes_last(shown: Headline) -> None:
    untold = {"commitment_cost": None, "unused_commitment_cost": None, "unused_commitment_to_date_cost": None}
    rows = [built.commitment_row(0) | untold | {"commitment_discount_id": "untold"}, built.commitment_row(1)]
    found = bought.commitments(built.table("commitment_usage", rows), shown)
    assert [row["commitment_discount_id"] == "untold" for row in found] == [False, True]


def test_way_from_found_to_saved_counts_each_step_once(shown: Headline) -> None:
    marts = built_more.marts()
    found, acts = (built.table(mart, marts[mart]) for mart in ("savings", "realized_savings"))
    steps = bought.pipeline(found, acts, shown)
    assert [(step.count, step.monthly) for step in steps] == [(2, 290), (1, 200), (2, 120), (1, 84)]
    assert [(step.name, step.monthly) for step in bought.levers(found, shown)] == [("delete", 200), ("modernise", 90)]
