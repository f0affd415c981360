"""A table or view of the catalogue as a query over files."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.local_aws import iceberg
from tests.support.local_aws.errors import StatementError, fail, refuse
from tests.support.local_aws.glue import Column as GlueColumn
from tests.support.local_aws.glue import Table
from tests.support.local_aws.grammar import query as parsed
from tests.support.local_aws.objects import KEY, NULL_PARTITION, Object, footer
from tests.support.local_aws.sql.names import quote, quote_text
from tests.support.local_aws.sql.queries import Column, Queries, Query
from tests.support.local_aws.types import VARCHAR, Type

if TYPE_CHECKING:
    from tests.support.local_aws.engine import Engine

PATH = "$path"
File = tuple[Object, dict[str, str | None]]


class Tables:
    """Answers what stands under a name, for one statement, and remembers which files stand for which table."""

    def __init__(self, engine: Engine, sql: str):
        self.engine = engine
        self.asks_path = PATH in sql
        self.files: dict[str, tuple[Table, Object, dict[str, str | None]]] = {}
        self.seen: dict[str, Table] = {}

    def __call__(self, queries: Queries, database: str, name: str, node: Any) -> Query:
        if database == "information_schema":
            return information_schema(self.engine, name, node)
        table = self.engine.glue.get(database, name, node)
        if table.is_view:
            return self._view(queries, table, node)
        self.seen[table.full_name] = table
        return self.scan(table)

    def _view(self, queries: Queries, table: Table, node: Any) -> Query:
        found = re.search(r"Presto View: (\S+)", table.entry.get("ViewOriginalText") or "")
        if found is None:
            raise refuse(f"the view {table.full_name}, which Athena did not make")
        body = json.loads(base64.b64decode(found[1]))
        self.asks_path = self.asks_path or PATH in body["originalSql"]
        inner = queries.within(body.get("schema") or table.database)
        try:
            query = inner.top(parsed(body["originalSql"]))
        except StatementError as error:
            reason = f"VIEW_IS_STALE: line 1:1: View '{table.full_name}' is stale or in invalid state: {error.reason}"
            raise StatementError(reason) from error
        if len(query.columns) != len(body["columns"]):
            message = f"View '{table.full_name}' is stale or in invalid state: column count"
            raise fail("VIEW_IS_STALE", message, node)
        return query

    def content(self, table: Table) -> list[File]:
        """The objects that a reader of the table sees, with the values of the partition each stands in."""
        engine = self.engine
        if table.is_iceberg:
            return [
                (engine.objects.at(one["path"]), one["partition"])
                for one in iceberg.load(engine.objects, table)["files"]
            ]
        if table.parameters.get("projection.enabled", "").lower() == "true":
            raise refuse("partition projection")
        if not table.partition_keys:
            return [(one, {}) for one in engine.objects.below(table.location)]
        names = [key.name for key in table.partition_keys]
        return [
            (one, dict(zip(names, (None if v == NULL_PARTITION else v for v in entry["Values"]), strict=True)))
            for entry in engine.glue.partitions(table)
            for one in engine.objects.below((entry.get("StorageDescriptor") or table.storage).get("Location") or "")
        ]

    def scan(self, table: Table, with_file: bool = False) -> Query:
        """All columns of a table; DuckDB reads those that the statement asks for."""
        columns = tuple(Column(one.name, one.name, one.type) for one in table.columns)
        content = self.content(table)
        if not content:
            unlisted = (Column(PATH, PATH, VARCHAR),) if self.asks_path else ()
            items = ", ".join(f"CAST(NULL AS {one.type.duck}) AS {quote(one.name)}" for one in columns)
            items += ", CAST(NULL AS VARCHAR) AS trino_file" if with_file else ""
            items += f", CAST(NULL AS VARCHAR) AS {quote(PATH)}" if unlisted else ""
            return Query(f"SELECT {items} WHERE false", columns, unlisted)
        serde = (table.storage.get("SerdeInfo") or {}).get("SerializationLibrary", "")
        paths = self._paths(table, content)
        if "parquet" in serde.lower() or table.is_iceberg:
            sql = _parquet(table, paths, content, with_file or self.asks_path)
            if self.asks_path and not with_file:
                return self._with_path(sql, columns, paths)
        elif "OpenCSVSerde" in serde or "LazySimpleSerDe" in serde:
            sql = _text(table, paths, serde)
        else:
            raise refuse(f"the SerDe {serde}")
        return Query(sql, columns)

    def _with_path(self, sql: str, columns: tuple[Column, ...], paths: list[Path]) -> Query:
        """The object that each row lies in, as Athena's hidden column tells it."""
        rows = ", ".join(f"({quote_text(str(path))}, {quote_text(self.files[str(path)][1].uri)})" for path in paths)
        listed = ", ".join(f"t.{quote(one.name)}" for one in columns)
        joined = f"({sql}) AS t LEFT JOIN (VALUES {rows}) AS o(file, uri) ON t.trino_file = o.file"
        return Query(f"SELECT {listed}, o.uri AS {quote(PATH)} FROM {joined}", columns, (Column(PATH, PATH, VARCHAR),))

    def _paths(self, table: Table, content: list[File]) -> list[Path]:
        paths = []
        for one, values in content:
            path = self.engine.objects.file(one, values)
            self.files[str(path)] = (table, one, values)
            paths.append(path)
        return paths


def _parquet(table: Table, paths: list[Path], content: list[File], with_file: bool) -> str:
    there: dict[str, list[tuple[str, Any]]] = {}
    for path in paths:
        for name, found in footer(str(path)).columns.items():
            if found not in there.setdefault(name, []):
                there[name].append(found)
    keys = {name for _, values in content for name in values}
    partition = [one for one in table.columns if one.name in keys]
    data = [one for one in table.columns if one.name not in keys]
    items = [_physical(one, there.get(one.name)) for one in data]
    items += [f"{quote(KEY + one.name)} AS {quote(one.name)}" for one in partition]
    items += ["filename AS trino_file"] if with_file else []
    order = {one.name: at for at, one in enumerate(table.columns)}
    names = [one.name for one in data + partition]
    listed = [item for _, item in sorted(zip(names, items, strict=False), key=lambda pair: order[pair[0]])]
    listed += items[len(names) :]
    hive = ", ".join(f"{quote_text(KEY + one.name)}: {one.type.duck}" for one in partition)
    options = "hive_partitioning = true, hive_types = {" + hive + "}" if hive else "hive_partitioning = false"
    union = ", union_by_name = true" if len(paths) > 1 else ""
    file = ", filename = true" if with_file else ""
    return f"SELECT {', '.join(listed)} FROM read_parquet([{_listed(paths)}], {options}{union}{file})"


def _listed(paths: list[Path]) -> str:
    return ", ".join(quote_text(str(path)) for path in paths)


def _physical(column: GlueColumn, found: list[tuple[str, Any]] | None) -> str:
    """One column as it lies in the files, turned into the type that Glue tells."""
    import pyarrow.types as arrow

    name = quote(column.name)
    if not found:
        return f"CAST(NULL AS {column.type.duck}) AS {name}"
    for _, kind in found:
        if (arrow.is_string(kind) or arrow.is_large_string(kind)) != column.type.is_text and not arrow.is_null(kind):
            raise StatementError(
                f"HIVE_BAD_DATA: Field {column.name}'s type {kind} in parquet file is incompatible with type "
                f"{column.type} defined in table schema",
                1,
            )
    physical = quote(found[0][0])
    if len(found) == 1 and same_type(column.type, found[0][1]):
        return f"{physical} AS {name}" if physical != name else name
    plain = f"CAST({physical} AS {column.type.duck})"
    if column.type.name == "timestamp" and column.type.args[0] < 6:
        plain = f"trino_round_time({plain}, {10 ** (6 - column.type.args[0])})"
    return f"{plain} AS {name}"


def same_type(kind: Type, physical: Any) -> bool:
    """Whether DuckDB reads an Arrow type as it holds Trino's, so that no cast is in the way of pruning."""
    import pyarrow as pa

    if pa.types.is_decimal(physical):
        return kind.name == "decimal" and kind.args == (physical.precision, physical.scale)
    if pa.types.is_map(physical):
        return (
            kind.name == "map"
            and same_type(kind.args[0], physical.key_type)
            and same_type(kind.args[1], physical.item_type)
        )
    if pa.types.is_timestamp(physical):
        precise = {"ms": 3, "us": 6}.get(physical.unit, 9)
        return kind.name == "timestamp" and physical.tz is None and precise == 6 == kind.args[0]
    known = {"string": "varchar", "large_string": "varchar", "int8": "tinyint", "int16": "smallint", "int32": "integer",
             "int64": "bigint", "float": "real", "double": "double", "bool": "boolean", "date32[day]": "date",
             "binary": "varbinary"}  # fmt: skip
    return known.get(str(physical)) == kind.name


def _text(table: Table, paths: list[Path], serde: str) -> str:
    """Delimited text. OpenCSVSerde gives '' for an empty field, LazySimpleSerDe '' for text and null otherwise."""
    if table.partition_keys:
        raise refuse("partitions of delimited text")
    params = table.storage["SerdeInfo"].get("Parameters") or {}
    is_csv = "OpenCSV" in serde
    delimiter = params.get("separatorChar", ",") if is_csv else params.get("field.delim", "\x01")
    skip = int(table.parameters.get("skip.header.line.count", 0))
    types = ", ".join(f"{quote_text(one.name)}: 'VARCHAR'" for one in table.columns)
    items = []
    for one in table.columns:
        text = f"coalesce({quote(one.name)}, '')" if is_csv or one.type.is_text else quote(one.name)
        items.append(
            f"{text} AS {quote(one.name)}"
            if one.type == VARCHAR
            else f"CAST({text} AS {one.type.duck}) AS {quote(one.name)}"
        )
    quoting = ", quote = '\"', escape = '\\'" if is_csv else ", quote = ''"
    escape = f"'{params.get('escapeChar', chr(34))}'" if is_csv else "''"
    quoting = f", quote = '\"', escape = {escape}" if is_csv else ", quote = '', escape = ''"
    return (
        f"SELECT {', '.join(items)} FROM read_csv([{_listed(paths)}], header = false, skip = {skip}, "
        f"delim = {quote_text(delimiter)}{quoting}, columns = {{{types}}}, auto_detect = false, null_padding = true)"
    )


def information_schema(engine: Engine, name: str, node: Any) -> Query:
    """The three tables of it that clients ask for."""
    rows: list[tuple] = []
    if name == "schemata":
        columns = ["catalog_name", "schema_name"]
        rows = [("awsdatacatalog", database) for database in engine.glue.databases()]
    elif name == "tables":
        columns = ["table_catalog", "table_schema", "table_name", "table_type"]
        rows = [
            ("awsdatacatalog", one.database, one.name, "VIEW" if one.is_view else "BASE TABLE")
            for database in engine.glue.databases()
            for one in engine.glue.tables(database)
        ]
    elif name == "columns":
        columns = ["table_catalog", "table_schema", "table_name", "column_name", "ordinal_position", "data_type"]
        rows = [
            ("awsdatacatalog", one.database, one.name, column.name, at + 1, str(column.type))
            for database in engine.glue.databases()
            for one in engine.glue.tables(database)
            for at, column in enumerate(one.columns)
        ]
    else:
        raise fail("TABLE_NOT_FOUND", f"Table 'awsdatacatalog.information_schema.{name}' does not exist", node)
    kinds = [Type("bigint") if one == "ordinal_position" else VARCHAR for one in columns]
    told = tuple(Column(one, one, kind) for one, kind in zip(columns, kinds, strict=True))
    empty = ", ".join(f"CAST(NULL AS {kind.duck})" for kind in kinds)
    values = ", ".join(
        "(" + ", ".join(quote_text(v) if isinstance(v, str) else str(v) for v in row) + ")" for row in rows
    )
    named = ", ".join(quote(one) for one in columns)
    body = f"VALUES {values}" if rows else f"SELECT {empty} WHERE false"
    return Query(f"SELECT * FROM ({body}) AS told({named})", told)
