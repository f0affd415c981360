"""DuckDB, one database for the life of the server."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

from tests.support.local_aws.errors import StatementError
from tests.support.local_aws.render import double_text

CODED = re.compile(r"([A-Z_]{6,}): (.*)", re.S)
NOT_AGGREGATE = "EXPRESSION_NOT_AGGREGATE: line 1:1: {0} must be an aggregate expression or appear in GROUP BY clause"
KINDS = [
    ("must appear in the GROUP BY", NOT_AGGREGATE),
    ("cannot contain aggregates", "NESTED_AGGREGATION: line 1:1: {0}"),
    ("aggregate function calls cannot be nested", "NESTED_AGGREGATION: line 1:1: Cannot nest aggregations"),
    ("More than one row returned by a subquery", "SUBQUERY_MULTIPLE_ROWS: Scalar sub-query has returned multiple rows"),
    ("Could not convert", "INVALID_CAST_ARGUMENT: {0}"),
    ("Could not cast", "INVALID_CAST_ARGUMENT: {0}"),
    ("out of range", "NUMERIC_VALUE_OUT_OF_RANGE: {0}"),
    ("verflow", "NUMERIC_VALUE_OUT_OF_RANGE: {0}"),
]  # fmt: skip


class Duck:
    """Cursors of one in-memory database that knows Trino's macros."""

    def __init__(self, temporary: Path):
        import duckdb

        self.connection = duckdb.connect(
            ":memory:",
            config={"threads": 1, "memory_limit": "2GB", "temp_directory": str(temporary / "spill")},
        )
        self.connection.execute("set timezone = 'UTC'")
        self.connection.execute("set enable_progress_bar = false")
        self.connection.execute("set parquet_metadata_cache = true")
        # Trino reads a table once for each time that a statement names it, with ORDER BY and LIMIT, too. Nor does it
        # take the least and greatest value from footers.
        disabled = "common_subplan,late_materialization,statistics_propagation"
        self.connection.execute(f"set disabled_optimizers = '{disabled}'")
        self.connection.execute(Path(__file__).with_name("macros.sql").read_text())
        for name, kind in (("double", "DOUBLE"), ("real", "FLOAT")):
            text = double_text if name == "double" else (lambda value: double_text(float(f"{value:.9g}")))
            self.connection.create_function(f"trino_{name}_text", text, [kind], "VARCHAR")  # type: ignore[arg-type]
        self._lock = threading.Lock()

    def cursor(self) -> Any:
        with self._lock:
            cursor = self.connection.cursor()
        cursor.execute("set timezone = 'UTC'")
        return cursor


def translated(error: Exception) -> StatementError:
    """DuckDB's failure as Trino would put it."""
    text = str(error)
    found = CODED.search(text)
    if found and "error(" not in found[0]:
        return StatementError(f"{found[1]}: {found[2].splitlines()[0]}")
    first = re.sub(r"^\w+( \w+)? Error: ", "", text).split("\n")[0]
    for sign, reason in KINDS:
        if sign in text:
            return StatementError(reason.format(first))
    return StatementError(f"GENERIC_INTERNAL_ERROR: {type(error).__name__}: {text.splitlines()[0]}", 1, 1)
