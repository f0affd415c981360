"""SHOW, DESCRIBE, MSCK REPAIR TABLE, OPTIMIZE, VACUUM and EXPLAIN."""

from __future__ import annotations

import re
import urllib.parse

from tests.support.local_aws import grammar, iceberg
from tests.support.local_aws.engine import Outcome, Run
from tests.support.local_aws.errors import StatementError, refuse
from tests.support.local_aws.glue import Table
from tests.support.local_aws.objects import split
from tests.support.local_aws.sql.names import quote
from tests.support.local_aws.sql.queries import Column
from tests.support.local_aws.types import VARCHAR


def run(run: Run, word: str, sql: str) -> Outcome:
    work = {"SHOW": _show, "DESCRIBE": _describe, "DESC": _describe, "MSCK": _repair, "OPTIMIZE": _optimize,
            "VACUUM": _vacuum, "EXPLAIN": _explain}[word]  # fmt: skip
    return work(run, sql)


def _words(sql: str) -> list[str]:
    return re.sub(r"[`\"]", "", sql).split()


def _table(run: Run, name: str) -> Table:
    parts = name.lower().split(".")
    database = parts[-2] if len(parts) > 1 else run.request.database
    found = run.engine.glue.find(database, parts[-1])
    if found is None:
        raise StatementError(f"FAILED: SemanticException [Error 10001]: Table not found {database}.{parts[-1]}")
    return found


def _lines(sub: str, name: str, lines: list[str]) -> Outcome:
    return Outcome("UTILITY", sub, (Column(name, name, VARCHAR),), [(line,) for line in lines])


def _show(run: Run, sql: str) -> Outcome:
    words = _words(sql)
    what = words[1].upper()
    glue = run.engine.glue
    if what in ("DATABASES", "SCHEMAS"):
        return _lines("SHOW_DATABASES", "database_name", glue.databases())
    if what in ("TABLES", "VIEWS"):
        has_database = len(words) > 3 and words[2].upper() == "IN"
        tables = glue.tables(words[3].lower() if has_database else run.request.database)
        pattern = re.search(r"'([^']*)'", sql)
        told = [one.name for one in tables if what == "TABLES" or one.is_view]
        if pattern:
            told = [name for name in told if re.fullmatch(pattern[1].replace("*", ".*"), name)]
        return _lines(f"SHOW_{what}", "tab_name", told)
    if what == "COLUMNS":
        return _lines("SHOW_COLUMNS", "field", [one.name for one in _table(run, words[3]).columns])
    if what == "PARTITIONS":
        return _partitions(run, _table(run, words[2]))
    if what == "CREATE":
        return _show_create(run, _table(run, words[3]))
    if what == "TBLPROPERTIES":
        told = [f"{key}\t{value}" for key, value in _table(run, words[2].split("(")[0]).parameters.items()]
        return _lines("SHOW_TBLPROPERTIES", "prpt_name", told)
    raise refuse(f"SHOW {what}")


def _partitions(run: Run, table: Table) -> Outcome:
    if not table.partition_keys:
        raise StatementError(f"FAILED: SemanticException [Error 10001]: Table {table.name} is not a partitioned table")
    keys = [one.name for one in table.partition_keys]
    told = [
        "/".join(f"{key}={value}" for key, value in zip(keys, one["Values"], strict=True))
        for one in run.engine.glue.partitions(table)
    ]
    return _lines("SHOW_PARTITIONS", "partition", told)


def _show_create(run: Run, table: Table) -> Outcome:
    columns = ", ".join(f"\n  `{one.name}` {one.type.hive}" for one in table.data_columns)
    lines = [f"CREATE EXTERNAL TABLE `{table.database}.{table.name}`({columns})"]
    if table.partition_keys:
        lines.append(
            "PARTITIONED BY (" + ", ".join(f"`{one.name}` {one.type.hive}" for one in table.partition_keys) + ")"
        )
    lines += [f"LOCATION '{table.location}'"]
    return _lines("SHOW_CREATE_TABLE", "createtab_stmt", "\n".join(lines).split("\n"))


def _describe(run: Run, sql: str) -> Outcome:
    table = _table(run, _words(sql)[-1])
    rows = [_padded(one.name, one.type.hive) for one in table.columns]
    if table.partition_keys:
        rows += [("", "", ""), ("# Partition Information", "", ""), _padded("# col_name", "data_type", "comment")]
        rows += [_padded(one.name, one.type.hive) for one in table.partition_keys]
    columns = tuple(Column(name, name, VARCHAR) for name in ("col_name", "data_type", "comment"))
    return Outcome("UTILITY", "DESCRIBE_TABLE", columns, rows)


def _padded(*cells: str) -> tuple[str, ...]:
    return tuple(f"{cell:<20}" for cell in (*cells, "")[:3])


def _repair(run: Run, sql: str) -> Outcome:
    """Register the folders below the location that are named as partitions are."""
    table = _table(run, _words(sql)[-1])
    keys = [one.name for one in table.partition_keys]
    bucket, prefix = split(table.location)
    known = {tuple(one["Values"]) for one in run.engine.glue.partitions(table)}
    told = []
    for one in run.engine.objects.below(table.location):
        folders = one.key[len(prefix) + 1 :].split("/")[: len(keys)]
        if [folder.split("=")[0] for folder in folders] != keys:
            continue
        values = tuple(urllib.parse.unquote(folder.split("=", 1)[1]) for folder in folders)
        if values not in known:
            known.add(values)
            run.engine.glue.add_partition(table, list(values), f"s3://{bucket}/{prefix}/{'/'.join(folders)}/")
            told.append(f"Repair: Added partition to metastore {table.name}:{'/'.join(folders)}")
    return _lines("MSCK_REPAIR_TABLE", "partition", told)


def _optimize(run: Run, sql: str) -> Outcome:
    """Files of one partition become one file."""
    from tests.support.local_aws.statements.rows import rewrite

    table = _table(run, _words(sql)[1])
    if not table.is_iceberg:
        raise StatementError("NOT_SUPPORTED: OPTIMIZE is only supported for Iceberg tables")
    if re.search(r"(?i)\bwhere\b", sql):
        raise refuse("OPTIMIZE with WHERE")
    snapshot = iceberg.load(run.engine.objects, table)
    if len(snapshot["files"]) > 1:
        items = ", ".join(quote(one.name) for one in table.columns)
        fresh = rewrite(run, table, snapshot, f"SELECT {items} FROM ({run.tables.scan(table).sql})")
        iceberg.commit(run.engine.objects, run.engine.glue, table, {**snapshot, "files": fresh})
    return Outcome("DDL", "OPTIMIZE")


def _vacuum(run: Run, sql: str) -> Outcome:
    """Objects that no snapshot names go."""
    table = _table(run, _words(sql)[1])
    if not table.is_iceberg:
        raise StatementError("NOT_SUPPORTED: VACUUM is only supported for Iceberg tables")
    kept = {one["path"] for one in iceberg.load(run.engine.objects, table)["files"]}
    for one in run.engine.objects.below(f"{table.location}/data"):
        if one.uri not in kept:
            run.engine.objects.delete(one)
    return Outcome("DDL", "VACUUM")


def _explain(run: Run, sql: str) -> Outcome:
    inner = re.sub(r"(?is)^explain\s+(\([^)]*\)\s*)?", "", sql)
    query = run.queries.top(grammar.query(inner))
    told = ["Fragment 0 [SINGLE]"] + [f"    Output: {one.label} {one.type}" for one in query.columns]
    return Outcome("DML", "EXPLAIN", (Column("Query Plan", "Query Plan", VARCHAR),), [(line,) for line in told])
