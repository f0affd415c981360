"""The FOCUS mart against a ledger that knew every total before a bill was written from it."""

from __future__ import annotations

import pytest

from tests.pipeline.conftest import Built

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("ledger")]


@pytest.mark.parametrize(("column", "truth"), [("BilledCost", "billed"), ("EffectiveCost", "effective")])
def test_the_total_of_a_cost_is_the_ledger_s_to_the_last_digit(built: Built, column: str, truth: str):
    told = dict(built.rows(f"select x_BillingPeriod, sum({column}) from focus_1_2 group by 1"))
    assert told == {period.billing_period: getattr(period, truth) for period in built.ledger.truth.periods}


def test_each_account_has_its_own_share_of_the_invoice(built: Built):
    told = built.rows("select x_BillingPeriod, SubAccountId, sum(BilledCost) from focus_1_2 group by 1, 2")
    wanted = {
        (period.billing_period, account): cost
        for period in built.ledger.truth.periods
        for account, cost in period.billed_by_account.items()
    }
    assert {(period, account): cost for period, account, cost in told} == wanted


def test_unused_commitment_is_rows_of_its_own_that_cost_what_the_ledger_says(built: Built):
    told = dict(
        built.rows(
            "select x_BillingPeriod, sum(EffectiveCost) from focus_1_2 "
            "where CommitmentDiscountStatus = 'Unused' group by 1"
        )
    )
    assert told == {period.billing_period: period.unused_commitment for period in built.ledger.truth.periods}


def test_covered_usage_is_billed_at_nothing_and_no_line_takes_it_back(built: Built):
    [(covered, billed, negative)] = built.rows(
        """
        select count(*) filter (where CommitmentDiscountStatus = 'Used'),
            sum(BilledCost) filter (where CommitmentDiscountStatus = 'Used'),
            count(*) filter (where ChargeCategory = 'Usage' and BilledCost < 0)
        from focus_1_2
        """
    )
    assert covered > 1000
    assert (billed, negative) == (0, 0)


def test_columns_carry_the_very_names_of_focus_in_the_file(built: Built):
    names = [name for (name,) in built.rows("select column_name from (describe focus_1_2)")]
    assert names[:3] == ["AvailabilityZone", "BilledCost", "BillingAccountId"]
    assert len([name for name in names if not name.startswith("x_")]) == 57
