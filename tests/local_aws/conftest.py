"""One local AWS for the whole suite, and a way to ask its Athena."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.local_aws import RemoteAws, running

RESULTS = {"OutputLocation": "s3://results/"}


@dataclass(frozen=True)
class Answer:
    """How a statement ended, with the first page of its rows as text."""

    id: str
    execution: dict[str, Any]
    rows: list[list[str | None]]
    columns: list[tuple[str, str]]

    @property
    def state(self) -> str:
        return self.execution["Status"]["State"]

    @property
    def reason(self) -> str:
        return self.execution["Status"].get("StateChangeReason", "")

    @property
    def scanned_bytes(self) -> int:
        return self.execution["Statistics"]["DataScannedInBytes"]


@dataclass(frozen=True)
class Account:
    """The account under test."""

    aws: RemoteAws
    athena: Any
    s3: Any
    glue: Any

    def run(self, sql: str, **given: Any) -> Answer:
        """A statement to its end, well or not. Raises ClientError where Athena does not even start it."""
        request = {"QueryExecutionContext": {"Database": "golden"}, "ResultConfiguration": RESULTS, **given}
        id = self.athena.start_query_execution(QueryString=sql, **request)["QueryExecutionId"]
        execution = self.athena.get_query_execution(QueryExecutionId=id)["QueryExecution"]
        if execution["Status"]["State"] != "SUCCEEDED":
            return Answer(id, execution, [], [])
        told = self.athena.get_query_results(QueryExecutionId=id)["ResultSet"]
        columns = [(one["Name"], one["Type"]) for one in told["ResultSetMetadata"]["ColumnInfo"]]
        rows = [[cell.get("VarCharValue") for cell in row["Data"]] for row in told["Rows"]]
        return Answer(id, execution, rows[1:] if execution["StatementType"] == "DML" else rows, columns)

    def done(self, sql: str, **given: Any) -> Answer:
        answer = self.run(sql, **given)
        assert answer.state == "SUCCEEDED", answer.reason
        return answer

    def one(self, expression: str) -> str | None:
        """The value of one expression, as Athena prints it."""
        return self.done(f"select {expression}").rows[0][0]

    def fails(self, sql: str) -> str:
        answer = self.run(sql)
        assert answer.state == "FAILED", answer.rows
        return answer.reason

    def keys(self, prefix: str) -> list[str]:
        told = self.s3.list_objects_v2(Bucket="lake", Prefix=prefix)
        return [one["Key"] for one in told.get("Contents", [])]


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    with running(tmp_path_factory.mktemp("local_aws"), ("lake", "results")) as aws:
        found = Account(aws, aws.client("athena"), aws.client("s3"), aws.client("glue"))
        found.glue.create_database(DatabaseInput={"Name": "golden"})
        yield found


@pytest.fixture
def place(request: pytest.FixtureRequest) -> str:
    """A name for a table, and a folder in the lake, that no other test has."""
    return request.node.name.split("[")[0].removeprefix("test_")[:60]


@pytest.fixture
def tables(account: Account, place: str) -> Callable[..., str]:
    """Make a table of the statement's rows, Hive's or Iceberg's, under the test's own name."""

    def make(select: str, properties: str = "", iceberg: bool = False, name: str = place) -> str:
        kind = "table_type = 'iceberg', is_external = false, location" if iceberg else "external_location"
        more = f", {properties}" if properties else ""
        account.done(f"create table golden.{name} with ({kind} = 's3://lake/{name}/'{more}) as {select}")
        return name

    return make
