"""One validation per world: Great Expectations takes seconds to import and about one per run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from lake.workspace import Workspace
from quality.run import ValidationReport, validate
from tests.quality.marts import NOW, World, clean_world, publish, workspace

Validate = Callable[..., tuple[Workspace, ValidationReport]]


@pytest.fixture(scope="session")
def validated(tmp_path_factory: pytest.TempPathFactory) -> Validate:
    """Publish the clean world after a change to it, validate it, and keep both for later tests of the same change."""
    known: dict[tuple[object, datetime], tuple[Workspace, ValidationReport]] = {}

    def run(change: Callable[[World], None] | None = None, now: datetime = NOW) -> tuple[Workspace, ValidationReport]:
        if (change, now) not in known:
            world = clean_world()
            if change:
                change(world)
            ws = workspace(tmp_path_factory.mktemp("lake"), now)
            publish(ws.store, world)
            known[change, now] = ws, validate(ws)
        return known[change, now]

    return run


@pytest.fixture
def lake(tmp_path: Path) -> Workspace:
    """A lake with the clean world published and nothing validated."""
    ws = workspace(tmp_path / "lake")
    publish(ws.store, clean_world())
    return ws
