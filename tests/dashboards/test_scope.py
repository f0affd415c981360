"""Which month, which days, which currency and which payers the headline speaks of."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dashboards import figures
from dashboards.scope import Aside, asides, headline
from lake.errors import LakeError
from tests.dashboards import built

TODAY = date(2026, 11, 23)


def table(*rows: dict[str, object]) -> built.pa.Table:
    return built.table("daily_costs", list(rows))


def test_charges_dated_ahead_of_today_are_left_out() -> None:
    rows = table(
        built.charge(date(2026, 11, 21), "10"),
        built.charge(date(2026, 11, 28), "99", charge_category="Usage"),
        built.charge(date(2026, 12, 1), "77", charge_category="Purchase", billing_period="2026-12"),
    )
    shown = headline(rows, TODAY)
    assert (shown.period, shown.through) == ("2026-11", date(2026, 11, 21))
    assert figures.totals(shown).billed == 10


def test_data_reaches_to_the_newest_usage_not_to_the_newest_fee() -> None:
    rows = table(
        built.charge(date(2026, 11, 20), "10"),
        built.charge(date(2026, 11, 22), "5", charge_category="Tax"),
    )
    shown = headline(rows, TODAY)
    assert shown.through == date(2026, 11, 20)
    assert figures.totals(shown).billed == 10


def test_finished_month_is_its_whole_bill_and_is_compared_with_a_whole_month() -> None:
    rows = table(
        built.charge(date(2026, 9, 30), "4"),
        built.charge(date(2026, 10, 31), "10"),
        # Refunds and taxes may be dated after the last day of usage and still belong to the month.
        built.charge(date(2026, 11, 2), "3", charge_category="Tax", billing_period="2026-10"),
    )
    shown = headline(rows, TODAY)
    assert shown.is_complete
    assert figures.totals(shown).compared_billed == figures.Change(Decimal(13), Decimal(4))


def test_usage_of_the_last_day_before_the_month_belongs_to_the_month() -> None:
    rows = table(
        built.charge(date(2026, 10, 31), "2", billing_period="2026-11"),
        built.charge(date(2026, 11, 3), "10"),
    )
    assert figures.totals(headline(rows, TODAY)).billed == 12


def test_march_to_date_is_compared_with_all_of_a_shorter_february() -> None:
    rows = table(
        built.charge(date(2026, 2, 28), "7"),
        built.charge(date(2026, 3, 30), "10"),
    )
    assert figures.totals(headline(rows, date(2026, 3, 31))).compared_billed.before == 7


def test_january_is_compared_with_december() -> None:
    rows = table(built.charge(date(2025, 12, 2), "7"), built.charge(date(2026, 1, 3), "10"))
    assert headline(rows, TODAY).previous_period == "2025-12"


def test_payer_without_a_newer_bill_is_told_apart() -> None:
    old = built.charge(date(2018, 10, 5), "1000", billing_account_id=built.OTHER_PAYER)
    new = built.charge(date(2026, 4, 20), "10")
    rows = table(old, new)
    shown = headline(rows, TODAY)
    assert (shown.period, figures.totals(shown).billed) == ("2026-04", 10)
    assert figures.daily(shown).days == (date(2026, 4, 20),)
    assert asides(rows, shown, TODAY) == (Aside(built.OTHER_PAYER, "USD", "2018-10", Decimal(1000)),)


def test_payer_whose_bill_is_late_is_compared_over_its_own_days() -> None:
    late = {"billing_account_id": built.OTHER_PAYER}
    rows = table(
        built.charge(date(2026, 11, 20), "10"),
        built.charge(date(2026, 10, 20), "8"),
        built.charge(date(2026, 11, 5), "3", **late),
        built.charge(date(2026, 10, 5), "2", **late),
        built.charge(date(2026, 10, 20), "50", **late),
    )
    shown = headline(rows, TODAY)
    assert figures.totals(shown).compared_billed == figures.Change(Decimal(13), Decimal(10))


def test_payer_new_this_month_does_not_count_as_growth() -> None:
    rows = table(
        built.charge(date(2026, 11, 20), "10"),
        built.charge(date(2026, 10, 20), "8"),
        built.charge(date(2026, 11, 20), "500", billing_account_id=built.OTHER_PAYER),
    )
    sums = figures.totals(headline(rows, TODAY))
    assert sums.billed == 510
    assert sums.compared_billed == figures.Change(Decimal(10), Decimal(8))


def test_currencies_are_never_added_up() -> None:
    rows = table(
        built.charge(date(2026, 11, 20), "10"),
        built.charge(date(2026, 11, 20), "900", billing_currency="CNY", billing_account_id=built.OTHER_PAYER),
    )
    shown = headline(rows, TODAY)
    assert (shown.currency, figures.totals(shown).billed) == ("CNY", 900)
    assert asides(rows, shown, TODAY) == (Aside(built.PAYER, "USD", "2026-11", Decimal(10)),)


def test_bill_of_purchases_only_still_has_a_newest_day() -> None:
    shown = headline(table(built.charge(date(2026, 11, 1), "10", charge_category="Purchase")), TODAY)
    assert (shown.period, shown.through) == ("2026-11", date(2026, 11, 1))


def test_no_charge_by_today_is_told_with_the_way_on() -> None:
    with pytest.raises(LakeError, match="finops ingest"):
        headline(table(built.charge(date(2026, 12, 1), "10")), TODAY)
