"""Whose the costs are, how well tags cover, what a unit costs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dashboards import owned
from dashboards.scope import Headline, headline
from tests.dashboards import built, built_more


@pytest.fixture(scope="module")
def shown() -> Headline:
    return headline(built.table("daily_costs", [built.charge(date(2026, 11, 20), "10")]), built.NOW.date())


def teams(shown: Headline, *rows: built_more.Row) -> tuple[owned.Team, ...]:
    return owned.teams(built.table("team_costs", list(rows)), shown)


def test_teams_add_up_to_the_month_and_nobody_comes_last(shown: Headline) -> None:
    rows = built_more.marts()["team_costs"]
    found = teams(shown, *rows)
    assert [(team.title, team.direct, team.shared) for team in found] == [
        ("web", 700, 35),
        ("Warehouse & Co", 500, 25),
        ("Nobody: could carry a tag", 40, 0),
    ]
    month = sum(row["effective_cost"] for row in rows if row["billing_period"] == "2026-11")
    assert sum(team.total for team in found) == month


def test_lines_of_a_team_add_up_to_it_and_name_the_pool(shown: Headline) -> None:
    web = teams(shown, *built_more.marts()["team_costs"])[0]
    assert sum(line.cost for line in web.lines) == web.total
    assert [(line.what, line.how) for line in web.lines] == [
        ("Amazon Elastic Compute Cloud", "direct"),
        ("Part of support", "shared, proportional"),
    ]
    assert web.months == (("2026-10", 650, 0), ("2026-11", 700, 35))


def test_teams_of_one_word_have_pages_of_their_own(shown: Headline) -> None:
    found = teams(shown, *(built_more.team_row(name, 9) for name in ("Web", "web", "web!", "支付")))
    assert {team.title: team.slug for team in found} == {"Web": "web", "web": "web-2", "web!": "web-3", "支付": "team"}


def test_team_that_cost_nothing_this_month_is_left_out(shown: Headline) -> None:
    assert teams(shown, built_more.team_row("gone", 9, "2026-10")) == ()


def test_coverage_of_a_tag_counts_what_could_carry_it(shown: Headline) -> None:
    rows = [built_more.tag_row("team", 930), built_more.tag_row("team", 0, service_name="AWS Lambda")]
    (one,) = owned.tags(built.table("tag_coverage", rows), shown)
    assert (one.taggable, one.tagged, one.pct) == (2000, 930, Decimal("46.5"))


def test_cost_of_a_unit_divides_the_cost_of_all_payers_by_the_same_quantity() -> None:
    payers = (built.PAYER, "2" * 12)
    charges = [built.charge(date(2026, 11, 20), "10", billing_account_id=payer) for payer in payers]
    both = headline(built.table("daily_costs", charges), built.NOW.date())
    rows = [built_more.unit_row("2026-11", 30, 100, billing_account_id=payer) for payer in payers]
    (unit,) = owned.units(built.table("unit_costs", rows), both)
    assert unit.months == (("2026-11", 60, 100, Decimal("0.6")),)


def test_unit_of_an_unknown_quantity_has_no_cost(shown: Headline) -> None:
    rows = [built_more.unit_row("2026-11", 30, None)]
    (unit,) = owned.units(built.table("unit_costs", rows), shown)
    assert unit.months == (("2026-11", 30, None, None),)
