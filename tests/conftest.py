"""What holds for every test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from dbt_project import build
from dbt_project.engine import Engine
from lake.workspace import Workspace
from tests.support.parsed_once import Parsed


@pytest.fixture(scope="session", autouse=True)
def _models_are_parsed_once() -> Iterator[None]:
    parsed, run_dbt = Parsed(), build._run_dbt

    def run(ws: Workspace, engine: Engine, *more: Any) -> Sequence[Any]:
        with parsed.reused_by(engine.dbt):
            return run_dbt(ws, engine, *more)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(build, "_run_dbt", run)
        yield
