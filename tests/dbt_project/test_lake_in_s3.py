"""A lake in S3: what is mirrored for the engine, what pruning removes, and a past lake on disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from dbt_project import past
from dbt_project.landing import local_lake
from ingestion import prune
from ingestion.history import history
from ingestion.land import ingest
from lake import zones
from lake.store import LocalStore, S3Store
from lake.workspace import Workspace
from tests.ingestion.bills import cur2_csv, line
from tests.pipeline.conftest import workspace

MAY = datetime(2026, 5, 2, 6, 0, tzinfo=UTC)


@pytest.fixture
def ws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """April delivered three times, a day apart, into a lake in S3."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="lake")
        in_s3 = replace(workspace(tmp_path), store=S3Store(client, "lake", "prod", tmp_path / "cache"))
        for number in range(3):
            cur2_csv(tmp_path / str(number), [line(line_item_unblended_cost=f"{number}.5")])
            ingest(replace(in_s3, now=MAY + timedelta(days=number)), str(tmp_path / str(number)))
        yield in_s3


def test_the_engine_gets_the_current_delivery_and_the_one_before_and_no_other(ws: Workspace):
    told = [one.delivery for one in history(ws.store)]
    root = local_lake(ws.store)
    found = {path.relative_to(root).as_posix() for path in root.glob("landing/cur2/billing_period=*/*/*.parquet")}
    assert found == {*told[1].files, *told[2].files}


def test_pruning_in_s3_leaves_all_that_the_engine_needs(ws: Workspace):
    doomed = prune.prunable(history(ws.store), keep=1, older_than_days=1, now=MAY + timedelta(days=9))
    prune.remove(ws.store, doomed)
    assert len(history(ws.store)) == 2
    local_lake(ws.store)


def test_the_past_of_a_lake_in_s3_can_lie_on_disk(ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(past, "build", lambda then: then)
    told = [one.delivery for one in history(ws.store)]
    made, then = past.build_past(ws, "2026-05-03", str(tmp_path / "then"))
    assert made.delivery_ids == (told[1].delivery_id,)
    kept = LocalStore(tmp_path / "then")
    assert then.store.uri == kept.uri
    assert [one.delivery for one in history(kept)] == told[:2]
    landed = {file.key for file in kept.files(f"{zones.LANDING}/cur2/") if "part-" in file.key}
    assert landed == {*told[0].files, *told[1].files}
    again, _ = past.build_past(ws, "2026-05-02", str(tmp_path / "then"))
    assert again.delivery_ids == (told[0].delivery_id,)
    assert [one.delivery for one in history(kept)] == told[:1]
