"""Statements that outlive the task that sent them: Athena goes on when a task is killed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from lake.errors import LakeError

if TYPE_CHECKING:
    from mypy_boto3_athena.client import AthenaClient

# Longer than Athena lets a statement run that nobody gave more time.
_SINCE = timedelta(hours=1)
_AT_ONCE = 50
_PATIENCE_SECONDS = 60.0


def stop_left_over(
    athena: AthenaClient,
    work_group: str,
    database: str,
    now: datetime,
    wait: Callable[[float], None] = time.sleep,
) -> int:
    """Stop what still runs in a database that only one build may write to, and wait until it has ended.

    The caller holds the lake's lock, so what runs there belongs to nobody. Left alone, an insert of a killed task could
    end after the same rows were inserted anew. Answers how many were stopped; raises LakeError if one does not end.
    """
    running = [one for one in _recent(athena, work_group, now) if _runs(one) and _database(one) == database]
    for one in running:
        athena.stop_query_execution(QueryExecutionId=one["QueryExecutionId"])
    left = [one["QueryExecutionId"] for one in running]
    waited = 0.0
    while left := [one["QueryExecutionId"] for one in _told(athena, left) if _runs(one)]:
        if waited >= _PATIENCE_SECONDS:
            raise LakeError(
                "A statement of a run that was killed does not end.",
                where=f"query {left[0]}, workgroup {work_group}",
                todo="Stop it in Athena's console, then run again.",
            )
        wait(1.0)
        waited += 1.0
    return len(running)


def _recent(athena: AthenaClient, work_group: str, now: datetime) -> Iterator[Any]:
    """Statements of the last hour; Athena tells the newest first."""
    for page in athena.get_paginator("list_query_executions").paginate(WorkGroup=work_group):
        told = list(_told(athena, page.get("QueryExecutionIds", [])))
        yield from told
        if not told or min(one["Status"]["SubmissionDateTime"] for one in told) < now - _SINCE:
            return


def _told(athena: AthenaClient, ids: list[str]) -> Iterator[Any]:
    for start in range(0, len(ids), _AT_ONCE):
        yield from athena.batch_get_query_execution(QueryExecutionIds=ids[start : start + _AT_ONCE])["QueryExecutions"]


def _runs(one: Any) -> bool:
    return one["Status"]["State"] in ("QUEUED", "RUNNING")


def _database(one: Any) -> str:
    return str(one.get("QueryExecutionContext", {}).get("Database", "")).lower()
