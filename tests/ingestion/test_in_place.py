"""Amounts that a copy and Athena would round to different digits are known: Athena rounds as Java does."""

from __future__ import annotations

import random
from decimal import ROUND_HALF_UP, Context, Decimal

import duckdb

from ingestion.dictionary import MONEY, Column
from ingestion.in_place import rounds_differently
from ingestion.reading import expression

TENTH, EXACT = Decimal("1e-10"), Context(prec=60)


def test_every_amount_that_is_taken_as_it_is_rounds_as_in_athena():
    """Java's BigDecimal.valueOf takes a double's shortest text, as Python's repr does, and Trino rounds it half up."""
    chance = random.Random(7)
    amounts = [chance.uniform(-(10**power), 10**power) for power in range(-9, 9) for _ in range(400)]
    halves = [float(f"{chance.uniform(0, 10**power):.10f}5") for power in range(-8, 6) for _ in range(400)]
    wanted = {
        one: Decimal(repr(one)).quantize(TENTH, ROUND_HALF_UP, EXACT) for one in (*amounts, *halves, 5e-12, 1e22, 0.0)
    }

    amount = expression(Column("cost", MONEY, True, ""), {"cost": ("cost", "number")}, cast="try_cast")
    differs = rounds_differently('"cost"', amount)
    with duckdb.connect() as engine:
        engine.execute("create table bill as select unnest(?) as cost", [list(wanted)])
        rows = engine.execute(f"select cost, {amount}, {differs} from bill").fetchall()
    wrong = {cost for cost, landed, _ in rows if landed != wanted[cost]}
    told = {cost for cost, _, is_told in rows if is_told}
    assert wrong
    assert wrong <= told
    # Few others are told: what AWS writes, ten decimals, never is.
    assert len(told - wrong) < len(wanted) / 20
    assert not {cost for cost in told if Decimal(repr(cost)) == wanted[cost]}
