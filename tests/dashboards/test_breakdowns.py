"""What the month is made of by usage type, tag and way of buying."""

from __future__ import annotations

from datetime import date

import pytest

from dashboards.breakdowns import Breakdown, breakdowns, cut
from dashboards.scope import Headline, headline
from tests.dashboards import built
from tests.dashboards.built_more import Row, part_row

TODAY = built.NOW.date()


@pytest.fixture(scope="module")
def shown() -> Headline:
    return headline(built.table("daily_costs", [built.charge(date(2026, 11, 20), "10")]), TODAY)


def found(shown: Headline, *rows: Row) -> tuple[Breakdown, ...]:
    return breakdowns(built.table("cost_breakdowns", list(rows)), shown, TODAY)


def test_each_dimension_is_told_apart_and_the_largest_value_comes_first(shown: Headline) -> None:
    rows = [
        part_row("purchase_option", "None", 30),
        part_row("tag:team", "web", 10, day=19),
        part_row("tag:team", "web", 9),
        part_row("tag:team", "(untagged)", 11),
        part_row("usage_type", "BoxUsage", 30),
    ]
    told = found(shown, *rows)
    assert [(one.title, [(part.name, part.effective) for part in one.parts]) for one in told] == [
        ("usage type", [("BoxUsage", 30)]),
        ("tag team", [("web", 19), ("(untagged)", 11)]),
        ("purchase option", [("(none)", 30)]),
    ]


def test_days_after_the_newest_usage_and_other_bills_are_left_out_as_in_the_headline(shown: Headline) -> None:
    rows = [
        part_row("usage_type", "BoxUsage", 1),
        part_row("usage_type", "BoxUsage", 20, day=21),
        part_row("usage_type", "BoxUsage", 300, billing_period="2026-10", charged_on=date(2026, 10, 20)),
        part_row("usage_type", "BoxUsage", 4000, billing_account_id=built.OTHER_PAYER),
        part_row("usage_type", "BoxUsage", 50000, billing_currency="CNY"),
    ]
    (one,) = found(shown, *rows)
    assert [part.effective for part in one.parts] == [1]


def test_rest_of_many_values_is_told_as_one_and_nothing_is_lost(shown: Headline) -> None:
    (one,) = found(shown, *(part_row("usage_type", f"type {cost}", cost) for cost in range(1, 7)))
    assert [(part.name, part.billed) for part in cut(one.parts, 2)] == [("type 6", 6), ("type 5", 5), ("4 others", 10)]
    assert cut(one.parts, 5) == one.parts
