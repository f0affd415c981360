"""Kill a task at any point of a run on Athena, start it again: the same marts as if nothing had happened.

Death is played in this process: at a chosen call to AWS everything that calls AWS dies, for good, clean-up included. So
nothing more reaches the account, as after `kill -9`; the lock stays as it is, and what Athena has begun goes on. Each
run here goes on where the one before it was killed. dbt's checks are left out: they change nothing and take the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from dbt_project.build import build
from ingestion.land import ingest
from ingestion.synthetic.cur2 import write_cur2
from ingestion.synthetic.ledger import build_ledger
from lake import s3_lock, zones
from lake.aws import models_read_once
from lake.held import held_back
from lake.output import Output
from lake.s3_lock import Pace
from lake.settings import Settings
from lake.tables import MART_NAMES
from lake.workspace import Workspace
from tests.pipeline.conftest import workspace
from tests.support.local_aws import RemoteAws

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("athena"),
    pytest.mark.usefixtures("without_checks"),
]

NOW = datetime(2026, 3, 5, 6, 0, tzinfo=UTC)

Marts = dict[str, bytes]
Call = Callable[[str, dict[str, Any]], bool]


class DeadError(Exception):
    """The process is gone: what would come after this call never comes."""


@dataclass
class Task:
    """A task that can be killed at a call to AWS."""

    ws: Workspace
    bills: Path
    fatal: Call | None = None
    is_dead: bool = False

    def run(self, through: int) -> None:
        """What `finops run` does up to the published marts."""
        with self.ws.store.locked():
            ingest(self.ws, str(self.bills / str(through)))
            assert build(self.ws).held_back == ()

    def run_killed(self, through: int, fatal: Call) -> None:
        """A run that dies at the first call of which `fatal` is true."""
        self.fatal = fatal
        with pytest.raises(Exception):  # noqa: B017 - whatever the dead would have said
            self.run(through)
        assert self.is_dead, "the moment never came"
        self.fatal, self.is_dead = None, False
        # Rows that are missing or there twice would be noticed by the reconciliation: the next run would mend it.
        assert held_back(self.ws.store) == ()

    def called(self, operation: str, parameters: dict[str, Any]) -> None:
        """Before each call of AWS."""
        self.is_dead = self.is_dead or (self.fatal is not None and self.fatal(operation, parameters))
        if self.is_dead:
            raise DeadError

    def marts(self) -> Marts:
        return marts(self.ws)


def marts(ws: Workspace) -> Marts:
    return {file.key: ws.store.read(file.key) or b"" for file in ws.store.files(f"{zones.MARTS}/")}


def statement(*words: str) -> Call:
    """The first statement that holds these words."""

    def is_fatal(operation: str, parameters: dict[str, Any]) -> bool:
        sql = str(parameters.get("QueryString", "")).lower()
        return operation == "StartQueryExecution" and all(word in sql for word in words)

    return is_fatal


def put(prefix: str, number: int = 1) -> Call:
    """The n-th object that is put below a prefix of the lake."""
    seen = [0]

    def is_fatal(operation: str, parameters: dict[str, Any]) -> bool:
        seen[0] += operation == "PutObject" and str(parameters["Key"]).startswith(f"killed/{prefix}")
        return seen[0] == number

    return is_fatal


@pytest.fixture(scope="module")
def task(aws: RemoteAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Task]:
    """A lake in S3, and the month of March as it was delivered on the second and on the third."""
    import botocore.client

    folder = tmp_path_factory.mktemp("killed")
    for through in (2, 3):
        write_cur2(build_ledger(date(2026, 3, 1), 1, date(2026, 3, through), seed=3), folder / str(through))
    settings = Settings.resolve(
        lake="s3://company/killed", profile="aws", environ={"AWS_REGION": "us-east-1", "FINOPS_GLUE_PREFIX": "killed"}
    )
    send: Any = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]
    with models_read_once(), pytest.MonkeyPatch.context() as patched:
        for name, value in (aws.environment | {"XDG_CACHE_HOME": str(folder / "cache")}).items():
            patched.setenv(name, value)
        task = Task(Workspace.begin(settings, Output(quiet=True), NOW), folder)

        def sent(client: Any, operation: str, parameters: Any) -> Any:
            task.called(operation, parameters)
            return send(client, operation, parameters)

        patched.setattr("botocore.client.BaseClient._make_api_call", sent)
        # No holder here is slow to show that it lives; the dead are to be found out soon.
        patched.setattr(s3_lock, "Pace", lambda: Pace(renewed=0.6, held=60.0, expires=2.0))
        yield task


@pytest.fixture(scope="module")
def expected(task: Task, tmp_path_factory: pytest.TempPathFactory) -> tuple[Marts, Marts]:
    """The marts of both deliveries from an undisturbed lake: on disk, computed by the other engine."""
    here = workspace(tmp_path_factory.mktemp("undisturbed") / "lake", NOW)
    found = []
    for through in (2, 3):
        ingest(here, str(task.bills / str(through)))
        build(here)
        found.append(marts(here))
    # Some marts have no row of these days, and are the same.
    assert sum(found[0][key] != found[1][key] for key in found[0]) > 4
    assert {key.split("/")[1] for key in found[0]} == set(MART_NAMES)
    return found[0], found[1]


def test_a_first_build_that_was_killed_leaves_nothing_that_the_next_one_trips_over(
    task: Task, expected: tuple[Marts, Marts]
):
    task.run_killed(2, statement("create table", "int_charges"))
    assert task.marts() == {}
    task.run(2)
    assert task.marts() == expected[0]


def test_whatever_is_killed_readers_see_whole_marts_and_the_last_run_ends_as_if_nothing_had_been(
    task: Task, expected: tuple[Marts, Marts]
):
    old, new = expected

    # The month's rows are deleted, the new ones are not there.
    task.run_killed(3, statement("insert into", "int_charges"))
    assert task.marts() == old
    # Some marts are new, some are old.
    task.run_killed(3, put("marts/", 4))
    seen = task.marts()
    assert all(content in (old[key], new[key]) for key, content in seen.items())
    assert old != seen != new
    # All are new, what was published is not noted.
    task.run_killed(3, put(zones.ATHENA_PUBLISHED))
    assert task.marts() == new

    task.run(3)
    assert task.marts() == new
