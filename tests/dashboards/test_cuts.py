"""What a reader sees of one account is what that account cost, to the cent."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest

from dashboards.facts import Facts, gather
from dashboards.figures import COLUMNS
from tests.dashboards import built


@pytest.fixture(scope="module")
def facts(rows: built.Marts) -> Facts:
    return gather({mart: built.table(mart, rows[mart]) for mart in rows}, built.NOW.date())


def cents(amount: Decimal) -> int:
    return int((amount * 100).to_integral_value(ROUND_HALF_UP))


def own(rows: built.Marts, mart: str, account: str, period: str | None = None) -> built.Rows:
    return [
        row
        for row in rows[mart]
        if row["sub_account_id"] == account and (period is None or row["billing_period"] == period)
    ]


@pytest.mark.parametrize("account", built.ACCOUNTS)
def test_totals_of_an_account_are_its_charges(rows: built.Marts, facts: Facts, account: str) -> None:
    month = own(rows, "daily_costs", account, "2026-11")
    assert facts.cuts[account]["t"][:3] == [cents(sum(row[column] for row in month)) for column in COLUMNS]


def test_days_of_an_account_add_up_to_its_window(rows: built.Marts, facts: Facts) -> None:
    for account in built.ACCOUNTS:
        for at, column in enumerate(COLUMNS):
            drawn = 0
            for _, billed, amortized, effective in facts.cuts[account]["d"]:
                second = amortized or billed
                drawn += sum((billed, second, effective or second)[at])
            true = sum(row[column] for row in own(rows, "daily_costs", account))
            # Each day is rounded by itself.
            assert abs(drawn - cents(true)) <= 90 / 2


def test_months_and_findings_of_an_account_are_its_own(rows: built.Marts, facts: Facts) -> None:
    account = next(iter(built.ACCOUNTS))
    october = [row.key for row in facts.months].index("2026-10")
    billed = sum(row["billed_cost"] for row in own(rows, "monthly_costs", account, "2026-10"))
    assert abs(facts.cuts[account]["m"][0][october] - cents(billed)) <= 5
    idle = own(rows, "idle_resources", account)
    assert facts.cuts[account]["f"][1] == len(idle)
    assert abs(facts.cuts[account]["f"][0] - cents(sum(row["monthly_cost"] for row in idle))) <= len(idle)
