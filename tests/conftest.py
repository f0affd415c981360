"""What holds for every test."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import pytest

from dbt_project import build
from dbt_project.engine import Engine
from lake.workspace import Workspace
from tests.support.parsed_once import Parsed

# What dbt and Great Expectations make of models and suites lives for long: to look through all of it as often as Python
# does by itself takes a twentieth of the time.
gc.set_threshold(50_000, 20, 20)


# Groups of tests that stay on one worker, the longest first; the deployment is mostly waiting.
_LONG = ("deployed", "athena", "again", "ledger", "quality_on_athena", "smoke", "kills", "dbt")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, so that no worker is left alone with one at the end."""

    def place(item: pytest.Item) -> int:
        group = item.get_closest_marker("xdist_group")
        ranks = [*_LONG, "slow", "terraform"]
        names = (group.args[0] if group else "", *(mark.name for mark in item.iter_markers()))
        return min((ranks.index(name) for name in names if name in ranks), default=len(ranks))

    items.sort(key=place)


@pytest.fixture(scope="session", autouse=True)
def _models_are_parsed_once() -> Iterator[Parsed]:
    parsed, run_dbt = Parsed(), build._run_dbt

    def run(ws: Workspace, engine: Engine, *more: Any) -> Sequence[Any]:
        with parsed.reused_by(engine.dbt):
            return run_dbt(ws, engine, *more)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(build, "_run_dbt", run)
        yield parsed


@pytest.fixture(scope="session", autouse=True)
def _an_engine_takes_one_core() -> Iterator[None]:
    """The tests run side by side: more threads than cores would only wait for each other."""
    connect = duckdb.connect

    def with_one_thread(*where: Any, **more: Any) -> duckdb.DuckDBPyConnection:
        connection = connect(*where, **more)
        connection.execute("set threads = 1")
        return connection

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(duckdb, "connect", with_one_thread)
        yield


@pytest.fixture(scope="session", autouse=True)
def _shapes_are_parsed_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """By all workers of the run: the folder above that of a worker is theirs together."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("LOCAL_AWS_SHAPES", str(shared / "trino-shapes"))
        yield


@pytest.fixture(scope="module")
def without_checks(_models_are_parsed_once: Parsed) -> Iterator[None]:
    """dbt's checks change no number, and take a fifth of a small build: for modules that build each lake once.

    Without them no month counts as finished on DuckDB, and a second build would compute all months again.
    """
    _models_are_parsed_once.leaves_checks_out = True
    yield
    _models_are_parsed_once.leaves_checks_out = False
