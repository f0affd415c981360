"""The columns of each form of bill: name, landed type, whether a bill without it is refused, its name in csv headers.

The facts lie in `columns/<source>.csv`, one line per column, in the order in which they are landed.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

MONEY = "decimal(38,10)"
TYPES = ("varchar", "double", "timestamp", MONEY, "map(varchar,varchar)", "map(varchar,double)")

DELIVERY_ID = "delivery_id"
SOURCE_FILE = "source_file"

_FOLDER = Path(__file__).parent / "columns"


@dataclass(frozen=True)
class Column:
    """One column as we land it. `csv_name` is its header in AWS's csv of the same form; blank if it has none."""

    name: str
    type: str
    is_required: bool
    csv_name: str


@cache
def columns(source: str) -> tuple[Column, ...]:
    """The dictionary of one source, in landed order. Raises FileNotFoundError for a source that has none."""
    with (_FOLDER / f"{source}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Column(row["name"], row["type"], row["required"] == "yes", row["csv_name"]) for row in csv.DictReader(file)
        )


def landed_columns(source: str) -> tuple[tuple[str, str], ...]:
    """(name, type) of every landed column: the dictionary, then which delivery and which file a row came from."""
    known = tuple((column.name, column.type) for column in columns(source))
    return (*known, (DELIVERY_ID, "varchar"), (SOURCE_FILE, "varchar"))


def arrow_schema(source: str) -> pa.Schema:
    """The landed columns as an Arrow schema."""
    import pyarrow as pa

    types: dict[str, pa.DataType] = {
        "varchar": pa.string(),
        "double": pa.float64(),
        "timestamp": pa.timestamp("us"),
        MONEY: pa.decimal128(38, 10),
        "map(varchar,varchar)": pa.map_(pa.string(), pa.string()),
        "map(varchar,double)": pa.map_(pa.string(), pa.float64()),
    }
    return pa.schema([pa.field(name, types[kind]) for name, kind in landed_columns(source)])
