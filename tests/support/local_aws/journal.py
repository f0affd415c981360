"""What happened on the account: every statement and every write to S3, for tests to read."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.support.local_aws.executions import Execution


@dataclass(frozen=True)
class Scan:
    """One reading of one table. `partition_filter` is what of WHERE pruned partitions, empty where nothing did."""

    table: str
    columns: tuple[str, ...]
    all_columns: tuple[str, ...]
    partition_keys: tuple[str, ...]
    partitions: tuple[tuple[str | None, ...], ...]
    partition_filter: str
    files: tuple[str, ...]
    bytes: int

    @property
    def reads_all_columns(self) -> bool:
        return len(self.all_columns) > 1 and set(self.columns) >= set(self.all_columns)

    @property
    def reads_every_partition_unasked(self) -> bool:
        """Whether a partitioned table was read without a literal predicate on its partitions."""
        return bool(self.partition_keys) and not self.partition_filter


@dataclass(frozen=True)
class Statement:
    """One statement, done. `tables` are those it names, `scans` what it read, `files` what it wrote."""

    sql: str
    database: str
    work_group: str
    state: str
    reason: str
    kind: str
    tables: tuple[str, ...]
    scans: tuple[Scan, ...]
    files: tuple[str, ...]
    scanned_bytes: int
    milliseconds: int


@dataclass(frozen=True)
class Write:
    """One object put into S3 or taken out of it; `action` is `put` or `delete`."""

    action: str
    uri: str


class Journal:
    """Statements and writes in the order in which they ended; in a file as well, if there is one to write to."""

    def __init__(self, path: Path | None = None):
        self.statements: list[Statement] = []
        self.writes: list[Write] = []
        self.path = path
        self._lock = threading.Lock()

    def statement(self, one: Execution) -> None:
        outcome = one.outcome
        told = Statement(
            one.request.sql, one.request.database, one.work_group, one.state, one.reason,
            outcome.sub if outcome is not None else "", tuple(outcome.tables) if outcome is not None else (),
            tuple(outcome.scans) if outcome is not None else (), tuple(outcome.files) if outcome is not None else (),
            one.scanned_bytes, one.milliseconds,
        )  # fmt: skip
        self.statements.append(told)
        self._keep("statement", asdict(told))

    def write(self, action: str, bucket: str, key: str) -> None:
        told = Write(action, f"s3://{bucket}/{key}")
        self.writes.append(told)
        self._keep("write", asdict(told))

    def _keep(self, what: str, told: dict[str, Any]) -> None:
        if self.path is not None:
            with self._lock, self.path.open("a") as file:
                file.write(json.dumps({what: told}) + "\n")


def read(path: Path) -> tuple[list[Statement], list[Write]]:
    """A journal that another process keeps."""
    statements, writes = [], []
    for line in path.read_text().splitlines() if path.exists() else []:
        told = json.loads(line)
        if "write" in told:
            writes.append(Write(**told["write"]))
        else:
            statements.append(_statement(told["statement"]))
    return statements, writes


def _statement(told: dict[str, Any]) -> Statement:
    scans = tuple(Scan(**{key: _tuples(value) for key, value in one.items()}) for one in told["scans"])
    return Statement(**{**told, "scans": scans, "tables": tuple(told["tables"]), "files": tuple(told["files"])})


def _tuples(value: Any) -> Any:
    return tuple(_tuples(one) for one in value) if isinstance(value, list) else value
