"""INSERT INTO."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from tests.support.local_aws import iceberg
from tests.support.local_aws.engine import Outcome, Run
from tests.support.local_aws.errors import StatementError, fail, refuse
from tests.support.local_aws.glue import Table
from tests.support.local_aws.sql.names import quote
from tests.support.local_aws.sql.queries import Query
from tests.support.local_aws.statements.create import identity_columns, target
from tests.support.local_aws.types import turns_into
from tests.support.local_aws.writing import Written, write


def run(run: Run, tree: exp.Insert) -> Outcome:
    where = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
    database, name = target(run, where)
    table = run.engine.glue.get(database, name, where)
    if table.is_view:
        raise StatementError("NOT_SUPPORTED: Inserting into views is not supported")
    known = [one.name for one in table.columns]
    names = [one.name.lower() for one in tree.this.expressions] if isinstance(tree.this, exp.Schema) else known
    for one in names:
        if one not in known:
            raise fail("COLUMN_NOT_FOUND", f"line 1:1: Insert column name does not exist in target table: {one}")
    query = run.queries.top(tree.expression)
    select = fitted(query, table, names)
    written = append(run, table, select)
    return Outcome("DML", "INSERT", count=written.rows, files=[one["path"] for one in written.files])


def fitted(query: Query, table: Table, names: list[str]) -> str:
    """The rows to insert, all columns of the table in order. Types must turn into each other by themselves."""
    columns = {one.name: one for one in table.columns}
    kinds = [columns[name].type for name in names]
    fits = len(query.columns) == len(kinds) and all(
        turns_into(one.type, kind) or (one.type.is_text and kind.is_text)
        for one, kind in zip(query.columns, kinds, strict=True)
    )
    if not fits:
        raise StatementError(
            "TYPE_MISMATCH: line 1:1: Insert query has mismatched column types: Table: "
            f"[{', '.join(map(str, kinds))}], Query: [{', '.join(str(one.type) for one in query.columns)}]"
        )
    given = dict(zip(names, query.columns, strict=True))
    items = []
    for name, column in columns.items():
        value = quote(given[name].name) if name in given else "NULL"
        cast = f"CAST({value} AS {column.type.duck})"
        if column.type.name == "varchar" and column.type.args and name in given:
            cast = f"trino_fitting_text({cast}, {column.type.args[0]})"
        items.append(f"{cast} AS {quote(name)}")
    return f"SELECT {', '.join(items)} FROM ({query.sql})"


def append(run: Run, table: Table, select: str) -> Written:
    """Write rows and make them part of the table in one step."""
    engine = run.engine
    if table.is_iceberg:
        snapshot = iceberg.load(engine.objects, table)
        by = identity_columns(snapshot["partitioning"], [one.name for one in table.columns])
        place, codec = f"{table.location}/data", snapshot.get("codec", "zstd")
        written = write(run, select, place, by, codec, keep_columns=True)
        snapshot = {**snapshot, "files": snapshot["files"] + written.files}
        iceberg.commit(engine.objects, engine.glue, table, snapshot)
        return written
    if "Parquet" not in _serde(table):
        raise refuse("INSERT into a table that is not Parquet")
    by = [one.name for one in table.partition_keys]
    written = write(run, select, table.location, by, "snappy")
    if by:
        for values, place in written.partitions.items():
            engine.glue.add_partition(table, list(values), place)
    return written


def _serde(table: Table) -> str:
    info: dict[str, Any] = table.storage.get("SerdeInfo") or {}
    return info.get("SerializationLibrary", "")
