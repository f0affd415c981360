"""A month to date: what AWS has billed of it by then, and what not yet."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from ingestion.synthetic.ledger import Ledger, build_ledger
from tests.ingestion.synthetic.conftest import JUNE, MAY, Ask


def test_usage_ends_with_the_last_day(ask: Ask) -> None:
    rows = ask(f"""
        select max(line_item_usage_end_date) from bill
        where billing_period = '{JUNE}' and kind not in ('RIFee', 'Tax')
    """)
    assert rows == [(datetime(2026, 6, 18),)]  # noqa: DTZ001 - the bill has no zone


def test_reservation_fee_is_the_whole_months_with_the_rest_unused(ask: Ask) -> None:
    ((fee, used, unused, reserved),) = ask(f"""
        select sum(case when kind = 'RIFee' then u else 0 end),
            count(*) filter (kind = 'DiscountedUsage'),
            sum(reservation_unused_quantity)::int,
            max(nullif(reservation_total_reserved_units, ''))::double::int
        from bill where billing_period = '{JUNE}'
    """)
    assert reserved == 3 * 30 * 24
    assert fee == reserved * Decimal("0.0675")
    assert unused == reserved - used
    # Thirteen days of three instances are still to come.
    assert unused > 3 * 13 * 24


def test_open_month_has_no_invoice_number_and_no_support_fee(ask: Ask, ledger: Ledger) -> None:
    rows = ask(
        "select billing_period, count(bill_invoice_id) > 0, count(*) filter (kind = 'Fee' and reservation_arn = '') "
        "from bill group by 1 order by 1"
    )
    assert rows == [(MAY, True, 1), (JUNE, False, 0)]
    assert [at.is_open for at in ledger.truth.periods] == [False, True]


def test_through_the_last_day_the_month_is_closed() -> None:
    ledger = build_ledger(date(2026, 2, 1), 1, date(2026, 2, 28), 7)
    assert not ledger.truth.periods[0].is_open
    assert ledger.truth == build_ledger(date(2026, 2, 1), 1, None, 7).truth


def test_a_month_over_new_year_follows_december() -> None:
    ledger = build_ledger(date(2025, 12, 1), 2, date(2026, 1, 1), 7)
    assert [at.billing_period for at in ledger.truth.periods] == ["2025-12", "2026-01"]


@pytest.mark.parametrize(
    ("first", "months", "through"),
    [
        (date(2026, 5, 2), 1, None),
        (date(2026, 5, 1), 0, None),
        (date(2026, 5, 1), 13, None),
        (date(2026, 5, 1), 2, date(2026, 5, 31)),
        (date(2026, 5, 1), 1, date(2026, 6, 1)),
    ],
)
def test_dates_that_do_not_fit_are_refused(first: date, months: int, through: date | None) -> None:
    with pytest.raises(ValueError, match=r"2026|months"):
        build_ledger(first, months, through, 7)
