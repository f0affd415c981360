"""A lake and its bills in S3: the same command, the same marts to the byte, only a cache on this machine."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from dbt_project.build import build
from ingestion.land import ingest
from ingestion.synthetic.cur2 import write_cur2
from ingestion.synthetic.ledger import build_ledger
from tests.pipeline.conftest import workspace
from tests.support import command

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("s3")]


@pytest.fixture(scope="module")
def aws() -> Iterator[dict[str, str]]:
    """The environment of an account that stands on this machine."""
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    server.stop()


def client(aws: dict[str, str]) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=aws["AWS_ENDPOINT_URL"],
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        region_name="us-east-1",
    )


def finops(environment: dict[str, str], *arguments: str) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patched:
        for name in os.environ:
            if name.startswith(("AWS_", "FINOPS_")):
                patched.delenv(name)
        for name, value in environment.items():
            patched.setenv(name, value)
        done = command.finops("--json", *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_bills_and_lake_in_s3_give_the_marts_of_a_lake_on_disk(aws: dict[str, str], tmp_path: Path):
    write_cur2(build_ledger(date(2026, 5, 1), 1, date(2026, 5, 4), seed=11), tmp_path / "bills")
    s3 = client(aws)
    s3.create_bucket(Bucket="company")
    for path in (tmp_path / "bills").rglob("*"):
        if path.is_file():
            s3.upload_file(str(path), "company", f"bills/{path.relative_to(tmp_path / 'bills').as_posix()}")
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}

    there = finops(aws | cache, "--lake", "s3://company/lake", "run", "--bills", "s3://company/bills")
    ws = workspace(tmp_path / "lake")
    with ws.store.locked():
        ingest(ws, str(tmp_path / "bills"))
        here = build(ws)

    versions = {mart.mart: mart.version for mart in here.marts}
    assert {mart["mart"]: mart["version"] for mart in there["build"]["marts"]} == versions
    for path in (tmp_path / "lake" / "marts").rglob("*.parquet"):
        key = path.relative_to(tmp_path).as_posix()
        assert s3.get_object(Bucket="company", Key=key)["Body"].read() == path.read_bytes()
    assert there["validate"]["passed"] is True
    keys = {item["Key"] for item in s3.list_objects_v2(Bucket="company", Prefix="lake/")["Contents"]}
    assert "lake/dashboards/index.html" in keys
    assert not any("engine" in key or "scratch" in key for key in keys)

    landed = finops(aws | cache, "--lake", "s3://company/lake", "ingest", "--bills", "s3://company/bills")
    assert not any(delivery["is_new"] for delivery in landed["ingest"]["deliveries"])
    again = finops(aws | cache, "--lake", "s3://company/lake", "build")
    assert not any(mart["is_changed"] for mart in again["build"]["marts"])
