"""What is found is counted once, and only for the bills on show."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dashboards.findings import Findings, findings
from dashboards.scope import Headline, headline
from tests.dashboards import built


@pytest.fixture(scope="module")
def shown() -> Headline:
    return headline(built.table("daily_costs", [built.charge(date(2026, 11, 20), "10")]), built.NOW.date())


def found(shown: Headline, *rows: dict[str, object]) -> Findings:
    mart = built.table("rightsizing_recommendations", list(rows))
    return findings(mart, shown, "monthly_savings_cost")


def test_two_ways_for_one_instance_save_only_once(shown: Headline) -> None:
    either = built.rightsizing_row(0, rule_id="graviton", monthly_savings_cost=Decimal(30))
    other = built.rightsizing_row(0, rule_id="previous_generation", monthly_savings_cost=Decimal(12))
    result = found(shown, other, either)
    assert (result.total, [row["rule_id"] for row in result.rows]) == (30, ["graviton"])


def test_same_id_in_two_regions_is_two_resources(shown: Headline) -> None:
    here = built.rightsizing_row(0, monthly_savings_cost=Decimal(30))
    assert found(shown, here, here | {"region_id": "us-east-1"}).total == 60


def test_unknown_saving_is_counted_but_not_summed_and_comes_last(shown: Headline) -> None:
    unknown = built.rightsizing_row(0, monthly_savings_cost=None)
    known = built.rightsizing_row(1, monthly_savings_cost=Decimal("0.5"))
    result = found(shown, unknown, known)
    assert (result.total, result.unpriced, result.rows[-1]["monthly_savings_cost"]) == (Decimal("0.5"), 1, None)


def test_priced_rule_wins_over_an_unpriced_one_on_the_same_resource(shown: Headline) -> None:
    unknown = built.rightsizing_row(0, rule_id="a", monthly_savings_cost=None)
    known = built.rightsizing_row(0, rule_id="b", monthly_savings_cost=Decimal(3))
    result = found(shown, unknown, known)
    assert (result.total, result.unpriced, len(result.rows)) == (3, 0, 1)


def test_findings_of_older_months_are_left_out(shown: Headline) -> None:
    assert found(shown, built.rightsizing_row(0, is_latest_period=False)) == Findings((), Decimal(0), 0, 0)


def test_findings_of_a_payer_or_currency_not_on_show_are_counted_apart(shown: Headline) -> None:
    payer = built.rightsizing_row(0, billing_account_id=built.OTHER_PAYER)
    currency = built.rightsizing_row(1, billing_currency="CNY")
    assert found(shown, payer, currency) == Findings((), Decimal(0), 0, 2)
