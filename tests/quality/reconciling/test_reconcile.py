"""What counts of several deliveries, and what a difference looks like; whole lakes are proved in tests/pipeline."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from lake import zones
from lake.errors import LakeError
from lake.store import LocalStore
from lake.tables import MART_NAMES
from quality.reconciling.amounts import Bill, Total
from quality.reconciling.election import Account, Share, accepted_shares, elect
from quality.reconciling.landed import ROUNDING_PER_COVERED_LINE, ROUNDING_PER_SUM
from quality.reconciling.reconcile import Comparison
from quality.reconciling.totals import COST_MARTS, NOT_COMPARABLE

DBT = Path(__file__).parents[3] / "dbt_project"
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


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 4, day, hour, tzinfo=UTC)


def member(account: str, first: int, last: int) -> Account:
    return Account(account, (at(first), at(last, 23)))


def test_an_export_of_some_accounts_only_loses_to_the_one_of_all_even_if_its_form_is_trusted_more():
    whole = replace(SHARE, source="legacy_cur", export_name="whole", accounts=(member("1", 1, 30), member("2", 1, 30)))
    part = replace(SHARE, accounts=(member("1", 1, 30),))
    elected, others = elect([part, whole])
    assert elected == (whole,)
    assert "more accounts, 2 against 1" in others[0].why


def test_of_two_bills_of_the_same_accounts_the_invoiced_one_counts():
    real = replace(SHARE, export_name="real", invoiced_count=2, accounts=(member("1", 1, 30),))
    pro_forma = replace(SHARE, accounts=(member("1", 1, 30),), totals=(("USD", Total(Decimal(3), 9)),))
    elected, others = elect([pro_forma, real])
    assert elected == (real,)
    assert "with its invoices" in others[0].why


GROUP = "111122223333"
REAL = replace(SHARE, accounts=(member(SHARE.billing_account_id, 1, 30), member(GROUP, 1, 30)))


def test_a_pro_forma_bill_of_a_billing_group_does_not_count_beside_the_real_one():
    pro_forma = replace(SHARE, delivery_id="bb", billing_account_id=GROUP, accounts=(member(GROUP, 1, 28),))
    elected, others = elect([pro_forma, REAL])
    assert elected == (REAL,)
    assert f"{SHARE.billing_account_id} pays for the same accounts" in others[0].why
    assert elect([pro_forma]) == ((pro_forma,), ())


def test_an_account_that_joins_a_payer_keeps_the_days_on_its_own_bill():
    before = replace(SHARE, delivery_id="bb", billing_account_id=GROUP, accounts=(member(GROUP, 1, 10),))
    joined = replace(SHARE, accounts=(member(SHARE.billing_account_id, 1, 30), member(GROUP, 11, 30)))
    assert set(elect([before, joined])[0]) == {before, joined}


def test_payers_that_are_members_of_each_other_both_count():
    other = replace(REAL, delivery_id="bb", billing_account_id=GROUP)
    assert set(elect([REAL, other])[0]) == {REAL, other}


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


def cost_columns(mart: str) -> list[str]:
    [twin] = (DBT / "models" / "marts").glob(f"*/{mart}.yml")
    [model] = yaml.safe_load(twin.read_text())["models"]
    return [one["name"] for one in model["columns"] if one["name"].lower().endswith(("cost", "cost_change"))]


def test_a_mart_with_costs_is_compared_with_the_bill_or_says_why_not():
    compared = {sums.mart for sums in COST_MARTS}
    assert not compared & NOT_COMPARABLE.keys()
    assert {mart for mart in MART_NAMES if cost_columns(mart)} == compared | NOT_COMPARABLE.keys()
    for sums in COST_MARTS:
        assert {column for _, column in sums.measures} <= set(cost_columns(sums.mart))


def test_rounding_is_allowed_for_as_much_as_by_the_models():
    told = yaml.safe_load(
        (DBT / "dbt_project.yml").read_text(),
    )["vars"]
    assert Decimal(str(told["rounding_per_identity"])) == ROUNDING_PER_SUM
    assert Decimal(str(told["rounding_per_covered_line"])) == ROUNDING_PER_COVERED_LINE
