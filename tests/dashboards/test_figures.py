"""Sums against sums that plain Python makes over the same rows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from dashboards import figures
from dashboards.figures import Change
from dashboards.scope import Headline, headline
from tests.dashboards import built

TODAY = built.NOW.date()
DAY = date(2026, 11, 10)


def scoped(rows: built.Rows, today: date = TODAY) -> Headline:
    return headline(built.table("daily_costs", rows), today)


@pytest.fixture(scope="module")
def plausible(rows: built.Marts) -> Headline:
    return scoped(rows["daily_costs"])


def hand_sum(rows: built.Rows, column: str, period: str, last: date) -> Decimal:
    return sum((r[column] for r in rows if r["billing_period"] == period and r["charged_on"] <= last), Decimal(0))


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("billed", "billed_cost"),
        ("effective", "effective_cost"),
        ("amortized", "amortized_cost"),
        ("unused", "unused_commitment_to_date_cost"),
    ],
)
def test_headline_sums_are_exact(rows: built.Marts, plausible: Headline, name: str, column: str) -> None:
    expected = hand_sum(rows["daily_costs"], column, "2026-11", built.THROUGH)
    assert getattr(figures.totals(plausible), name) == expected
    assert expected != 0


def test_month_to_date_is_compared_with_the_same_days_of_the_month_before(
    rows: built.Marts, plausible: Headline
) -> None:
    before = hand_sum(rows["daily_costs"], "billed_cost", "2026-10", date(2026, 10, 22))
    whole = hand_sum(rows["daily_costs"], "billed_cost", "2026-10", date(2026, 10, 31))
    assert figures.totals(plausible).compared_billed.before == before != whole


def test_a_cost_keeps_all_ten_decimals() -> None:
    rows = [built.charge(DAY, "12345678901234567.1234567891"), built.charge(DAY, "0.0000000001", region_id="x")]
    assert figures.totals(scoped(rows)).billed == Decimal("12345678901234567.1234567892")


def test_changes_of_all_services_sum_to_the_change_of_the_bill(plausible: Headline) -> None:
    moved = figures.movers(plausible)
    total = figures.totals(plausible).compared_billed
    assert sum((mover.billed.amount or Decimal(0)) for mover in moved) == total.amount
    assert len(moved) == len(built.SERVICES)


def test_largest_change_comes_first_whichever_its_sign() -> None:
    rows = [
        built.charge(date(2026, 10, 3), "100", service_name="falls"),
        built.charge(DAY, "10", service_name="falls"),
        built.charge(date(2026, 10, 3), "10", service_name="rises"),
        built.charge(DAY, "60", service_name="rises"),
        built.charge(date(2026, 10, 3), "5", service_name="vanished"),
        built.charge(DAY, "7", service_name="new"),
    ]
    moved = {mover.service_name: mover.effective.amount for mover in figures.movers(scoped(rows))}
    assert list(moved.items()) == [("falls", -90), ("rises", 50), ("new", 7), ("vanished", -5)]


def test_nothing_moves_without_a_month_before() -> None:
    shown = scoped([built.charge(DAY, "10")])
    assert figures.movers(shown) == ()
    assert figures.totals(shown).compared_billed.amount is None
    assert figures.totals(shown).billed == 10


def test_change_in_percent_of_nothing_or_of_a_credit_is_unknown() -> None:
    assert Change(Decimal(5), Decimal(0)).pct is None
    assert Change(Decimal(5), Decimal(-2)).pct is None
    assert Change(Decimal(5), Decimal(4)).pct == 25


def test_daily_series_sum_to_the_charges_of_every_day(rows: built.Marts, plausible: Headline) -> None:
    daily = figures.daily(plausible)
    for index, day in enumerate(daily.days):
        for name in figures.MEASURES:
            own = sum((r[f"{name}_cost"] for r in rows["daily_costs"] if r["charged_on"] == day), Decimal(0))
            assert daily.total(index, name) == own
    assert (daily.days[0], daily.days[-1], len(daily.days)) == (date(2026, 8, 25), built.THROUGH, 90)


def test_daily_series_name_the_largest_services_and_add_up_the_rest(plausible: Headline) -> None:
    daily = figures.daily(plausible, top=3)
    assert [one.name for one in daily.series] == [
        "Amazon Elastic Compute Cloud",
        "Amazon Relational Database Service",
        "Amazon Simple Storage Service",
        figures.OTHER,
    ]


def test_days_without_charges_are_zeros_not_gaps() -> None:
    daily = figures.daily(scoped([built.charge(DAY, "1"), built.charge(DAY + timedelta(days=3), "2")]))
    assert [str(amount) for amount in daily.series[0].billed] == ["1.0000000000", "0", "0", "2.0000000000"]


def test_accounts_sum_to_the_month_and_the_name_wins_over_the_digits(rows: built.Marts, plausible: Headline) -> None:
    parts = figures.accounts(plausible)
    assert sum((part.billed or Decimal(0)) for part in parts) == figures.totals(plausible).billed
    assert [part.name for part in parts] == ["prod-web", "prod-warehouse", "staging", "sandbox"]
    twice = [
        built.charge(DAY, "1", sub_account_name="210987654321"),
        built.charge(DAY, "1", sub_account_name="prod-web", region_id="x"),
    ]
    assert [part.name for part in figures.accounts(scoped(twice))] == ["prod-web"]


def test_ways_of_buying_count_usage_only(plausible: Headline, rows: built.Marts) -> None:
    bought = {part.name: part.effective for part in figures.purchases(plausible)}
    month = [r for r in rows["daily_costs"] if r["billing_period"] == "2026-11" and r["charge_category"] == "Usage"]
    for option in ("On-Demand", "Spot", "Reserved", "Savings Plan"):
        assert bought[option] == sum(r["effective_cost"] for r in month if r["purchase_option"] == option)
    assert "None" not in bought


def test_months_are_whole_bills_in_order(rows: built.Marts, plausible: Headline) -> None:
    months = figures.months(built.table("monthly_costs", rows["monthly_costs"]), plausible)
    assert [part.key for part in months] == ["2026-08", "2026-09", "2026-10", "2026-11"]
    assert months[2].billed == hand_sum(rows["daily_costs"], "billed_cost", "2026-10", TODAY)


def reconciliation(**changes: object) -> figures.Reconciled:
    daily = [built.charge(DAY, "10")]
    rows = built.reconciliation_rows(daily)
    rows[-1] |= changes
    return figures.reconciled(built.table("reconciliation", rows), scoped(daily))


def test_all_totals_equal_is_reconciled() -> None:
    check = reconciliation()
    assert (check.is_reconciled, check.worst, check.differing, check.bill_lines) == (True, 0, 0, 24)


def test_one_millionth_of_difference_is_not_reconciled() -> None:
    check = reconciliation(difference_micros=-1, is_reconciled=False)
    assert (check.is_reconciled, check.worst, check.differing) == (False, Decimal("-0.000001"), 1)
    assert check.rows[0]["table_name"] == "monthly_costs"


def test_empty_reconciliation_says_neither_yes_nor_no() -> None:
    check = figures.reconciled(built.table("reconciliation", []), scoped([built.charge(DAY, "10")]))
    assert (check.is_reconciled, check.comparisons) == (None, 0)
