"""The smoke test for a real account, against the local one: the whole command on Athena, and nothing left behind."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lake.aws import models_read_once
from tests.athena import smoke
from tests.support import command
from tests.support.local_aws import RemoteAws

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("smoke")]


def finops_here(environ: Mapping[str, str], *arguments: str) -> dict[str, Any]:
    """A verb's JSON, in this process."""
    with pytest.MonkeyPatch.context() as patched:
        for name, value in environ.items():
            patched.setenv(name, value)
        done = command.finops("--json", *arguments)
    assert done.returncode == 0, done.stderr + done.stdout
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_the_smoke_test_passes_and_leaves_nothing(
    aws: RemoteAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    before = len(aws.statements)
    for name, value in (aws.environment | {"XDG_CACHE_HOME": str(tmp_path)}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(smoke, "finops", finops_here)
    monkeypatch.setattr(sys, "argv", ["smoke", "--lake", "s3://company/smoke", "--deliveries", "1"])
    with models_read_once():
        smoke.main()
    said = capsys.readouterr().out
    assert said.count("files are the same") == 1
    assert "Nothing of it is left." in said
    assert [one for one in aws.statements[before:] if one.state == "SUCCEEDED"]
    left = aws.client("s3").list_objects_v2(Bucket="company", Prefix="smoke/").get("Contents", ())
    assert not [one["Key"] for one in left]
    names = [one["Name"] for one in aws.client("glue").get_databases()["DatabaseList"]]
    assert not [name for name in names if name.startswith("finops_smoke")]
