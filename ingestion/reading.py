"""The SQL that reads a bill's columns: by name, in declared types, through an embedded DuckDB.

Names and texts that come from a bill enter SQL only through `name`, `text` and `path_literal`, which quote them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ingestion.dictionary import DELIVERY_ID, MONEY, SOURCE_FILE, Column, columns
from ingestion.guards import SourceFile
from ingestion.sources.form import Fold, Form
from lake.sql import path_literal

if TYPE_CHECKING:
    import duckdb

Fields = Mapping[str, tuple[str, str]]

# With what Arrow, Python and the libraries themselves take, the process stays below 2 GiB.
MEMORY = "1500MB"
THREADS = 2

# Below this a double holds ten decimals exactly enough for a direct cast; above, its shortest text is what AWS wrote.
_EXACT_BELOW = 100_000


@contextmanager
def engine(scratch: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB in memory that spills to `scratch`, speaks UTC and fetches nothing from the network."""
    import duckdb
    import pyarrow as pa

    # Arrow's own allocators ask the system for fresh pages again and again, a tenth of the time that landing takes.
    pa.set_memory_pool(pa.system_memory_pool())
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "threads": THREADS,
        "temp_directory": str(scratch / "spill"),
        # Kept order costs twice the memory and four times the time, and nothing reads landed rows in order.
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
    }
    with duckdb.connect(":memory:", config=settings) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


def text(value: str) -> str:
    """A SQL text literal."""
    return "'" + value.replace("'", "''") + "'"


def name(value: str) -> str:
    """A SQL identifier."""
    return '"' + value.replace('"', '""') + '"'


def expression(column: Column, fields: Fields, *, cast: str = "cast") -> str:
    """A column as SQL in its declared type; a typed null where the file lacks it. `cast` may be `try_cast`."""
    actual, kind = fields.get(column.name, ("", ""))
    if not kind:
        return f"cast(null as {column.type})"
    value = name(actual)
    if column.type == "varchar":
        return value if kind == "text" else f"cast({value} as varchar)"
    if kind == "text":
        return _from_text(f"nullif({value}, '')", column.type, cast)
    if column.type == MONEY:
        return (
            f"case when abs({value}) < {_EXACT_BELOW} then {cast}({value} as {MONEY}) "
            f"else {cast}(cast({value} as varchar) as {MONEY}) end"
        )
    return f"{cast}({value} as {column.type})"


def _from_text(value: str, kind: str, cast: str) -> str:
    if kind == "timestamp":
        # Time zones are dear to read, and AWS writes UTC.
        zoned = f"cast({cast}({value} as timestamptz) as timestamp)"
        return f"case when {value} like '%Z' then {cast}({value} as timestamp) else {zoned} end"
    if kind.startswith("map"):
        # Most maps are empty, and reading JSON is dear.
        return f"case when {value} = '{{}}' then map {{}} else {cast}({cast}({value} as json) as {kind}) end"
    if kind == MONEY:
        # The narrow decimal is twenty times faster and holds all but amounts of a hundred million. Both round 5e-12 up
        # to 1e-10; the first branch does not, and spares the many zeros of a bill the rest.
        return (
            f"case when abs(try_cast({value} as double)) < 1e-11 then cast(0 as {MONEY}) "
            f"else coalesce(try_cast({value} as decimal(18,10)), {cast}({value} as {MONEY})) end"
        )
    return f"{cast}({value} as {kind})"


def folded(fold: Fold, fields: Fields) -> str:
    """All columns of one prefix as a map(varchar,varchar); blank values are left out."""
    values: dict[str, list[str]] = {}
    for column, (actual, _) in fields.items():
        if column.startswith(fold.prefix):
            key = column.removeprefix(fold.prefix).partition("#")[0]
            values.setdefault(key, []).append(f"nullif(cast({name(actual)} as varchar), '')")
    if not values:
        return "map([]::varchar[], []::varchar[])"
    entries = [f"{{'k': {text(key)}, 'v': coalesce({', '.join(some)})}}" for key, some in values.items()]
    return f"map_from_entries(list_filter([{', '.join(entries)}], lambda entry: entry.v <> ''))"


def landed_select(form: Form, file: SourceFile, delivery_id: str) -> str:
    """One Parquet file of a bill as the landed columns of its form."""
    folds = {fold.column: folded(fold, file.fields) for fold in form.folds}
    chosen = [
        f"{folds.get(column.name) or expression(column, file.fields)} as {name(column.name)}"
        for column in columns(form.source)
    ]
    chosen.append(f"{text(delivery_id)} as {DELIVERY_ID}")
    chosen.append(f"{text(file.key)} as {SOURCE_FILE}")
    return f"select {', '.join(chosen)} from {reader(file)}"  # noqa: S608


def reader(file: SourceFile) -> str:
    """A Parquet file of a bill as a SQL table with its own column names."""
    return f"read_parquet({path_literal(file.path)}, hive_partitioning = false)"


def unread_columns(form: Form, fields: Sequence[str]) -> tuple[str, ...]:
    """The columns of a file that its form's dictionary does not know."""
    known = {column.name for column in columns(form.source)} - {fold.column for fold in form.folds}
    prefixes = tuple(fold.prefix for fold in form.folds)
    return tuple(column for column in fields if column not in known and not column.startswith(prefixes))
