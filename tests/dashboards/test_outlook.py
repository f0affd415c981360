"""What is expected, what moved and what stood out: against sums made by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dashboards import outlook
from dashboards.scope import Headline, headline
from tests.dashboards import built, built_more


@pytest.fixture(scope="module")
def shown() -> Headline:
    charges = [built.charge(date(2026, 11, 20), "10", billing_account_id=payer) for payer in (built.PAYER, "2" * 12)]
    return headline(built.table("daily_costs", charges), built.NOW.date())


def expected(shown: Headline, *rows: built_more.Row) -> dict[str, outlook.Forecast]:
    return outlook.forecasts(built.table("cost_forecasts", list(rows)), shown)


def test_forecasts_of_payers_add_up_and_the_worst_error_is_told(shown: Headline) -> None:
    other = built_more.forecast_row(billing_account_id="2" * 12, forecast_cost=Decimal(500), wape_pct=11.0)
    effective = expected(shown, built_more.forecast_row(), other)["effective"]
    assert (effective.expected, effective.error_pct, effective.payers) == (72_500, 11.0, 2)


def test_one_payer_without_an_interval_leaves_none_for_the_sum(shown: Headline) -> None:
    other = built_more.forecast_row(billing_account_id="2" * 12, low_cost=None, high_cost=None)
    effective = expected(shown, built_more.forecast_row(), other)["effective"]
    assert (effective.low, effective.high) == (None, None)


def test_forecasts_of_two_months_are_never_added(shown: Headline) -> None:
    other = built_more.forecast_row(billing_account_id="2" * 12, ends_on=date(2026, 12, 31))
    assert expected(shown, built_more.forecast_row(), other) == {}


def test_services_quarters_and_other_currencies_are_no_part_of_it(shown: Headline) -> None:
    others = [
        built_more.forecast_row(scope="account_service", service_name="AWS Lambda"),
        built_more.forecast_row(horizon="quarter"),
        built_more.forecast_row(billing_currency="CNY"),
    ]
    assert expected(shown, built_more.forecast_row(), *others)["effective"].expected == 72_000


def test_budget_nearest_to_its_limit_comes_first_and_an_unknown_one_last(shown: Headline) -> None:
    found = outlook.budgets(built.table("budget_adherence", built_more.marts()["budget_adherence"]), shown)
    assert [row["budget_name"] for row in found] == ["a filtered one", "all of it", "nobody tells"]


def test_cause_is_the_part_that_is_most_of_the_change(shown: Headline) -> None:
    found = outlook.causes(built.table("cost_movers", built_more.marts()["cost_movers"]), shown)
    assert [(row["service_name"], row["cause"], row["cause_cost"]) for row in found] == [
        ("Amazon CloudFront", "price", -300),
        ("AWS Lambda", "use", 240),
    ]


def test_days_of_one_anomaly_are_one_line_with_the_sum_of_their_impacts(shown: Headline) -> None:
    mart = built.table("cost_anomalies", built_more.marts()["cost_anomalies"])
    (one,) = outlook.anomalies(mart, shown, "2026-11-01")
    assert (one.started_on, one.ended_on, one.days, one.impact) == ("2026-11-10", "2026-11-12", 3, 210 + 190 + 200)
    assert outlook.anomalies(mart, shown, "2026-11-13") == ()
