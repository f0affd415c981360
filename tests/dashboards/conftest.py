"""One lake with the plausible marts, built once; every test reads it or copies it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lake.store import LocalStore
from lake.tables import MART_NAMES
from lake.workspace import Workspace
from tests.dashboards import built


@pytest.fixture(scope="session")
def rows() -> built.Marts:
    """The rows of the plausible marts, as Python wrote them."""
    return built.marts()


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory, rows: built.Marts) -> Path:
    """A folder with the plausible marts, not yet validated."""
    root = tmp_path_factory.mktemp("published")
    built.publish(LocalStore(root), rows)
    return root


@pytest.fixture
def ws(published: Path, tmp_path: Path) -> Workspace:
    """A workspace on a copy of the plausible marts, not yet validated."""
    shutil.copytree(published, tmp_path / "lake")
    return built.workspace(tmp_path / "lake")


@pytest.fixture
def validated(ws: Workspace) -> Workspace:
    """The same, with a green verdict on every mart."""
    assert isinstance(ws.store, LocalStore)
    for mart in MART_NAMES:
        built.approve(ws.store, mart)
    return ws
