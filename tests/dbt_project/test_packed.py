"""Rows in order, their repeating texts as enums meanwhile: nothing of them may change but where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dbt_project import packed

# Upper case stands before lower case, an empty text before all, a null after all; as bytes do, not as a dictionary.
_ROWS = (
    "select * from (values (1, 'b', 'x', 1.5), (2, 'B', null, 2.5), (3, '', 'x', null), (4, null, 'ä', 4.5), "
    "(5, 'b', 'w', 5.5), (6, 'a', 'x', 6.5)) as rows (number, service, region, cost)"
)
_SORTED = [3, 2, 6, 5, 1, 4]


@pytest.fixture(name="engine")
def _engine(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine that is open for reading only, as it is when marts are published."""
    file = tmp_path / "engine.duckdb"
    with duckdb.connect(str(file)) as writing:
        writing.execute(f"create table charges as {_ROWS}")
    with duckdb.connect(str(file), read_only=True) as reading:
        yield reading


@pytest.mark.parametrize("many", [0, 1_000_000])
def test_rows_are_sorted_byte_by_byte_with_nulls_last(
    engine: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(packed, "_MANY_ROWS", many)
    found = engine.execute(packed.in_order(engine, "select * from charges", ("service", "region")))
    assert [name for name, *_ in found.description] == ["number", "service", "region", "cost"]
    rows = found.fetchall()
    assert [row[0] for row in rows] == _SORTED
    assert sorted(rows) == sorted(engine.execute("from charges").fetchall())


def test_columns_keep_their_types_and_texts_are_packed(
    engine: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "_MANY_ROWS", 0)
    sql = packed.in_order(engine, "select * from charges", ("service",))
    kinds = [kind for _, kind, *_ in engine.execute(f"describe {sql}").fetchall()]
    assert kinds == ["INTEGER", "VARCHAR", "VARCHAR", "DECIMAL(2,1)"]
    assert "service::values_of_service" in sql


def test_a_text_of_many_values_is_left_as_it_is(
    engine: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "_MANY_ROWS", 0)
    monkeypatch.setattr(packed, "_FEW_VALUES", 4)
    sql = packed.in_order(engine, "select * from charges", ("service", "region"))
    assert ("values_of_service" in sql, "values_of_region" in sql) == (False, True)
    assert [number for number, *_ in engine.execute(sql).fetchall()] == _SORTED


def test_values_of_an_earlier_mart_do_not_bind_the_next(
    engine: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "_MANY_ROWS", 0)
    for service in ("a", "b"):
        rows = f"select * from charges where service = '{service}'"
        assert {row[1] for row in engine.execute(packed.in_order(engine, rows, ("service",))).fetchall()} == {service}
