"""The queries behind our own expectations, on DuckDB, and read by a parser of Athena's SQL."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from quality import expectations as ours
from quality.checkpoint import to_gx
from quality.suite import load_suites, moments
from tests.quality.marts import NOW


def failing(expectation: Any, **tables: str) -> list[tuple[Any, ...]]:
    """The rows that the expectation objects to; `mart` is the batch, and each table is the body of a VALUES list."""
    with duckdb.connect() as connection:
        for name, values in tables.items():
            connection.execute(f"create table {name} as from ({values})")
        return sorted(connection.execute(expectation.unexpected_rows_query.format(batch="mart")).fetchall())


def test_a_repeated_grain_is_found_with_its_count_and_nulls_count_as_equal() -> None:
    grain = ours.ExpectGrainToBeUnique(columns=["a", "b"])
    assert failing(grain, mart="select * from (values (1, 'x'), (1, 'y'), (1, 'x'), (2, 'x')) t(a, b)") == [(1, "x", 2)]
    assert failing(grain, mart="select * from (values (1, null), (1, null)) t(a, b)") == [(1, None, 2)]


@pytest.mark.parametrize("good", ["011254002932", "000000000000"])
def test_twelve_digits_are_an_account(good: str) -> None:
    assert failing(ours.ExpectDigits(column="a", length=12), mart=f"select '{good}' as a") == []


@pytest.mark.parametrize("bad", ["", "11254002932", "0112540029321", "8.36223E+11", "01125400293 ", "O11254002932"])
def test_anything_else_is_not(bad: str) -> None:
    assert failing(ours.ExpectDigits(column="a", length=12), mart=f"select '{bad}' as a") == [(bad,)]


@pytest.mark.parametrize(
    ("account", "payer"),
    [
        ("011254002932", "099887766554"),
        ("1234567890123", "1234567890123"),
        ("51738928782", "1234567890123"),
        ("/subscriptions/9ec51cfd", "/billing/861"),
        ("ocid6.tenancy.oc6..aaaa", "20209880"),
        ("20209880", "20209880"),
    ],
)
def test_account_ids_of_aws_of_other_clouds_and_anonymised_ones_are_sound(account: str, payer: str) -> None:
    rows = f"select '{account}' as a, '{payer}' as p"
    assert failing(ours.ExpectAccountIds(column="a", payer="p"), mart=rows) == []


@pytest.mark.parametrize("bad", ["", "8.36223E+11", "8,36E+11", "11254002932", "112540029", "836223000000.0", "-1"])
@pytest.mark.parametrize("payer", ["099887766554", "8.36223E+11"])
def test_account_ids_that_a_spreadsheet_made_are_not(bad: str, payer: str) -> None:
    rows = f"select '{bad}' as a, '{payer}' as p"
    assert failing(ours.ExpectAccountIds(column="a", payer="p"), mart=rows) == [(bad,)]


def test_a_key_needs_a_parent_with_all_its_columns_together() -> None:
    key = ours.ExpectForeignKey(columns=["a", "b"], parent_table="parents")
    rows = failing(
        key,
        mart="select * from (values (1, 1), (2, 2), (1, 2), (1, 2), (null, 9)) t(a, b)",
        parents="select * from (values (1, 1), (2, 2), (2, 2)) t(a, b)",
    )
    assert rows == [(1, 2)]


def test_one_parent_that_fails_the_condition_is_enough() -> None:
    key = ours.ExpectForeignKey(columns=["a"], parent_table="parents", parent_condition="good")
    rows = failing(
        key,
        mart="select * from (values (1), (2), (3), (4)) t(a)",
        parents="select * from (values (1, true), (1, true), (2, true), (2, false), (3, null)) t(a, good)",
    )
    assert rows == [(2,), (3,), (4,)]


MINE = "select * from (values ('a', 123456789012123.4567891234::decimal(38,10)), ('b', -1)) t(k, cost)"


@pytest.mark.parametrize(("off", "groups"), [("0", 0), ("0.0000000001", 1), ("-0.0000000001", 1)])
def test_totals_differ_by_the_last_digit_of_a_very_large_bill(off: str, groups: int) -> None:
    total = ours.ExpectTotalToReconcile(measure="cost", other_table="other", by=["k"])
    assert len(failing(total, mart=MINE, other=MINE.replace("::dec", f"::decimal(38,10) + {off}::dec"))) == groups


def test_totals_may_differ_by_the_tolerance_and_no_more() -> None:
    total = ours.ExpectTotalToReconcile(measure="cost", other_table="other", by=["k"], tolerance="0.000001")
    other = "select 'a' as k, {}::decimal(38,10) as cost"
    assert failing(total, mart=other.format("1"), other=other.format("1.000001")) == []
    assert len(failing(total, mart=other.format("1"), other=other.format("1.0000010001"))) == 1


def test_a_group_that_only_one_side_has_counts_as_zero_on_the_other() -> None:
    total = ours.ExpectTotalToReconcile(measure="cost", other_table="other", by=["k"])
    rows = failing(
        total, mart="select 'a' as k, 1.0 as cost", other="select * from (values ('b', 2.0), ('c', 0)) t(k, cost)"
    )
    assert [row[0] for row in rows] == ["a", "b"]


def test_a_condition_and_another_column_pick_what_is_added_up() -> None:
    total = ours.ExpectTotalToReconcile(
        measure="cost", column="actual", condition="name = 'x'", other_table="other", by=["k"]
    )
    rows = failing(
        total,
        mart="select * from (values ('a', 'x', 5.0), ('a', 'y', 7.0)) t(k, name, actual)",
        other="select 'a' as k, 5.5 as cost",
    )
    assert rows == [("a", Decimal("5.0"), Decimal("5.5"))]


def recent() -> Any:
    return ours.ExpectNewestDayToBeRecent(
        column="d", not_before="2026-11-20", not_after="2026-11-23", condition="kind = 'Usage'"
    )


@pytest.mark.parametrize("newest", ["2026-11-20", "2026-11-23"])
def test_usage_within_the_days_is_recent(newest: str) -> None:
    assert failing(recent(), mart=f"select date '{newest}' as d, 'Usage' as kind") == []


def test_old_usage_is_not_made_recent_by_a_fee_or_by_days_to_come() -> None:
    rows = "(date '2026-11-19', 'Usage'), (date '2026-11-22', 'Purchase'), (date '2026-11-30', 'Usage')"
    assert failing(recent(), mart=f"select * from (values {rows}) t(d, kind)") == [(date(2026, 11, 19),)]


def test_no_usage_at_all_is_not_recent() -> None:
    assert failing(recent(), mart="select date '2026-11-22' as d, 'Tax' as kind") == [(None,)]


def test_every_query_of_ours_is_sql_that_athena_reads() -> None:
    import sqlfluff

    queries = {
        built.unexpected_rows_query.format(batch=suite.mart)
        for suite in load_suites(moments(NOW))
        for built in (to_gx(expectation, 0) for expectation in suite.expectations)
        if hasattr(built, "unexpected_rows_query")
    }
    kinds = {type(built).__name__ for built in (to_gx(e, 0) for s in load_suites(moments(NOW)) for e in s.expectations)}
    assert len(queries) > 20
    assert {name for name in vars(ours) if name.startswith("Expect")} <= kinds
    for query in sorted(queries):
        sqlfluff.parse(query, dialect="athena")
