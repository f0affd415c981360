"""What executes statements: catalogue, objects and DuckDB, together."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.local_aws.duck import Duck
from tests.support.local_aws.glue import Glue
from tests.support.local_aws.objects import Objects
from tests.support.local_aws.sql.queries import Column, Queries
from tests.support.local_aws.tables import Tables

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
    scans: list[Any] = field(default_factory=list)
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
        from tests.support.local_aws.statements import execute

        return execute(self, request)


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
    scans: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tables = Tables(self.engine)
        self.queries = Queries(self.request.database, self.tables, self.request.parameters)
        self.cursor = self.engine.duck.cursor()

    def fetch(self, sql: str) -> list[tuple]:
        return self.cursor.execute(sql).fetchall()
