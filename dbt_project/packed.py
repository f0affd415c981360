"""Many rows in order, at a part of the memory: texts that repeat travel through the sort as numbers.

A sort moves every row as a whole. Of a charge's forty-odd texts nearly all have few values (services, regions,
accounts, descriptions of prices): DuckDB's enums stand for them with one or two bytes, and spill a fraction to disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Fewer rows are sorted as they are before their texts are counted.
_MANY_ROWS = 250_000
# Enums of more values are as dear to make as they are worth.
_FEW_VALUES = 10_000


def in_order(engine: DuckDBPyConnection, rows: str, order: Sequence[str]) -> str:
    """SQL of `rows` (a query) sorted by the columns `order`, texts byte by byte and nulls last; columns and types stay.

    The SQL is good until it is asked for again: its enums have the values that are there, and are made in the engine's
    temporary schema, for the engine may be open for reading only.
    """
    ordered = f"order by {', '.join(order)}"
    repeating = _repeating(engine, rows)
    if not repeating:
        return f"{rows} {ordered}"
    for name in repeating:
        _make_enum(engine, rows, name)
    narrow = ", ".join(f"{name}::{_enum(name)} as {name}" for name in repeating)
    wide = ", ".join(f"{name}::varchar as {name}" for name in repeating)
    return f"select * replace ({wide}) from (select * replace ({narrow}) from ({rows}) {ordered})"  # noqa: S608


def _repeating(engine: DuckDBPyConnection, rows: str) -> list[str]:
    """The texts of few values, where there are many rows."""
    (count,) = engine.execute(f"select count(*) from ({rows})").fetchone() or (0,)  # noqa: S608
    if count < _MANY_ROWS:
        return []
    texts = [name for name, kind, *_ in engine.execute(f"describe {rows}").fetchall() if kind == "VARCHAR"]
    counted = ", ".join(f"approx_count_distinct({name})" for name in texts)
    values = engine.execute(f"select {counted} from ({rows})").fetchone() or ()  # noqa: S608
    return [name for name, few in zip(texts, values, strict=True) if few < _FEW_VALUES]


def _make_enum(engine: DuckDBPyConnection, rows: str, name: str) -> None:
    """An enum with the column's values, which are sorted as the texts are."""
    values = f"select distinct {name} from ({rows}) where {name} is not null order by 1"  # noqa: S608
    engine.execute(f"create or replace temp type {_enum(name)} as enum ({values})")


def _enum(name: str) -> str:
    return f"values_of_{name}"
