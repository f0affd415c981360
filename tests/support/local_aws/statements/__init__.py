"""One module for each kind of statement."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from tests.support.local_aws import gate, grammar
from tests.support.local_aws.errors import refuse
from tests.support.local_aws.statements import create, ddl, insert, rows, select, unload, utility

if TYPE_CHECKING:
    from tests.support.local_aws.engine import Outcome, Run

COMMENTS = re.compile(r"\A(\s*(--[^\n]*(\n|\Z)|/\*.*?\*/))*\s*", re.S)


def bare(sql: str) -> str:
    """A statement without comments before it and the semicolon after it."""
    return COMMENTS.sub("", sql).strip().rstrip(";").strip()


def execute(run: Run) -> Outcome:
    """Run one statement. Raises StatementError or MalformedQueryError."""
    sql = bare(run.request.sql)
    gate.names(run.request.sql)
    word = (re.match(r"\w+", sql) or [""])[0].upper()
    match word:
        case "UNLOAD":
            return unload.run(run, sql)
        case "SHOW" | "DESCRIBE" | "DESC" | "MSCK" | "OPTIMIZE" | "VACUUM" | "EXPLAIN":
            return utility.run(run, word, sql)
        case "CREATE":
            return _create(run, sql)
        case "ALTER" | "DROP":
            return ddl.run(run, word, sql)
        case "INSERT":
            return insert.run(run, grammar.query(sql))
        case "DELETE" | "UPDATE" | "MERGE":
            return rows.run(run, word, grammar.query(sql))
        case "SELECT" | "WITH" | "VALUES" | "TABLE" | "":
            return select.run(run, grammar.query(sql))
    raise refuse(f"the statement {word}")


def _create(run: Run, sql: str) -> Outcome:
    if re.match(r"(?is)create\s+(schema|database)\b", sql):
        return ddl.create_database(run, sql)
    if re.match(r"(?is)create\s+(external\s+)?table\b", sql):
        plain = re.match(r"(?is)create\s+table\b.*?\bas\s*\(*\s*(select|with|values|table)\b", sql)
        if plain and "`" not in sql:
            return create.table_as(run, grammar.query(sql))
        return ddl.create_table(run, grammar.hive(sql))
    tree = grammar.query(sql)
    if isinstance(tree, exp.Create) and tree.kind == "VIEW":
        return create.view(run, tree, sql)
    raise refuse(f"the statement {sql[:40]}")
