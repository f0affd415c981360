"""Bytes and dollars of Athena's statements, whichever library sends them, and the budget that stops a run."""

from __future__ import annotations

import io
import json
from decimal import Decimal

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lake import zones
from lake.errors import LakeError, SettingsError
from lake.meter import Meter, billed
from lake.metering import metered, reported
from lake.output import Output
from lake.settings import Athena, Settings
from lake.workspace import Workspace
from tests.support.local_aws.process import running

BUCKET = "metered"
PRICE = Decimal(5)


@pytest.fixture(scope="module")
def rows() -> pa.Table:
    return pa.table({"a": list(range(50_000)), "b": [f"text {number}" for number in range(50_000)]})


@pytest.fixture(scope="module")
def aws(tmp_path_factory, rows):
    """An account with one table of two columns."""
    with running(tmp_path_factory.mktemp("aws"), (BUCKET,)) as account:
        content = io.BytesIO()
        pq.write_table(rows, content)
        account.client("s3").put_object(Bucket=BUCKET, Key="t/part.parquet", Body=content.getvalue())
        columns = [{"Name": "a", "Type": "bigint"}, {"Name": "b", "Type": "string"}]
        storage = {
            "Columns": columns,
            "Location": f"s3://{BUCKET}/t/",
            "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
            "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
            "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
        }
        glue = account.client("glue")
        glue.create_database(DatabaseInput={"Name": "db"})
        glue.create_table(
            DatabaseName="db",
            TableInput={"Name": "t", "StorageDescriptor": storage, "TableType": "EXTERNAL_TABLE", "Parameters": {}},
        )
        yield account


@pytest.fixture
def account(aws, monkeypatch):
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    return aws


@pytest.fixture(scope="module")
def bytes_of_a(rows) -> int:
    """What the footer of such a file says that column a takes."""
    content = io.BytesIO()
    pq.write_table(rows, content)
    groups = pq.read_metadata(content)
    return sum(groups.row_group(at).column(0).total_compressed_size for at in range(groups.num_row_groups))


def ask(sql: str) -> None:
    import awswrangler as wr

    wr.athena.wait_query(wr.athena.start_query_execution(sql=sql, database="db", s3_output=f"s3://{BUCKET}/results/"))


def ask_through_pyathena(sql: str) -> None:
    from pyathena import connect

    connect(s3_staging_dir=f"s3://{BUCKET}/results/", region_name="us-east-1", schema_name="db").cursor().execute(sql)


def test_what_each_library_reads_is_counted_under_its_model_or_step(account, bytes_of_a):
    boto3.client("s3")  # A shared session from before is listened to, as well.
    with metered(Athena(), "publish") as meter:
        ask("select sum(a) from t")
        ask('-- /* {"app": "dbt", "node_id": "model.finops.int_charges"} */\nselect sum(a) + 1 from t')
        meter.step = "validate"
        ask_through_pyathena("select sum(a) + 2 from t")
    ask("select avg(a) from t")
    assert {(one.name, one.statements, one.bytes) for one in meter.scanned()} == {
        ("publish", 1, bytes_of_a),
        ("int_charges", 1, bytes_of_a),
        ("validate", 1, bytes_of_a),
    }


def test_statements_that_only_change_the_catalogue_or_fail_cost_nothing(account):
    with metered(Athena(), "step") as meter:
        ask("create or replace view v as select a from t")
        with pytest.raises(Exception, match="nothing_there"):
            ask("select nothing_there from t")
    assert meter.bytes == 0
    assert meter.dollars == 0


@pytest.mark.parametrize(
    ("read", "dollars"),
    [
        (0, Decimal(0)),
        # 10 MB are the least: 10 / 1,048,576 of a terabyte.
        (1, Decimal("0.000047683715820312500")),
        (10 * 1024**2, Decimal("0.000047683715820312500")),
        # A byte more than 11 MB counts as 12.
        (11 * 1024**2 + 1, Decimal("0.000057220458984375")),
        (1024**4, Decimal(5)),
    ],
)
def test_a_statement_is_billed_as_athena_s_price_list_says(read, dollars):
    assert billed(read, PRICE) == dollars


def test_a_spent_budget_stops_the_next_statement_before_it_is_sent(account):
    sent = len(account.statements)
    with metered(Athena(budget=Decimal("0.00005")), "step") as meter:
        ask("select sum(a) from t")
        ask("select sum(a) + 1 from t")
        with pytest.raises(LakeError, match=r"its budget is spent.*FINOPS_ATHENA_BUDGET is \$0.00005"):
            ask("select sum(a) + 2 from t")
    assert meter.dollars == 2 * billed(1, PRICE)
    assert len(account.statements) == sent + 2


def test_a_verb_that_fails_leaves_what_it_read_in_its_record(account, bytes_of_a):
    settings = Settings.resolve(lake=f"s3://{BUCKET}/lake", profile="aws", environ=account.environment)
    ws = Workspace.begin(settings, Output())

    def fail():
        with reported(ws, "build"):
            ask("select sum(a) from t")
            raise LakeError("on purpose")

    with pytest.raises(LakeError, match="on purpose"):
        fail()
    record = json.loads(ws.store.read(zones.run_record(ws.run_id)))
    assert record["athena"]["bytes"] == bytes_of_a
    assert record["athena"]["scanned"] == [
        {"name": "build", "statements": 1, "bytes": bytes_of_a, "dollars": "0.0000476837158203125"}
    ]


def test_nothing_listens_once_the_block_has_ended():
    from botocore import handlers

    before = len(handlers.BUILTIN_HANDLERS)
    with metered(Athena(), "step"):
        assert len(handlers.BUILTIN_HANDLERS) > before
    assert len(handlers.BUILTIN_HANDLERS) == before
    assert Meter(Athena()).document()["bytes"] == 0


def test_budget_and_price_are_dollars():
    athena = Settings.resolve(environ={"FINOPS_ATHENA_BUDGET": "$2.50", "FINOPS_ATHENA_PRICE": "6.75"}).athena
    assert (athena.budget, athena.price) == (Decimal("2.50"), Decimal("6.75"))
    with pytest.raises(SettingsError, match=r"no amount of dollars.*FINOPS_ATHENA_BUDGET"):
        Settings.resolve(environ={"FINOPS_ATHENA_BUDGET": "cheap"})
