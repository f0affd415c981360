"""What became of findings: opened and closed by month, and which stand longest."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dashboards.history import History, history
from dashboards.scope import Headline, headline
from tests.dashboards import built
from tests.dashboards.built_more import Row, history_row


@pytest.fixture(scope="module")
def shown() -> Headline:
    return headline(built.table("daily_costs", [built.charge(date(2026, 11, 20), "10")]), built.NOW.date())


def of(shown: Headline, *rows: Row) -> History:
    return history(built.table("recommendation_history", list(rows)), shown)


def test_finding_opens_in_its_first_month_and_closes_when_acted_upon_or_in_the_month_after_its_last(
    shown: Headline,
) -> None:
    told = of(
        shown,
        history_row(0, "open", 40),
        history_row(1, "open", 90, first_billing_period="2026-10", first_monthly_savings_cost=60),
        history_row(2, "acted", 30, acted_at=datetime(2026, 11, 9, 8, tzinfo=UTC).replace(tzinfo=None)),
        history_row(3, "gone", 25, billing_period="2026-09"),
    )
    assert [
        (one.period, *((many.count, many.monthly) for many in (one.opened, one.acted, one.gone))) for one in told.months
    ] == [
        ("2026-09", (3, 95), (0, 0), (0, 0)),
        ("2026-10", (1, 60), (0, 0), (1, 25)),
        ("2026-11", (0, 0), (1, 30), (0, 0)),
    ]
    assert [(many.count, many.monthly) for many in (told.open, told.acted, told.gone)] == [(2, 130), (1, 30), (1, 25)]


def test_first_month_is_not_drawn_since_all_it_found_was_there_before(shown: Headline) -> None:
    rows = [history_row(0, "open", 1), history_row(1, "open", 1, first_billing_period="2026-11")]
    assert [one.period for one in of(shown, *rows).drawn] == ["2026-11"]
    assert [one.period for one in of(shown, rows[0]).drawn] == ["2026-09"]


def test_what_was_missed_most_comes_first_and_a_finding_without_a_price_last(shown: Headline) -> None:
    rows = [
        history_row(0, "open", 40, monthly_savings_cost=None),
        history_row(1, "open", 90, months_found=1),
        history_row(2, "open", 40, months_found=3),
        history_row(3, "gone", 900, billing_period="2026-10"),
    ]
    assert [row["resource_id"][-1] for row in of(shown, *rows).longest] == ["2", "1", "0"]
