"""One local AWS for every test here, and lakes of their own in it, asked through Athena."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingestion import land
from ingestion.land import IngestReport
from lake.output import Output
from lake.settings import Settings
from lake.workspace import Workspace
from tests.athena.company import Company, company_in
from tests.support.local_aws import RemoteAws, running

NOW = datetime(2026, 4, 20, 6, 0, tzinfo=UTC)
BUCKETS = ("company", "billing")


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteAws]:
    with running(tmp_path_factory.mktemp("local_aws"), BUCKETS) as account:
        yield account


@pytest.fixture(scope="module")
def company(aws: RemoteAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with company_in(aws, tmp_path_factory.mktemp("company")) as both:
        yield both


@dataclass(frozen=True)
class Lake:
    """A lake in S3, seen through `--profile aws`. `prefix` begins the names of its Glue databases."""

    ws: Workspace
    aws: RemoteAws

    @property
    def prefix(self) -> str:
        return self.ws.settings.athena.prefix

    def put(self, folder: Path, prefix: str) -> str:
        """Bring a folder of bills into the bucket of bills, and answer its address."""
        s3 = self.aws.client("s3")
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                s3.upload_file(str(path), "billing", f"{prefix}/{path.relative_to(folder).as_posix()}")
        return f"s3://billing/{prefix}"

    def ingest(self, bills: Path | str, **options: Any) -> IngestReport:
        return land.ingest(self.ws, str(bills), **options)

    def later(self, **moment: int) -> Lake:
        return replace(self, ws=replace(self.ws, now=NOW.replace(**moment)))

    def ask(self, sql: str) -> list[list[str | None]]:
        """The rows of a statement on the landing zone, as Athena prints them."""
        athena = self.aws.client("athena")
        asked = athena.start_query_execution(
            QueryString=sql,
            QueryExecutionContext={"Database": f"{self.prefix}_landing"},
            ResultConfiguration={"OutputLocation": "s3://company/results/"},
        )["QueryExecutionId"]
        status = athena.get_query_execution(QueryExecutionId=asked)["QueryExecution"]["Status"]
        assert status["State"] == "SUCCEEDED", status["StateChangeReason"]
        rows = athena.get_query_results(QueryExecutionId=asked)["ResultSet"]["Rows"][1:]
        return [[cell.get("VarCharValue") for cell in row["Data"]] for row in rows]


@pytest.fixture
def make_lake(aws: RemoteAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Lake]:
    for name, value in (aws.environment | {"XDG_CACHE_HOME": str(tmp_path / "cache")}).items():
        monkeypatch.setenv(name, value)

    def make(name: str, profile: str = "aws") -> Lake:
        environ = {"AWS_REGION": "us-east-1", "FINOPS_GLUE_PREFIX": name}
        settings = Settings.resolve(lake=f"s3://company/{name}", profile=profile, environ=environ)
        return Lake(Workspace.begin(settings, Output(quiet=True), NOW), aws)

    return make


@pytest.fixture
def lake(make_lake: Callable[[str], Lake], request: pytest.FixtureRequest) -> Lake:
    """A lake of the test's own."""
    return make_lake(request.node.name.removeprefix("test_").split("[")[0][:60])
