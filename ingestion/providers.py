"""FOCUS is written by other clouds, too: whose lines a file holds, where they are not AWS's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, NoReturn

from ingestion import reading
from ingestion.csv_rows import groups
from ingestion.guards import SourceFile
from ingestion.sources.roles import Roles
from lake.errors import BadBillError

if TYPE_CHECKING:
    import duckdb

TODO = "Leave these lines out of the file, or keep them with --all-providers: they count in every total then."


def refuse(engine: duckdb.DuckDBPyConnection, roles: Roles, file: SourceFile) -> NoReturn:
    """Raise BadBillError that counts the lines of every provider that is not AWS, and names the first of them."""
    actual = reading.name(file.fields[roles.provider][0])
    lines: Counter[str] = Counter()
    rows: list[int] = []
    # In one thread and in order, so that the row's number is that of the file.
    engine.execute("set threads = 1; set preserve_insertion_order = true")
    try:
        for table, before in _tables(engine, file):
            found = engine.execute(
                f"select {roles.provider}, count(*), min(row) from (select row_number() over () as row, "  # noqa: S608
                f"cast({actual} as varchar) as {roles.provider} from {table}) where not {roles.is_aws} group by 1"
            ).fetchall()
            lines.update({provider: count for provider, count, _ in found})
            rows += [before + row for *_, row in found]
    finally:
        engine.execute(f"set threads = {reading.THREADS}; set preserve_insertion_order = false")
    told = ", ".join(f"{count:,} of {provider}" for provider, count in sorted(lines.items(), key=_most))
    raise BadBillError(
        f"The file holds lines of other providers than AWS: {told}.",
        where=f"{file.where}, column {roles.provider}, first in row {min(rows)} below the header",
        todo=TODO,
    )


def _tables(engine: duckdb.DuckDBPyConnection, file: SourceFile) -> Iterator[tuple[str, int]]:
    """The file's rows as SQL tables, each with the number of rows before it."""
    import pyarrow as pa

    if not file.is_csv:
        yield reading.reader(file), 0
        return
    with groups(file) as found:
        for group in found:
            engine.register("batch", pa.Table.from_batches([group.rows]))
            yield "batch", group.first_row - 1
            engine.unregister("batch")


def _most(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]
