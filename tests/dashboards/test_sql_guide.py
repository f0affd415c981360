"""Every query of docs/sql.md runs, on DuckDB over marts of the contract's types and through the gate of Trino."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lake.tables import MART_NAMES
from tests.dashboards import built
from tests.support.local_aws import gate

GUIDE = (Path(__file__).parents[2] / "docs" / "sql.md").read_text()
QUERIES = {
    f"{title}-{number}": query
    for title, section in re.findall(r"^## (.+?)$(.*?)(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    for number, query in enumerate(re.findall(r"```sql\n(.*?)```", section, re.DOTALL), 1)
}


@pytest.fixture(scope="module")
def engine(rows: built.Marts) -> Iterator[duckdb.DuckDBPyConnection]:
    """Tables under the marts' names and types, with the plausible rows."""
    compared = {
        "billing_period": "2026-11",
        "comparison": "previous_month",
        "billing_currency": "USD",
        "effective_cost": Decimal(110),
        "previous_effective_cost": Decimal(100),
        "effective_cost_change": Decimal(10),
    }
    with duckdb.connect() as connection:
        for mart in MART_NAMES:
            told = built.table(mart, [compared] if mart == "cost_comparisons" else rows[mart])  # noqa: F841
            connection.execute(f"create table {mart} as from told")
        yield connection


def asked(engine: duckdb.DuckDBPyConnection, title: str) -> list[dict[str, Any]]:
    found = engine.execute(next(query for name, query in QUERIES.items() if title in name))
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_query_of_the_guide_runs_and_finds_something(engine: duckdb.DuckDBPyConnection, query: str) -> None:
    assert engine.execute(query).fetchall()


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_query_of_the_guide_is_one_that_trino_knows(query: str) -> None:
    gate.grammar(query)
    gate.names(query)


def test_time_series_is_the_bill(engine: duckdb.DuckDBPyConnection, rows: built.Marts) -> None:
    told = sum(row["effective_cost"] for row in asked(engine, "what a day costs"))
    assert told == sum(row["effective_cost"] for row in rows["daily_costs"])


def test_change_of_the_month_is_in_percent_of_the_days_before(engine: duckdb.DuckDBPyConnection) -> None:
    (row,) = asked(engine, "this month to date")
    assert float(row["change_pct"]) == 10


def test_order_costs_what_it_costs(engine: duckdb.DuckDBPyConnection) -> None:
    costs = {row["billing_period"]: row["unit_cost"] for row in asked(engine, "what an order costs")}
    assert {month: None if cost is None else float(cost) for month, cost in costs.items()} == {
        "2026-09": 50.0,
        "2026-10": None,
        "2026-11": 62.5,
    }


def test_nobody_s_share_is_told(engine: duckdb.DuckDBPyConnection) -> None:
    whose = {row["team"]: row["effective_cost"] for row in asked(engine, "whose it is")}
    assert whose == {"web": 735, "Warehouse & Co": 525, "nobody": 40}
