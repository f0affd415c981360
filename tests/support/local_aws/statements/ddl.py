"""Hive's DDL: databases, external tables, ALTER and DROP."""

from __future__ import annotations

import re
from typing import Any

from sqlglot import exp

from tests.support.local_aws import grammar, iceberg
from tests.support.local_aws.engine import Outcome, Run
from tests.support.local_aws.errors import StatementError, fail, refuse
from tests.support.local_aws.glue import PARQUET, TEXT, Table

EXECUTION = "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. "


def create_database(run: Run, sql: str) -> Outcome:
    found = re.match(r"(?is)create\s+(?:schema|database)\s+(if\s+not\s+exists\s+)?([`\"\w.-]+)(.*)", sql)
    if found is None:
        raise fail("SYNTAX_ERROR", f"cannot read {sql[:60]}")
    name = re.sub(r"[`\"]", "", found[2]).split(".")[-1].lower()
    location = re.search(r"(?is)location\s+'([^']+)'", found[3])
    run.engine.glue.create_database(name, bool(found[1]), location[1] if location else None)
    return Outcome("DDL", "CREATE_DATABASE")


def _hive_columns(nodes: list[Any]) -> list[dict[str, str]]:
    return [{"Name": one.name.lower(), "Type": _hive_type(one)} for one in nodes]


def _hive_type(one: exp.ColumnDef) -> str:
    return one.args["kind"].sql("hive").lower().replace(", ", ",")


def _properties(tree: exp.Create) -> dict[str, Any]:
    found: dict[str, Any] = {}
    clause = tree.args.get("properties")
    for one in clause.expressions if clause is not None else []:
        if isinstance(one, exp.FileFormatProperty):
            found[" format"] = one.this.name if one.this is not None else ""
        elif isinstance(one, exp.LocationProperty):
            found[" location"] = one.this.name
        elif isinstance(one, exp.RowFormatSerdeProperty):
            found[" serde"] = one.this.name
            inner = one.args.get("serde_properties")
            found[" serde_properties"] = {p.this.name: p.args["value"].name for p in inner.expressions} if inner else {}
        elif isinstance(one, exp.RowFormatDelimitedProperty):
            found[" delimiter"] = one.args["fields"].name if one.args.get("fields") is not None else None
        elif isinstance(one, exp.PartitionedByProperty):
            found[" partitioned_by"] = one.this.expressions
        elif isinstance(one, exp.Property) and one.args.get("value") is not None:
            found[one.this.name] = one.args["value"].name
    return found


def create_table(run: Run, tree: Any) -> Outcome:
    if not isinstance(tree, exp.Create) or not isinstance(tree.this, exp.Schema):
        raise refuse("this CREATE TABLE")
    database, name = (tree.this.this.db or run.request.database).lower(), tree.this.this.name.lower()
    given = _properties(tree)
    if run.engine.glue.find(database, name) is not None:
        if tree.args.get("exists"):
            return Outcome("DDL", "CREATE_TABLE")
        raise StatementError(f"{EXECUTION}AlreadyExistsException(message:Table {name} already exists.)")
    is_iceberg = given.get("table_type", "").lower() == "iceberg"
    parameters = {key: value for key, value in given.items() if not key.startswith(" ")}
    columns, location = _hive_columns(tree.this.expressions), given.get(" location", "")
    if not location:
        raise StatementError("FAILED: SemanticException no location was given for the table")
    if is_iceberg:
        return _create_iceberg(run, database, name, columns, given, parameters)
    keys = _hive_columns(given.get(" partitioned_by", []))
    entry = {
        "Name": name, "TableType": "EXTERNAL_TABLE", "PartitionKeys": keys,
        "Parameters": {"EXTERNAL": "TRUE", **parameters},
        "StorageDescriptor": {**_storage(given), "Columns": columns, "Location": location},
    }  # fmt: skip
    run.engine.glue.create(database, entry)
    return Outcome("DDL", "CREATE_TABLE")


def _storage(given: dict[str, Any]) -> dict[str, Any]:
    serde = given.get(" serde", "")
    if "parquet" in (serde + given.get(" format", "")).lower():
        return PARQUET
    info: dict[str, Any] = dict(TEXT["SerdeInfo"])
    if serde:
        info = {"SerializationLibrary": serde, "Parameters": given.get(" serde_properties", {})}
    elif given.get(" delimiter"):
        info["Parameters"] = {"field.delim": given[" delimiter"]}
    return {**TEXT, "SerdeInfo": info}


def _create_iceberg(
    run: Run, database: str, name: str, columns: list[dict[str, str]], given: dict[str, Any], parameters: dict[str, str]
) -> Outcome:
    partitioning = [one.sql("athena").replace("`", "").lower() for one in given.get(" partitioned_by", [])]
    location = given[" location"].rstrip("/")
    at = iceberg.write(run.engine.objects, location, {"files": [], "partitioning": partitioning})
    entry = {
        "Name": name, "TableType": "EXTERNAL_TABLE", "PartitionKeys": [],
        "Parameters": iceberg.metadata_parameters(parameters, at),
        "StorageDescriptor": {**PARQUET, "Columns": iceberg.columns(columns), "Location": location},
    }  # fmt: skip
    run.engine.glue.create(database, entry)
    return Outcome("DDL", "CREATE_TABLE")


def run(run: Run, word: str, sql: str) -> Outcome:
    if word == "DROP":
        return drop(run, sql)
    tree = grammar.hive(sql)
    if not isinstance(tree, exp.Alter):
        raise refuse(f"the statement {sql[:60]}")
    return alter(run, tree)


def drop(run: Run, sql: str) -> Outcome:
    found = re.match(
        r"(?is)drop\s+(table|view|schema|database)\s+(if\s+exists\s+)?([`\"\w.$-]+)\s*(cascade|restrict)?$", sql
    )
    if found is None:
        raise refuse(f"the statement {sql[:60]}")
    kind, parts = found[1].upper(), re.sub(r"[`\"]", "", found[3]).lower().split(".")
    if kind in ("SCHEMA", "DATABASE"):
        return _drop_database(run, parts[-1], bool(found[2]), (found[4] or "").lower() == "cascade")
    database, name = parts[-2] if len(parts) > 1 else run.request.database, parts[-1]
    table = run.engine.glue.find(database, name)
    outcome = Outcome("DDL", f"DROP_{kind}")
    if table is None:
        if found[2]:
            return outcome
        raise StatementError(f"FAILED: SemanticException [Error 10001]: Table not found {database}.{name}")
    if table.is_view != (kind == "VIEW"):
        what = "a view" if table.is_view else "a base table"
        raise StatementError(f"FAILED: SemanticException [Error 10131]: Cannot drop {what} with DROP {kind}")
    run.engine.glue.delete(table)
    if table.is_iceberg:
        # Athena manages an Iceberg table's files; a Hive table's stay where they are.
        for one in run.engine.objects.below(table.location):
            run.engine.objects.delete(one)
    return outcome


def _drop_database(run: Run, name: str, if_exists: bool, is_cascade: bool) -> Outcome:
    glue = run.engine.glue
    if name not in glue.databases():
        if if_exists:
            return Outcome("DDL", "DROP_DATABASE")
        raise StatementError(f"FAILED: SemanticException [Error 10072]: Database does not exist: {name}")
    if glue.tables(name) and not is_cascade:
        raise StatementError(
            f"{EXECUTION}InvalidOperationException(message:Database {name} is not empty. One or more tables exist.)"
        )
    glue.backend.delete_database(name)
    return Outcome("DDL", "DROP_DATABASE")


def alter(run: Run, tree: exp.Alter) -> Outcome:
    database, name = (tree.this.db or run.request.database).lower(), tree.this.name.lower()
    for action in tree.args["actions"]:
        table = run.engine.glue.find(database, name)
        if table is None:
            raise StatementError(f"FAILED: SemanticException [Error 10001]: Table not found {database}.{name}")
        method = ACTIONS.get(type(action).__name__)
        if method is None:
            raise refuse(f"ALTER TABLE with {type(action).__name__}")
        method(run, table, action)
    return Outcome("DDL", "ALTER_TABLE")


def _set(run: Run, table: Table, action: exp.AlterSet) -> None:
    told = {}
    for group in action.expressions:
        for one in group.expressions if isinstance(group, exp.Properties) else [group]:
            if not isinstance(one, exp.Property):
                raise refuse(f"ALTER TABLE SET {one.sql('hive')}")
            told[one.this.name] = one.args["value"].name
    location = action.args.get("location")
    if location is not None:
        raise refuse("ALTER TABLE SET LOCATION")
    run.engine.glue.update(table, Parameters={**table.parameters, **told})


def _rename(run: Run, table: Table, action: exp.AlterRename) -> None:
    if not table.is_iceberg:
        raise StatementError("FAILED: ParseException: ALTER TABLE RENAME is only supported for Iceberg tables")
    to, database = action.this.name.lower(), (action.this.db or table.database).lower()
    if run.engine.glue.find(database, to) is not None:
        raise StatementError(
            f"TABLE_ALREADY_EXISTS: line 1:1: Target table 'awsdatacatalog.{database}.{to}' already exists"
        )
    keep = ("TableType", "Parameters", "StorageDescriptor", "PartitionKeys", "Description")
    run.engine.glue.create(database, {**{k: table.entry[k] for k in keep if k in table.entry}, "Name": to})
    run.engine.glue.delete(table)


def _columns(run: Run, table: Table, columns: list[dict[str, Any]]) -> None:
    told = [{"Name": one["Name"], "Type": one["Type"]} for one in columns]
    storage = {**table.storage, "Columns": iceberg.columns(told) if table.is_iceberg else told}
    run.engine.glue.update(table, StorageDescriptor=storage)


def _add(run: Run, table: Table, action: Any) -> None:
    nodes = action.expressions if isinstance(action, exp.Schema) else [action]
    fresh = _hive_columns(nodes)
    known = {one.name for one in table.columns}
    for one in fresh:
        if one["Name"] in known:
            raise StatementError(f"FAILED: SemanticException Column {one['Name']} already exists")
    _columns(run, table, [*table.storage["Columns"], *fresh])


def _drop_column(run: Run, table: Table, action: exp.Drop) -> None:
    if not table.is_iceberg:
        raise StatementError("FAILED: ParseException: ALTER TABLE DROP COLUMN is only supported for Iceberg tables")
    nodes = action.args.get("tables") or action.args.get("expressions") or [action.this]
    gone = {one.name.lower() for one in nodes if one is not None}
    told = [one for one in table.storage["Columns"] if one["Name"] not in gone]
    _rewrite_columns(run, table, {one["Name"]: one["Name"] for one in told}, told)


def _change(run: Run, table: Table, action: exp.AlterColumn) -> None:
    old, kind = action.this.name.lower(), action.args["dtype"].sql("hive").lower().replace(", ", ",")
    new = (action.args.get("rename_to") or action.this).name.lower()
    if old not in {one["Name"] for one in table.storage["Columns"]}:
        raise StatementError(f"FAILED: SemanticException Column {old} does not exist")
    told = [{"Name": new, "Type": kind} if one["Name"] == old else one for one in table.storage["Columns"]]
    if new != old and table.is_iceberg:
        names = {one["Name"]: new if one["Name"] == old else one["Name"] for one in table.storage["Columns"]}
        _rewrite_columns(run, table, names, told)
        return
    _columns(run, table, told)


def _rewrite_columns(run: Run, table: Table, names: dict[str, str], told: list[dict[str, Any]]) -> None:
    """Iceberg knows columns by number; our files know them by name, so they are written anew under the new names."""
    from tests.support.local_aws.sql.names import quote
    from tests.support.local_aws.statements.rows import rewrite

    snapshot = iceberg.load(run.engine.objects, table)
    fresh = snapshot["files"]
    if fresh:
        items = ", ".join(f"{quote(old)} AS {quote(new)}" for old, new in names.items())
        fresh = rewrite(run, table, snapshot, f"SELECT {items} FROM ({run.tables.scan(table).sql})")
    plain = [{"Name": one["Name"], "Type": one["Type"]} for one in told]
    storage = {**table.storage, "Columns": iceberg.columns(plain)}
    iceberg.commit(run.engine.objects, run.engine.glue, table, {**snapshot, "files": fresh}, StorageDescriptor=storage)


def _replace(run: Run, table: Table, action: exp.ReplaceColumns) -> None:
    if table.is_iceberg:
        raise StatementError("FAILED: ParseException: REPLACE COLUMNS is not supported for Iceberg tables")
    _columns(run, table, _hive_columns(action.expressions))


def _values(table: Table, nodes: list[Any]) -> list[str]:
    told = {one.this.name.lower(): one.expression.name for one in nodes}
    return [told[key.name] for key in table.partition_keys]


def _add_partition(run: Run, table: Table, action: exp.AddPartition) -> None:
    values = _values(table, action.this.expressions)
    location = action.args.get("location")
    below = "/".join(f"{key.name}={value}" for key, value in zip(table.partition_keys, values, strict=True))
    place = location.this.name if location is not None else f"{table.location}/{below}/"
    if not run.engine.glue.add_partition(table, values, place) and not action.args.get("exists"):
        raise StatementError(f"{EXECUTION}AlreadyExistsException(message:Partition already exists.)")


def _drop_partition(run: Run, table: Table, action: exp.DropPartition) -> None:
    for one in action.expressions:
        gone = run.engine.glue.drop_partition(table, _values(table, one.expressions))
        if not gone and not action.args.get("exists"):
            raise StatementError(f"FAILED: SemanticException [Error 10006]: Partition not found {one.sql('hive')}")


ACTIONS: dict[str, Any] = {
    "AlterSet": _set, "AlterRename": _rename, "Schema": _add, "ColumnDef": _add, "Drop": _drop_column,
    "AlterColumn": _change, "ReplaceColumns": _replace, "AddPartition": _add_partition,
    "DropPartition": _drop_partition,
}  # fmt: skip
