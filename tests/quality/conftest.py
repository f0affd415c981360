"""One validation per world: Great Expectations takes seconds to import and about one per run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from lake.workspace import Workspace
from quality.run import ValidationReport, validate
from tests.quality.marts import NOW, World, clean_world, publish, workspace, workspace_in_s3
from tests.support.local_aws import RemoteAws, running

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


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteAws]:
    """An AWS account with a bucket `company`."""
    with running(tmp_path_factory.mktemp("account"), ("company",)) as started:
        yield started


@contextmanager
def in_account(account: RemoteAws, folder: Path) -> Iterator[None]:
    """Work as a program would that was given the account in its environment."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in account.environment.items():
            patch.setenv(name, value)
        patch.setenv("XDG_CACHE_HOME", str(folder))
        yield


@pytest.fixture(scope="session")
def validated_by_athena(account: RemoteAws, tmp_path_factory: pytest.TempPathFactory) -> Validate:
    """As `validated`, for a lake in S3 that is named after the change, and with Athena."""
    known: dict[object, tuple[Workspace, ValidationReport]] = {}

    def run(change: Callable[[World], None] | None = None) -> tuple[Workspace, ValidationReport]:
        if change not in known:
            name = change.__name__ if change else "clean"
            world = clean_world()
            if change:
                change(world)
            with in_account(account, tmp_path_factory.mktemp("cache")):
                ws = workspace_in_s3(f"s3://company/{name}", glue_prefix=name)
                publish(ws.store, world)
                known[change] = ws, validate(ws)
        return known[change]

    return run
