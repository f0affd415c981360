"""dbt without the command: as analytics engineers use it, and as it runs in their CI."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from ingestion.land import ingest
from ingestion.synthetic.cur2 import write_cur2
from ingestion.synthetic.ledger import build_ledger
from tests.pipeline.conftest import workspace

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("dbt")]

PROJECT = Path(__file__).parents[2] / "dbt_project"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, so that its target folder is nobody else's."""
    copy = tmp_path_factory.mktemp("dbt") / "dbt_project"
    shutil.copytree(PROJECT, copy, ignore=shutil.ignore_patterns("target", "logs", "__pycache__"))
    return copy


def dbt(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    code = "import sys; from dbt.cli.main import cli; sys.exit(cli())"
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "FINOPS_"))}
    return subprocess.run(
        [sys.executable, "-c", code, "--no-use-colors", *arguments],
        capture_output=True,
        text=True,
        cwd=project,
        env=plain | environment,
        check=False,
    )


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that becomes a lake. dbt remembers what it read of the project as long as its settings are the same."""
    lake = tmp_path_factory.mktemp("alone") / "lake"
    (lake / "engine").mkdir(parents=True)
    return lake


def test_dbt_on_an_empty_lake_says_what_is_missing(project: Path, lake: Path):
    done = dbt(project, "build", FINOPS_LAKE=str(lake))
    assert done.returncode != 0
    assert "finops ingest --bills" in done.stdout


def test_dbt_build_runs_alone_with_every_unit_test_and_check(project: Path, lake: Path, tmp_path: Path):
    write_cur2(build_ledger(date(2026, 2, 1), 1, date(2026, 2, 9), seed=5), tmp_path / "bills")
    ws = workspace(lake)
    with ws.store.locked():
        ingest(ws, str(tmp_path / "bills"))
    done = dbt(project, "build", FINOPS_LAKE=str(lake))
    assert done.returncode == 0, done.stdout
    assert "unit tests" in done.stdout
    assert "WARN=0 ERROR=0" in done.stdout


# The same in both tests of Athena, so that the second reads what the first parsed.
ON_ATHENA = {"AWS_REGION": "us-east-1", "FINOPS_LAKE": "s3://lake"}


def test_dbt_parses_for_athena_without_credentials_or_network(project: Path):
    done = dbt(project, "parse", "--target", "athena", **ON_ATHENA)
    assert done.returncode == 0, done.stdout


def test_every_model_compiles_for_athena_through_the_real_adapter(project: Path):
    """moto answers STS and Glue; what comes out is the SQL that Athena would be sent."""
    server = ThreadedMotoServer(port=0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        aws = {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            **ON_ATHENA,
        }
        boto3.client(
            "s3",
            endpoint_url=aws["AWS_ENDPOINT_URL"],
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
            region_name="us-east-1",
        ).create_bucket(Bucket="lake")
        done = dbt(project, "compile", "--target", "athena", **aws)
    finally:
        server.stop()
    assert done.returncode == 0, done.stdout
    models = project / "target" / "compiled" / "finops" / "models"
    staging = (models / "staging" / "cur2" / "stg_cur2__line_items.sql").read_text()
    assert "element_at(product, 'product_name')" in staging
    assert '"awsdatacatalog"."finops_landing"."cur2"' in staging
