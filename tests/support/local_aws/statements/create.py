"""CREATE TABLE … AS and CREATE VIEW."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from sqlglot import exp

from tests.support.local_aws import iceberg
from tests.support.local_aws.engine import Outcome, Run
from tests.support.local_aws.errors import StatementError, fail, refuse
from tests.support.local_aws.glue import PARQUET, Table
from tests.support.local_aws.sql.names import quote
from tests.support.local_aws.sql.queries import Query
from tests.support.local_aws.types import Type
from tests.support.local_aws.writing import write

TRANSFORM = re.compile(r"(\w+)\((?:\d+\s*,\s*)?\"?(\w+)\"?(?:\s*,\s*\d+)?\)")


def target(run: Run, node: exp.Table) -> tuple[str, str]:
    """Database and name of the table that a statement changes."""
    if node.catalog and node.catalog.lower() != "awsdatacatalog":
        raise fail("CATALOG_NOT_FOUND", f"Catalog '{node.catalog}' does not exist", node)
    return (node.db or run.request.database).lower(), node.name.lower()


def properties(tree: exp.Create) -> dict[str, Any]:
    """WITH (…) by lower-case name; arrays as lists."""
    found: dict[str, Any] = {}
    clause = tree.args.get("properties")
    for one in clause.expressions if clause is not None else []:
        if isinstance(one, exp.FileFormatProperty):
            name, value = "format", one.this
        elif isinstance(one, exp.PartitionedByProperty):
            name, value = "partitioned_by", one.this
        elif isinstance(one, exp.LocationProperty):
            name, value = "location", one.this
        else:
            name, value = one.name or one.this.name, one.args.get("value")
        found[name.lower()] = (
            [item.name for item in value.expressions] if isinstance(value, exp.Array) else _plain(value)
        )
    return found


def _plain(value: Any) -> Any:
    return value.this if isinstance(value, exp.Boolean) else value.name


def check_columns(query: Query) -> None:
    """What no table can hold."""
    names: set[str] = set()
    for at, column in enumerate(query.columns):
        label = column.label.lower()
        if column.type.name == "unknown":
            raise fail("COLUMN_TYPE_UNKNOWN", f"line 1:1: Column type is unknown: {label}")
        if column.label.startswith("_col"):
            raise fail("MISSING_COLUMN_NAME", f"line 1:1: Column name not specified at position {at + 1}")
        if label in names:
            raise fail("DUPLICATE_COLUMN_NAME", f"line 1:1: Column name '{label}' specified more than once")
        names.add(label)


def hive_type(kind: Type, name: str) -> str:
    if kind.name in ("timestamp_tz", "time", "json", "interval_day", "interval_year"):
        raise StatementError(f"NOT_SUPPORTED: Unsupported Hive type: {kind}. You can use CAST to convert {name}")
    return kind.hive


def iceberg_type(kind: Type, name: str) -> str:
    """Iceberg has no bounded text, no small whole numbers and only microseconds."""
    if kind.name in ("timestamp", "timestamp_tz") and kind.args[0] != 6:
        raise StatementError(
            f"NOT_SUPPORTED: Timestamp precision ({kind.args[0]}) not supported for Iceberg. "
            'Use "timestamp(6)" instead.'
        )
    if kind.name in ("tinyint", "smallint", "json", "interval_day", "interval_year", "char"):
        raise StatementError(f"NOT_SUPPORTED: Type not supported for Iceberg: {kind}")
    return re.sub(r"varchar\(\d+\)", "string", kind.hive) if kind.name != "timestamp_tz" else "timestamp with time zone"


def table_as(run: Run, tree: exp.Create) -> Outcome:
    database, name = target(run, tree.this)
    given = properties(tree)
    is_iceberg = str(given.get("table_type", "hive")).lower() == "iceberg"
    if run.engine.glue.find(database, name) is not None:
        if tree.args.get("exists"):
            return Outcome("DDL", "CREATE_TABLE_AS_SELECT")
        raise fail("TABLE_ALREADY_EXISTS", f"line 1:1: Table 'awsdatacatalog.{database}.{name}' already exists")
    _check_properties(given, is_iceberg)
    query = run.queries.top(tree.expression)
    check_columns(query)
    if tree.args.get("no_data") or re.search(r"(?i)with\s+no\s+data\s*$", run.request.sql):
        query = Query(f"SELECT * FROM ({query.sql}) LIMIT 0", query.columns)
    location = given.get("external_location") or given.get("location") or f"{run.request.output}tables/{run.request.id}"
    if run.engine.objects.below(location):
        raise StatementError(
            f"HIVE_PATH_ALREADY_EXISTS: Target directory for table '{database}.{name}' already exists: {location}. "
            "You may need to manually clean the data at location before retrying."
        )
    if database not in run.engine.glue.databases():
        raise fail("SCHEMA_NOT_FOUND", f"line 1:1: Schema '{database}' does not exist")
    make = _iceberg_table if is_iceberg else _hive_table
    return make(run, database, name, query, given, location)


KNOWN = {
    "table_type", "is_external", "external_location", "location", "format", "partitioned_by", "partitioning",
    "bucketed_by", "bucket_count", "write_compression", "parquet_compression", "compression_level", "field_delimiter",
    "vacuum_max_snapshot_age_seconds", "vacuum_min_snapshots_to_keep", "vacuum_max_metadata_files_to_keep",
    "optimize_rewrite_delete_file_threshold", "optimize_rewrite_data_file_threshold",
}  # fmt: skip


def _check_properties(given: dict[str, Any], is_iceberg: bool) -> None:
    for name in given:
        if name not in KNOWN:
            raise fail(
                "INVALID_TABLE_PROPERTY", f"line 1:1: Catalog 'awsdatacatalog' table property '{name}' does not exist"
            )
    if str(given.get("format", "parquet")).lower() != "parquet":
        raise refuse(f"the format {given['format']} in CREATE TABLE AS")
    if is_iceberg and str(given.get("is_external", "true")).lower() != "false":
        raise StatementError("INVALID_TABLE_PROPERTY: Iceberg tables created by CTAS must have is_external = false")
    if is_iceberg and "location" not in given:
        raise StatementError("INVALID_TABLE_PROPERTY: Table location can not be null for Iceberg tables")
    if is_iceberg and "partitioned_by" in given:
        raise StatementError(
            "INVALID_TABLE_PROPERTY: partitioned_by is for Hive tables; Iceberg tables have partitioning"
        )


def as_stored(query: Query) -> str:
    """A query whose columns stand under their names in the table."""
    items = ", ".join(f"{quote(one.name)} AS {quote(one.label.lower())}" for one in query.columns)
    return f"SELECT {items} FROM ({query.sql})"


def _hive_table(run: Run, database: str, name: str, query: Query, given: dict[str, Any], location: str) -> Outcome:
    by = [one.lower() for one in given.get("partitioned_by", [])]
    labels = [one.label.lower() for one in query.columns]
    if by and labels[-len(by) :] != by:
        raise StatementError(
            "HIVE_COLUMN_ORDER_MISMATCH: Partition keys must be the last columns in the table and in the same order "
            f"as the table properties: [{', '.join(by)}]"
        )
    if by and len(by) == len(labels):
        raise StatementError("INVALID_TABLE_PROPERTY: Table contains only partition columns")
    told = [{"Name": one.label.lower(), "Type": hive_type(one.type, one.label)} for one in query.columns]
    codec = given.get("write_compression") or given.get("parquet_compression") or "gzip"
    written = write(run, as_stored(query), location, by, codec)
    entry = {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE", "has_encrypted_data": "false", "parquet.compression": codec.upper()},
        "PartitionKeys": [one for one in told if one["Name"] in by],
        "StorageDescriptor": {
            **PARQUET,
            "Columns": [one for one in told if one["Name"] not in by],
            "Location": location,
        },
    }
    run.engine.glue.create(database, entry)
    table = run.engine.glue.get(database, name)
    if by:
        for values, place in written.partitions.items():
            run.engine.glue.add_partition(table, list(values), place)
    return Outcome("DDL", "CREATE_TABLE_AS_SELECT", count=written.rows, files=[one["path"] for one in written.files])


def identity_columns(partitioning: list[str], columns: list[str]) -> list[str]:
    """The columns by whose own values files are kept apart; other transforms keep their files together here."""
    found = []
    for one in partitioning:
        plain = one.strip('"').lower()
        if plain in columns:
            found.append(plain)
        elif not (known := TRANSFORM.fullmatch(plain)) or known[2] not in columns:
            raise StatementError(f"INVALID_TABLE_PROPERTY: Unable to parse partitioning value: {one}")
    return found


def _iceberg_table(run: Run, database: str, name: str, query: Query, given: dict[str, Any], location: str) -> Outcome:
    told = [{"Name": one.label.lower(), "Type": iceberg_type(one.type, one.label)} for one in query.columns]
    partitioning = list(given.get("partitioning", []))
    by = identity_columns(partitioning, [one["Name"] for one in told])
    codec = given.get("write_compression") or "zstd"
    written = write(run, as_stored(query), f"{location.rstrip('/')}/data", by, codec, keep_columns=True)
    snapshot = {"files": written.files, "partitioning": partitioning, "codec": codec}
    at = iceberg.write(run.engine.objects, location, snapshot)
    entry = {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": iceberg.metadata_parameters({}, at),
        "PartitionKeys": [],
        "StorageDescriptor": {**PARQUET, "Columns": iceberg.columns(told), "Location": location},
    }
    run.engine.glue.create(database, entry)
    return Outcome("DDL", "CREATE_TABLE_AS_SELECT", count=written.rows, files=[one["path"] for one in written.files])


def view(run: Run, tree: exp.Create, sql: str) -> Outcome:
    database, name = target(run, tree.this)
    old: Table | None = run.engine.glue.find(database, name)
    if old is not None and not old.is_view:
        raise fail("TABLE_ALREADY_EXISTS", f"line 1:1: Table already exists: 'awsdatacatalog.{database}.{name}'")
    if old is not None and not tree.args.get("replace"):
        raise fail("TABLE_ALREADY_EXISTS", f"line 1:1: View already exists: 'awsdatacatalog.{database}.{name}'")
    query = run.queries.top(tree.expression)
    check_columns(query)
    told = [{"Name": one.label.lower(), "Type": _view_type(one.type)} for one in query.columns]
    body = {
        "originalSql": re.split(r"(?is)\bas\b", sql, maxsplit=1)[1].strip(),
        "catalog": "awsdatacatalog",
        "schema": run.request.database,
        "columns": [
            {"name": one["Name"], "type": str(column.type)} for one, column in zip(told, query.columns, strict=True)
        ],
    }
    entry = {
        "Name": name,
        "TableType": "VIRTUAL_VIEW",
        "PartitionKeys": [],
        "ViewOriginalText": "/* Presto View: " + base64.b64encode(json.dumps(body).encode()).decode() + " */",
        "ViewExpandedText": "/* Presto View */",
        "Parameters": {"presto_view": "true", "comment": "Presto View"},
        "StorageDescriptor": {"Columns": told, "Location": "", "SerdeInfo": {}},
    }
    if old is not None:
        run.engine.glue.update(old, **entry)
    else:
        run.engine.glue.create(database, entry)
    return Outcome("DDL", "CREATE_VIEW")


def _view_type(kind: Type) -> str:
    return "timestamp" if kind.name == "timestamp_tz" else kind.hive
