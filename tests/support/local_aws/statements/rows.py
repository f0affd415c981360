"""DELETE, UPDATE and MERGE, which only Iceberg tables know."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from tests.support.local_aws import iceberg
from tests.support.local_aws.engine import Outcome, Run
from tests.support.local_aws.errors import StatementError, fail
from tests.support.local_aws.glue import Table
from tests.support.local_aws.sql.casts import held_as
from tests.support.local_aws.sql.expressions import Expressions
from tests.support.local_aws.sql.names import Field, Scope, Source, Typed, quote, quote_text
from tests.support.local_aws.sql.relations import Relations
from tests.support.local_aws.statements.create import identity_columns, target
from tests.support.local_aws.types import turns_into
from tests.support.local_aws.writing import write

MANY = "MERGE_TARGET_ROW_MULTIPLE_MATCHES: line 1:1: One MERGE target table row matched more than one source row"


def run(run: Run, word: str, tree: Any) -> Outcome:
    node = tree.this
    database, name = target(run, node)
    table = run.engine.glue.get(database, name, node)
    if not table.is_iceberg:
        raise StatementError("NOT_SUPPORTED: Modifying Hive table rows is only supported for transactional tables")
    run.tables.seen[table.full_name] = table
    work = {"DELETE": _delete, "UPDATE": _update, "MERGE": _merge}[word]
    return work(run, table, tree)


def _scope(table: Table, node: exp.Table, alias: str) -> Scope:
    name = node.alias.lower() or table.name
    fields = tuple(Field(one.name, Typed(f"{alias}.{quote(one.name)}", one.type), one.name) for one in table.columns)
    return Scope([Source(name, fields, table.database if name == table.name else "")])


def _per_file(run: Run, table: Table, condition: str) -> dict[str, int]:
    """How many rows of each file a condition finds, by the file's URI."""
    scan = run.tables.scan(table, with_file=True).sql
    found = run.fetch(f"SELECT trino_file, count(*) FROM ({scan}) AS t WHERE {condition} GROUP BY 1")
    return {run.tables.files[path][1].uri: count for path, count in found}


def _delete(run: Run, table: Table, tree: exp.Delete) -> Outcome:
    snapshot = iceberg.load(run.engine.objects, table)
    where = tree.args.get("where")
    if where is None:
        condition = "true"
    else:
        condition = Expressions(run.queries, _scope(table, tree.this, "t")).condition(where.this)
    if not snapshot["files"]:
        return Outcome("DML", "DELETE", count=0)
    found = _per_file(run, table, condition)
    gone = sum(found.values())
    if not gone:
        return Outcome("DML", "DELETE", count=0)
    kept = [one for one in snapshot["files"] if found.get(one["path"], 0) == 0]
    partly = [one for one in snapshot["files"] if 0 < found.get(one["path"], 0) < one["rows"]]
    fresh: list[dict[str, Any]] = []
    if partly:
        scan = run.tables.scan(table, with_file=True).sql
        items = ", ".join(f"t.{quote(one.name)}" for one in table.columns)
        rest = f"SELECT {items} FROM ({scan}) AS t WHERE {_in_files(run, partly)} AND NOT coalesce({condition}, false)"
        fresh = rewrite(run, table, snapshot, rest)
    iceberg.commit(run.engine.objects, run.engine.glue, table, {**snapshot, "files": kept + fresh})
    return Outcome("DML", "DELETE", count=gone, files=[one["path"] for one in fresh])


def _in_files(run: Run, files: list[dict[str, Any]]) -> str:
    paths = {one.uri: path for path, (_, one, _) in run.tables.files.items()}
    return "t.trino_file IN (" + ", ".join(quote_text(paths[one["path"]]) for one in files) + ")"


def rewrite(run: Run, table: Table, snapshot: dict[str, Any], select: str) -> list[dict[str, Any]]:
    by = identity_columns(snapshot["partitioning"], [one.name for one in table.columns])
    codec = snapshot.get("codec", "zstd")
    return write(run, select, f"{table.location}/data", by, codec, keep_columns=True).files


def _assigned(inside: Expressions, table: Table, pairs: list[tuple[str, Any]]) -> dict[str, str]:
    """New values by column, each of the column's type."""
    kinds = {one.name: one.type for one in table.columns}
    told = {}
    for name, node in pairs:
        if name not in kinds:
            raise fail("COLUMN_NOT_FOUND", f"line 1:1: The UPDATE SET target column {name} doesn't exist")
        value = inside.of(node)
        if not turns_into(value.type, kinds[name]):
            both = f"Table: [{kinds[name]}], Expressions: [{value.type}]"
            raise fail("TYPE_MISMATCH", f"UPDATE table column types don't match SET expressions: {both}", node)
        told[name] = held_as(value, kinds[name]).sql
    return told


def _update(run: Run, table: Table, tree: exp.Update) -> Outcome:
    snapshot = iceberg.load(run.engine.objects, table)
    inside = Expressions(run.queries, _scope(table, tree.this, "t"))
    where = tree.args.get("where")
    condition = inside.condition(where.this) if where is not None else "true"
    told = _assigned(inside, table, [(one.this.name.lower(), one.expression) for one in tree.expressions])
    found = _per_file(run, table, condition) if snapshot["files"] else {}
    touched = [one for one in snapshot["files"] if found.get(one["path"])]
    if not touched:
        return Outcome("DML", "UPDATE", count=0)
    scan = run.tables.scan(table, with_file=True).sql
    items = ", ".join(
        f"CASE WHEN {condition} THEN {told[one.name]} ELSE t.{quote(one.name)} END AS {quote(one.name)}"
        if one.name in told
        else f"t.{quote(one.name)}"
        for one in table.columns
    )
    fresh = rewrite(run, table, snapshot, f"SELECT {items} FROM ({scan}) AS t WHERE {_in_files(run, touched)}")
    kept = [one for one in snapshot["files"] if one not in touched]
    iceberg.commit(run.engine.objects, run.engine.glue, table, {**snapshot, "files": kept + fresh})
    return Outcome("DML", "UPDATE", count=sum(found.values()), files=[one["path"] for one in fresh])


def _merge(run: Run, table: Table, tree: exp.Merge) -> Outcome:
    snapshot = iceberg.load(run.engine.objects, table)
    columns = [one.name for one in table.columns]
    scan = run.tables.scan(table).sql
    run.execute(f"CREATE TEMP TABLE trino_target AS SELECT row_number() OVER () AS trino_row, * FROM ({scan})")
    scope = _scope(table, tree.this, "t")
    source_scope = Scope()
    source = Relations(run.queries, source_scope)._relation(tree.args["using"])
    both = Scope(scope.sources + source_scope.sources)
    inside = Expressions(run.queries, both)
    on = inside.condition(tree.args["on"], "MERGE ON")
    action = _Actions(inside, table)
    whens = [action.of(one) for one in tree.args["whens"].expressions]
    chosen = "CASE " + " ".join(f"WHEN {when} THEN {at}" for at, (when, _) in enumerate(whens)) + " END"
    joined = f"{source} LEFT JOIN trino_target AS t ON {on}"
    changes = [
        f"SELECT t.trino_row AS trino_row, {at} AS trino_action, {', '.join(values)} "
        f"FROM {joined} WHERE {chosen} = {at}"
        for at, (_, values) in enumerate(whens)
    ]
    listed = ", ".join(["trino_row", "trino_action", *(quote(one) for one in columns)])
    run.execute(f"CREATE TEMP TABLE trino_change({listed}) AS {' UNION ALL '.join(changes)}")
    twice = "SELECT 1 FROM trino_change WHERE trino_row IS NOT NULL GROUP BY trino_row HAVING count(*) > 1 LIMIT 1"
    if run.fetch(twice):
        raise StatementError(MANY)
    count = run.fetch("SELECT count(*) FROM trino_change")[0][0]
    if not count:
        return Outcome("DML", "MERGE", count=0)
    items = ", ".join(quote(one) for one in columns)
    deleting = [at for at, one in enumerate(tree.args["whens"].expressions) if action.is_delete(one)] or [-1]
    rest = (
        f"SELECT {items} FROM trino_target WHERE trino_row NOT IN "
        f"(SELECT trino_row FROM trino_change WHERE trino_row IS NOT NULL) UNION ALL "
        f"SELECT {items} FROM trino_change WHERE trino_action NOT IN ({', '.join(map(str, deleting))})"
    )
    fresh = rewrite(run, table, snapshot, rest)
    iceberg.commit(run.engine.objects, run.engine.glue, table, {**snapshot, "files": fresh})
    return Outcome("DML", "MERGE", count=count, files=[one["path"] for one in fresh])


class _Actions:
    """WHEN clauses: when one applies, and the row that comes of it."""

    def __init__(self, inside: Expressions, table: Table):
        self.inside = inside
        self.table = table

    def is_delete(self, when: exp.When) -> bool:
        return isinstance(when.args["then"], exp.Var) and when.args["then"].name.upper() == "DELETE"

    def of(self, when: exp.When) -> tuple[str, list[str]]:
        matched = "t.trino_row IS NOT NULL" if when.args["matched"] else "t.trino_row IS NULL"
        condition = when.args.get("condition")
        if condition is not None:
            matched += f" AND {self.inside.condition(condition, 'MERGE WHEN')}"
        then = when.args["then"]
        if self.is_delete(when):
            told: dict[str, str] = {}
        elif isinstance(then, exp.Update):
            told = _assigned(
                self.inside, self.table, [(one.this.name.lower(), one.expression) for one in then.expressions]
            )
        else:
            named = then.this.expressions if then.this is not None else []
            names = [one.name.lower() for one in named] or [one.name for one in self.table.columns]
            told = _assigned(self.inside, self.table, list(zip(names, then.expression.expressions, strict=True)))
        kept = when.args["matched"]
        return f"({matched})", [
            told.get(one.name, f"t.{quote(one.name)}" if kept else f"CAST(NULL AS {one.type.duck})")
            for one in self.table.columns
        ]
