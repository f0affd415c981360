"""An account that refuses every second call of each operation: every library of ours gets its answer all the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2
import pyarrow.parquet as pq
import pytest
import yaml

from lake import aws
from tests.support.local_aws import RemoteAws, running

ROOT = Path(__file__).parents[2]
RESULTS = "s3://results/throttled/"

pytestmark = pytest.mark.xdist_group("local_aws")


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteAws]:
    with running(tmp_path_factory.mktemp("throttled"), throttle=2) as account:
        aws_client(account, "s3").create_bucket(Bucket="results")
        yield account


def aws_client(account: RemoteAws, service: str) -> Any:
    with pytest.MonkeyPatch.context() as patched:
        for name, value in account.environment.items():
            patched.setenv(name, value)
        return aws.client(service, None)  # type: ignore[call-overload]


@pytest.fixture(autouse=True)
def environment(account: RemoteAws, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """As the command makes it, but without waiting."""
    found = dict(account.environment)
    aws.make_others_patient(found)
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    return found


def test_the_account_does_refuse_and_a_client_that_asks_once_fails(account: RemoteAws):
    from botocore.config import Config
    from botocore.session import get_session

    told = []
    for service, call in (("s3", "list_buckets"), ("glue", "get_databases"), ("athena", "list_work_groups")):
        once = get_session().create_client(service, config=Config(retries={"total_max_attempts": 1}))
        for _ in range(4):
            try:
                getattr(once, call)()
            except once.exceptions.ClientError as error:
                told.append(error.response["Error"]["Code"])
    # Athena has two words for it.
    assert sorted(told) == sorted(["SlowDown"] * 2 + ["ThrottlingException"] * 3 + ["TooManyRequestsException"])


def test_dbt_s_connection_gets_its_answer(environment: dict[str, str]):
    from dbt.adapters.athena.connections import AthenaConnection, AthenaCredentials

    def env_var(name: str, default: str = "") -> str:
        return {"FINOPS_ATHENA_RESULTS": RESULTS, **environment}.get(name, default)

    profiles = jinja2.Environment(autoescape=False)
    profiles.filters["as_native"] = str  # YAML reads what it is, as dbt does.
    text = profiles.from_string((ROOT / "dbt_project" / "profiles.yml").read_text()).render(env_var=env_var)
    settings = yaml.safe_load(text)["finops"]["outputs"]["athena"]
    names = AthenaCredentials.__dataclass_fields__
    credentials = AthenaCredentials(**{name: value for name, value in settings.items() if name in names})
    credentials.poll_interval = 0.01
    connection = AthenaConnection(credentials).connect()
    for number in range(3):
        assert connection.cursor().execute(f"select {number}, 'kept'").fetchall() == [(number, "kept")]


def test_dbt_s_way_to_s3_gets_there(account: RemoteAws):
    import boto3
    from dbt.adapters.athena.config import get_boto3_config

    there = boto3.Session().resource("s3", config=get_boto3_config(num_retries=5)).Bucket("results")
    for number in range(4):
        there.put_object(Key=f"dbt/{number}", Body=b"rows")
    there.objects.filter(Prefix="dbt/").delete()
    assert not list(there.objects.filter(Prefix="dbt/"))


def test_the_files_of_a_table_are_fetched(tmp_path: Path):
    from dbt_project.table_files import Athena, Part
    from lake.settings import Settings

    settings = Settings.resolve(lake="s3://results/lake", profile="aws", environ={"AWS_REGION": "us-east-1"})
    athena = Athena.reach(settings, "default")
    athena.run(["create schema if not exists `default`"])
    athena.run(
        [
            f"create table fetched_{n} with (format = 'PARQUET', external_location = 's3://results/fetched/{n}/')"
            f" as select {n} as one"
            for n in range(3)
        ]
    )
    parts = {str(number): Part(f"fetched_{number}") for number in range(3)}
    found = athena.fetch(parts, tmp_path)
    assert [[pq.read_table(path)["one"].to_pylist() for path in found[name]] for name in parts] == [[[0]], [[1]], [[2]]]


def test_pyathena_gets_its_answer():
    from pyathena import connect

    with connect(s3_staging_dir=RESULTS, poll_interval=0.01, work_group="primary") as connection:
        for number in range(3):
            assert connection.cursor().execute(f"select {number}").fetchall() == [(number,)]
