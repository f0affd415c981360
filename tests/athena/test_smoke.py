"""The smoke test for a real account, against the local one: the whole command on Athena, and nothing left behind."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.athena.smoke import ROOT
from tests.support.local_aws import RemoteAws

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("smoke")]


def test_the_smoke_test_passes_and_leaves_nothing(aws: RemoteAws, tmp_path):
    before = len(aws.statements)
    environ = os.environ | aws.environment | {"XDG_CACHE_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "tests.athena.smoke", "--lake", "s3://company/smoke", "--deliveries", "1"]
    done = subprocess.run(command, check=False, env=environ, cwd=ROOT, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr + done.stdout
    assert done.stdout.count("files are the same") == 1
    assert "Nothing of it is left." in done.stdout
    assert [one for one in aws.statements[before:] if one.state == "SUCCEEDED"]
    left = aws.client("s3").list_objects_v2(Bucket="company", Prefix="smoke/").get("Contents", ())
    assert not [one["Key"] for one in left]
    names = [one["Name"] for one in aws.client("glue").get_databases()["DatabaseList"]]
    assert not [name for name in names if name.startswith("finops_smoke")]
