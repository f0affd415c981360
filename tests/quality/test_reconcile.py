"""What counts of several deliveries, and what a difference looks like; whole lakes are proved in tests/pipeline."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from lake import zones
from lake.errors import LakeError
from lake.store import LocalStore
from quality.reconcile import Comparison
from quality.totals import Bill, Share, Total, accepted_shares, elect

BILL = Bill("2026-04", "099887766554", "USD")
SHARE = Share(
    delivery_id="aa",
    source="cur2",
    export_name="hourly",
    billing_period="2026-04",
    billing_account_id="099887766554",
    accepted_at="2026-05-01T00:00:00+00:00",
    files=(),
    totals=(("USD", Total(Decimal(3), 2)),),
)


def comparison(actual: str, expected: str = "10", tolerance: str = "0", lines: int | None = 2) -> Comparison:
    told = Total(Decimal(expected), 2)
    return Comparison(BILL, "daily_costs", "billed_cost", "files", told, Decimal(actual), lines, Decimal(tolerance))


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"source": "legacy_cur", "totals": (("USD", Total(Decimal(3), 9)),)}, "cur2 is trusted before legacy_cur"),
        ({"totals": (("USD", Total(Decimal(3), 1)),)}, "with more lines, 2 against 1"),
        ({"accepted_at": "2026-04-30T00:00:00+00:00", "delivery_id": "00"}, "was accepted later"),
        ({"delivery_id": "ab"}, "its delivery id comes first"),
    ],
)
def test_of_two_exports_of_a_month_one_counts_and_the_other_says_why_not(other: dict, why: str):
    loser = replace(SHARE, export_name="other", **other)
    for shares in ([SHARE, loser], [loser, SHARE]):
        elected, others = elect(shares)
        assert elected == (SHARE,)
        assert [one.share for one in others] == [loser]
        assert why in others[0].why


def test_other_payers_and_months_are_no_rivals():
    payer, month = replace(SHARE, billing_account_id="1"), replace(SHARE, billing_period="2026-05")
    elected, others = elect([SHARE, payer, month])
    assert len(elected) == 3
    assert others == ()


@pytest.mark.parametrize(
    ("actual", "micros"),
    [("10", 0), ("10.0000000001", 1), ("9.9999999999", -1), ("10.01", 10_000), ("8.5", -1_500_000)],
)
def test_a_difference_is_told_in_micros_and_never_rounds_to_nothing(actual: str, micros: int):
    assert comparison(actual).difference_micros == micros
    assert comparison(actual).is_equal == (micros == 0)


def test_an_amount_that_a_person_told_may_be_off_by_a_cent_and_no_more():
    assert comparison("10.01", tolerance="0.01", lines=None).is_equal
    assert not comparison("10.0100000001", tolerance="0.01", lines=None).is_equal


def test_a_missing_line_differs_even_if_it_cost_nothing():
    assert not comparison("10", lines=1).is_equal
    assert "1 lines instead of 2" in comparison("10", lines=1).told()


def test_a_lake_without_a_bill_and_a_record_that_is_damaged_say_what_to_do(tmp_path: Path):
    store = LocalStore(tmp_path / "lake")
    with pytest.raises(LakeError, match="no accepted bill"):
        accepted_shares(store)
    key = zones.current_delivery("cur2", "hourly", "2026-04")
    for content in (b"{", json.dumps({"payers": [{"billing_account_id": "1"}]}).encode()):
        store.write(key, content)
        with pytest.raises(LakeError, match="cannot be read") as error:
            accepted_shares(store)
        assert "current.json" in error.value.where
