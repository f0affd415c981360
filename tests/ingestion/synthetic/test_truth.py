"""The truth, which comes from events, equals sums over the written rows, which come from lines."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import pairwise

import pytest

from ingestion.synthetic.ledger import Ledger
from tests.ingestion.synthetic.conftest import AMORTIZED, LIST, MAY, UNUSED, Ask


def test_totals_of_each_period_are_those_of_the_rows(ledger: Ledger, ask: Ask) -> None:
    rows = ask(f"""
        select billing_period, count(*), sum(u), sum({AMORTIZED}), sum({LIST}), sum({UNUSED})
        from bill group by 1 order by 1
    """)
    assert rows == [
        (at.billing_period, at.row_count, at.billed, at.amortized, at.list, at.unused_commitment)
        for at in ledger.truth.periods
    ]


def test_effective_is_amortized_because_nobody_has_negotiated_prices(ledger: Ledger, ask: Ask) -> None:
    assert all(at.effective == at.amortized for at in ledger.truth.periods)
    assert ask("select count(line_item_net_unblended_cost) + count(discount_total_discount) from bill") == [(0,)]


@pytest.mark.parametrize(
    ("measure", "key", "formula"),
    [
        ("billed_by_service", "service", "u"),
        ("billed_by_account", "line_item_usage_account_id", "u"),
        ("amortized_by_account", "line_item_usage_account_id", AMORTIZED),
    ],
)
def test_parts_of_each_period_are_those_of_the_rows(
    ledger: Ledger, ask: Ask, measure: str, key: str, formula: str
) -> None:
    for at in ledger.truth.periods:
        rows = ask(f"select {key}, sum({formula}) from bill where billing_period = '{at.billing_period}' group by 1")
        assert dict(rows) == getattr(at, measure)


def test_the_company_is_plausible(ledger: Ledger) -> None:
    may = ledger.truth.periods[0]
    assert may.billing_period == MAY
    assert 40_000 < may.billed < 80_000
    assert len(may.billed_by_service) >= 10
    assert len(may.billed_by_account) >= 5
    assert may.billed_by_service["Amazon Elastic Compute Cloud"] > may.billed / 4


def test_costs_jump_once_and_rest_on_weekends(ask: Ask) -> None:
    days = {
        day: float(cost)
        for day, cost in ask(
            f"select line_item_usage_start_date::date, sum({AMORTIZED}) from bill where kind not in "
            "('Tax', 'Fee', 'RIFee', 'Credit', 'Refund') group by 1"
        )
    }
    ordinary = [cost for day, cost in days.items() if day.weekday() < 5]
    weekend = [cost for day, cost in days.items() if day.weekday() >= 5]
    assert sum(weekend) / len(weekend) < 0.92 * sum(ordinary) / len(ordinary)
    ordinary = [days[day] for day in sorted(days) if day.weekday() < 5]
    jumps = [after / before for before, after in pairwise(ordinary)]
    assert sum(jump > 1.15 for jump in jumps) == 1


def test_truth_as_json_keeps_every_digit(ledger: Ledger) -> None:
    document = json.loads(ledger.truth.as_json())
    assert Decimal(document["periods"][0]["billed"]) == ledger.truth.periods[0].billed
    assert {planted["rule_id"] for planted in document["idle"]} >= {"nat_gateway", "web_acl"}
