"""Athena reads the lake itself: a verdict is written only about files that lay there unchanged all the while."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from lake import zones
from lake.errors import CheckFailedError
from lake.store import Store
from lake.workspace import Workspace
from quality import checkpoint
from quality.run import validate
from quality.unchanged import unchanged
from tests.quality.marts import as_parquet, clean_world, publish, workspace_in_s3

MONTHLY = zones.published_mart("monthly_costs")


def replaced(store: Store) -> None:
    store.write(MONTHLY, b"other")


def gone(store: Store) -> None:
    store.delete(MONTHLY)


def come(store: Store) -> None:
    store.write(zones.published_month("focus_1_2", "2026-12"), b"a month")


def strayed(store: Store) -> None:
    """No part of the mart, but Athena reads whatever lies in the folder."""
    store.write(f"{zones.MARTS}/monthly_costs/copy", b"rows")


def replaced_and_put_back(store: Store) -> None:
    content = store.read(MONTHLY)
    assert content is not None
    store.write(MONTHLY, b"other")
    store.write(MONTHLY, content)


@pytest.mark.parametrize("change", [replaced, gone, come, strayed, replaced_and_put_back])
def test_whatever_changes_in_the_marts_is_named(lake: Workspace, change: Callable[[Store], None]) -> None:
    with (
        pytest.raises(CheckFailedError, match="were published while they were validated") as told,
        unchanged(lake.store),
    ):
        change(lake.store)
    assert "/marts/" in told.value.where
    assert "finops validate" in told.value.todo


def test_other_zones_may_change_meanwhile(lake: Workspace) -> None:
    with unchanged(lake.store):
        lake.store.write("landing/cur2/part.parquet", b"a bill")
        lake.store.write("athena-results/answer.csv", b"1")


def test_a_build_while_athena_is_asked_leaves_no_verdict_and_no_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="company")
        ws = workspace_in_s3("s3://company/lake", "finops")
        publish(ws.store, clean_world())

        def build_meanwhile(*_: object) -> tuple[()]:
            rows = clean_world()["idle_resources"][:1]
            ws.store.write(zones.published_mart("idle_resources"), as_parquet("idle_resources", rows))
            return ()

        monkeypatch.setattr(checkpoint, "evaluate", build_meanwhile)
        with pytest.raises(CheckFailedError) as told:
            validate(ws)
        assert told.value.where == "s3://company/lake/marts/idle_resources/idle_resources.parquet"
        assert list(ws.store.files(zones.VERDICTS)) == []
        assert list(ws.store.files(zones.VALIDATION_RESULTS)) == []
