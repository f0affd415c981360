"""FOCUS is written by other clouds, too: whose lines a file holds, where they are not AWS's."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from ingestion import reading
from ingestion.guards import SourceFile
from ingestion.sources.roles import Roles
from lake.errors import BadBillError

if TYPE_CHECKING:
    import duckdb

TODO = "Leave these lines out of the file, or keep them with --all-providers: they count in every total then."


def refuse(engine: duckdb.DuckDBPyConnection, roles: Roles, file: SourceFile) -> NoReturn:
    """Raise BadBillError that counts the lines of every provider that is not AWS, and names the first of them."""
    actual = reading.name(file.fields[roles.provider][0])
    # In one thread and in order, so that the row's number is that of the file.
    engine.execute("set threads = 1; set preserve_insertion_order = true")
    try:
        found = engine.execute(
            f"select {roles.provider}, count(*), min(row) from (select row_number() over () as row, "  # noqa: S608
            f"cast({actual} as varchar) as {roles.provider} from {reading.reader(file)}) "
            f"where not {roles.is_aws} group by 1 order by 2 desc, 1"
        ).fetchall()
    finally:
        engine.execute(f"set threads = {reading.THREADS}; set preserve_insertion_order = false")
    told = ", ".join(f"{count:,} of {provider}" for provider, count, _ in found)
    raise BadBillError(
        f"The file holds lines of other providers than AWS: {told}.",
        where=f"{file.where}, column {roles.provider}, first in row {min(row for *_, row in found)} below the header",
        todo=TODO,
    )
