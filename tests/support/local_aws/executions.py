"""Statements as Athena keeps them: started, running, done; their results in S3; their record for tests."""

from __future__ import annotations

import datetime as dt
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from tests.support.local_aws import render
from tests.support.local_aws.duck import translated
from tests.support.local_aws.engine import Engine, Outcome, Request
from tests.support.local_aws.errors import MalformedQueryError, StatementError

# A caller of StartQueryExecution waits at most so long for its answer; the statement itself may run on.
PATIENCE_SECONDS = 20.0


@dataclass
class Execution:
    """One statement from start to end."""

    request: Request
    work_group: str
    given: dict[str, Any]
    submitted: dt.datetime
    state: str = "QUEUED"
    reason: str = ""
    category: int = 2
    error_type: int = 1
    outcome: Outcome | None = None
    completed: dt.datetime | None = None
    milliseconds: int = 0
    scanned_bytes: int = 0
    result: str = ""
    manifest: str = ""
    cells: list[list[str | None]] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)


class Executions:
    """All statements of a server."""

    def __init__(self, engine: Engine, on_done: Callable[[Execution], None], workers: int = 4):
        self.engine = engine
        self.known: dict[str, Execution] = {}
        self.on_done = on_done
        self.pool = ThreadPoolExecutor(workers, thread_name_prefix="athena")

    def start(
        self, sql: str, database: str, output: str, parameters: list[str], work_group: str, given: dict
    ) -> Execution:
        request = Request(str(uuid.uuid4()), sql, database, output.rstrip("/") + "/" if output else "", parameters)
        execution = Execution(request, work_group, given, dt.datetime.now(dt.UTC))
        self.known[request.id] = execution
        self.pool.submit(self._run, execution)
        execution.done.wait(PATIENCE_SECONDS)
        return execution

    def _run(self, execution: Execution) -> None:
        begun = time.monotonic()
        execution.state = "RUNNING"
        try:
            outcome = self.engine.run(execution.request)
            if execution.state == "CANCELLED":
                return
            execution.outcome = outcome
            execution.scanned_bytes = sum(one.bytes for one in outcome.scans)
            self._check_limit(execution)
            self._publish(execution, outcome)
            execution.state = "SUCCEEDED"
        except StatementError as error:
            self._fail(execution, error)
        except MalformedQueryError as error:
            self._fail(execution, StatementError(f"SYNTAX_ERROR: {error}"))
        except Exception as error:
            self._fail(execution, translated(error))
        finally:
            execution.completed = dt.datetime.now(dt.UTC)
            execution.milliseconds = max(1, round((time.monotonic() - begun) * 1000))
            self.on_done(execution)
            execution.done.set()

    def _fail(self, execution: Execution, error: StatementError) -> None:
        if execution.state != "CANCELLED":
            execution.state = "FAILED"
            execution.reason, execution.error_type, execution.category = error.reason, error.error_type, error.category

    def _check_limit(self, execution: Execution) -> None:
        """A work group's limit on bytes. Athena cancels as it reads; here the work is done, its result is kept back."""
        limit = execution.given["configuration"].get("BytesScannedCutoffPerQuery")
        if limit and execution.scanned_bytes > int(limit):
            execution.state = "CANCELLED"
            execution.reason = "Query cancelled! : Bytes scanned limit was exceeded"
            raise StatementError(execution.reason)

    def stop(self, id: str) -> None:
        execution = self.known[id]
        if execution.state in ("QUEUED", "RUNNING"):
            execution.state = "CANCELLED"

    def _publish(self, execution: Execution, outcome: Outcome) -> None:
        """The results' file, as text or CSV, and the manifest of what was written."""
        kinds = [column.type for column in outcome.columns]
        execution.cells = [
            [render.text(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in outcome.rows
        ]
        base = execution.request.output
        if not base:
            return
        is_csv = outcome.kind == "DML" and outcome.sub in ("SELECT", "EXPLAIN")
        if is_csv:
            execution.result = f"{base}{execution.request.id}.csv"
            header = [column.label for column in outcome.columns]
            lines = [",".join(map(_quoted, header))] + [",".join(map(_quoted, row)) for row in execution.cells]
            self.engine.objects.put(execution.result, ("\n".join(lines) + "\n").encode())
            self.engine.objects.put(f"{execution.result}.metadata", b"local")
        elif outcome.kind != "DML" and outcome.sub != "CREATE_TABLE_AS_SELECT":
            execution.result = f"{base}{execution.request.id}.txt"
            lines = ["\t".join(cell or "" for cell in row) for row in execution.cells]
            self.engine.objects.put(execution.result, "\n".join(lines).encode())
        else:
            execution.result = f"{base}tables/{execution.request.id}"
            if outcome.sub in ("INSERT", "UNLOAD", "DELETE", "UPDATE", "MERGE"):
                execution.result = f"{base}{execution.request.id}"
            execution.manifest = (
                f"{base}{'tables/' if outcome.kind == 'DDL' else ''}{execution.request.id}-manifest.csv"
            )
            self.engine.objects.put(execution.manifest, "\n".join(outcome.files).encode())


def _quoted(cell: str | None) -> str:
    return "" if cell is None else '"' + cell.replace('"', '""') + '"'
