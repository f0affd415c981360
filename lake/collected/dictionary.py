"""The columns of what is collected: one csv per source, in landed order, and what every source has besides."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lake import zones
from lake.store import Store
from lake.tables import COLLECTED_SOURCES

if TYPE_CHECKING:
    import pyarrow as pa

MONEY = "decimal(38,10)"

_FOLDER = Path(__file__).parent / "columns"


@dataclass(frozen=True)
class Column:
    """One landed column."""

    name: str
    type: str
    description: str


# What every row tells beside the source's own columns.
TRACE = (
    Column("part", "varchar", "Which question of the source it answers"),
    Column("asked_account_id", "varchar", "Account that was asked"),
    Column("asked_region_id", "varchar", "Region that was asked; global for what has none"),
    Column("collected_at", "timestamp", "When it was asked, UTC"),
)


@cache
def columns(source: str) -> tuple[Column, ...]:
    """The columns of a source, then where its rows come from. Raises FileNotFoundError for one that has none."""
    with (_FOLDER / f"{source}.csv").open(encoding="utf-8", newline="") as file:
        own = tuple(Column(row["name"], row["type"], row["description"]) for row in csv.DictReader(file))
    return (*own, *TRACE)


def arrow_schema(source: str) -> pa.Schema:
    """The columns of a source as an Arrow schema."""
    import pyarrow as pa

    types: dict[str, pa.DataType] = {
        "varchar": pa.string(),
        "bigint": pa.int64(),
        "double": pa.float64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "timestamp": pa.timestamp("us"),
        MONEY: pa.decimal128(38, 10),
        "map(varchar,varchar)": pa.map_(pa.string(), pa.string()),
    }
    return pa.schema([pa.field(column.name, types[column.type]) for column in columns(source)])


def schema_file(source: str) -> bytes:
    """A Parquet file without rows that carries every column of a source."""
    import pyarrow.parquet as pq

    content = io.BytesIO()
    pq.write_table(arrow_schema(source).empty_table(), content, compression="zstd")
    return content.getvalue()


def write_schemas(store: Store) -> None:
    """Tell every source's columns in the lake, so that each can be read before it was ever collected."""
    for source in COLLECTED_SOURCES:
        content = schema_file(source)
        if store.read(zones.landed_schema(source)) != content:
            store.write(zones.landed_schema(source), content)
