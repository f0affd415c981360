"""What executes statements: catalogue, objects and DuckDB, together."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.local_aws.duck import Duck
from tests.support.local_aws.glue import Glue
from tests.support.local_aws.objects import Objects
from tests.support.local_aws.sql.queries import Column, Queries
from tests.support.local_aws.tables import Tables

if TYPE_CHECKING:
    from tests.support.local_aws.journal import Scan

ACCOUNT = "123456789012"


@dataclass
class Outcome:
    """What a statement did. `rows` and `columns` are a query's answer; `files` what it wrote."""

    kind: str
    sub: str
    columns: tuple[Column, ...] = ()
    rows: list[tuple] = field(default_factory=list)
    count: int | None = None
    files: list[str] = field(default_factory=list)
    scans: list[Scan] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)


class Engine:
    """One account's catalogue and lake in one region."""

    def __init__(self, region: str = "us-east-1"):
        self.root = Path(tempfile.mkdtemp(prefix="local_aws_"))
        self.objects = Objects(self.root, ACCOUNT)
        self.glue = Glue(ACCOUNT, region)
        self.duck = Duck(self.root)

    def close(self) -> None:
        self.duck.connection.close()
        shutil.rmtree(self.root, ignore_errors=True)

    def run(self, request: Request) -> Outcome:
        """Run one statement. Raises StatementError or MalformedQueryError."""
        from tests.support.local_aws.statements import execute

        run = Run(self, request)
        try:
            outcome = execute(run)
        finally:
            run.cursor.close()
        outcome.scans = run.scans
        outcome.tables = sorted(run.tables.seen)
        return outcome


@dataclass
class Request:
    """A statement as StartQueryExecution gets it."""

    id: str
    sql: str
    database: str = "default"
    output: str = ""
    parameters: list[str] = field(default_factory=list)


@dataclass
class Run:
    """One statement as it runs: what it looks up and what it reads."""

    engine: Engine
    request: Request
    cursor: Any = None
    scans: list[Scan] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tables = Tables(self.engine, self.request.sql)
        self.queries = Queries(self.request.database, self.tables, self.request.parameters)
        self.cursor = self.engine.duck.cursor()
        self.cursor.execute("PRAGMA enable_profiling = 'no_output'")

    def execute(self, sql: str) -> None:
        """Run DuckDB's SQL and note what of the lake it reads."""
        self.cursor.execute(sql)
        self._note()

    def fetch(self, sql: str) -> list[tuple]:
        """The rows of DuckDB's SQL; what of the lake it reads is noted."""
        rows = self.cursor.execute(sql).fetchall()
        self._note()
        return rows

    def _note(self) -> None:
        from tests.support.local_aws.statistics import scans

        if self.tables.files:
            self.scans += scans(self)
