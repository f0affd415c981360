"""UNLOAD."""

from __future__ import annotations

import re

from tests.support.local_aws import grammar
from tests.support.local_aws.engine import Outcome, Run
from tests.support.local_aws.errors import MalformedQueryError, StatementError, refuse
from tests.support.local_aws.statements.create import as_stored, check_columns
from tests.support.local_aws.writing import write

SHAPE = re.compile(r"UNLOAD\s*\((.*)\)\s*TO\s*'([^']+)'\s*WITH\s*\((.*)\)", re.S | re.I)


def run(run: Run, sql: str) -> Outcome:
    found = SHAPE.fullmatch(sql)
    if found is None:
        raise MalformedQueryError("line 1:1: mismatched input 'UNLOAD'")
    query_sql, location, given = found.groups()
    options = {key.lower(): value for key, value in re.findall(r"(\w+)\s*=\s*'([^']*)'", given)}
    if options.get("format", "").upper() != "PARQUET":
        raise refuse(f"UNLOAD in the format {options.get('format')}")
    listed = re.search(r"(?i)partitioned_by\s*=\s*ARRAY\s*\[([^\]]*)\]", given)
    by = [one.lower() for one in re.findall(r"'([^']+)'", listed[1])] if listed else []
    query = run.queries.top(grammar.query(query_sql.strip()))
    check_columns(query)
    for column in query.columns:
        if column.type.name in ("timestamp_tz", "time", "json", "interval_day", "interval_year"):
            raise StatementError(f"NOT_SUPPORTED: Unsupported Hive type: {column.type}")
    if run.engine.objects.below(location):
        raise StatementError(f"HIVE_PATH_ALREADY_EXISTS: Target directory {location} already exists and is not empty")
    codec = options.get("compression", "gzip")
    written = write(run, as_stored(query), location, by, codec)
    return Outcome("DML", "UNLOAD", count=written.rows, files=[one["path"] for one in written.files])
