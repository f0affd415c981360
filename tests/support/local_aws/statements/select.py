"""SELECT."""

from __future__ import annotations

from typing import Any

from tests.support.local_aws.engine import Outcome, Run


def run(run: Run, tree: Any) -> Outcome:
    query = run.queries.top(tree)
    rows = run.fetch(query.sql)
    return Outcome("DML", "SELECT", query.columns, rows)
