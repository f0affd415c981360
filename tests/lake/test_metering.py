"""Bytes and dollars of Athena's statements, whichever library sends them, and the budget that stops a run."""

from __future__ import annotations

import contextlib
import io
import json
from decimal import Decimal

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lake import zones
from lake.errors import EXIT_OVER_BUDGET, BudgetError, CheckFailedError, LakeError, SettingsError
from lake.meter import Meter, billed
from lake.metering import metered, reported
from lake.output import Output
from lake.settings import Athena, Settings
from lake.workspace import Workspace
from tests.support.local_aws.process import running

BUCKET = "metered"
PRICE = Decimal(5)
RESULTS = f"s3://{BUCKET}/results/"


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

    wr.athena.wait_query(wr.athena.start_query_execution(sql=sql, database="db", s3_output=RESULTS))


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


LEAST = billed(1, PRICE)


def test_a_statement_that_would_exceed_the_budget_is_not_sent(account):
    sent = len(account.statements)
    with metered(Athena(budget=LEAST * Decimal("2.5")), "step") as meter:
        ask("select sum(a) from t")
        ask("create or replace view v as select a from t")
        ask("select sum(a) + 1 from t")
        # It has money left, but not the 10 MB that are the least.
        with pytest.raises(BudgetError, match=r"step may cost.*FINOPS_ATHENA_BUDGET is \$0.0001"):
            ask("select sum(a) + 2 from t")
        # From then on nothing is: the run has to end.
        with pytest.raises(BudgetError):
            ask("create or replace view v as select a from t")
    assert meter.dollars == 2 * LEAST
    assert len(account.statements) == sent + 3


def test_a_spent_budget_says_so(account):
    with metered(Athena(budget=LEAST), "step"):
        ask("select sum(a) from t")
        with pytest.raises(BudgetError, match=r"for \$0.00005: its budget is spent"):
            ask("select sum(a) + 1 from t")


OF_A_MODEL = '-- /* {"node_id": "model.finops.int_charges"} */\n'


def test_what_a_model_read_in_an_earlier_run_it_is_expected_to_read_again(account):
    known = {"select int_charges": 30 * 1024**2, "create int_charges": 90 * 1024**2}
    with metered(Athena(budget=LEAST * 4), "step", known):
        ask(f"{OF_A_MODEL}select sum(a) from t")
        ask("select sum(a) from t")
        with pytest.raises(BudgetError, match=r"\$0.00014 that int_charges may cost"):
            ask(f"{OF_A_MODEL}select sum(a) + 1 from t")
    # A first build reads all months, and tells nothing of a refresh.
    with metered(Athena(budget=LEAST * 4), "step", known), pytest.raises(BudgetError):
        ask(f"{OF_A_MODEL}create table u as select a from t")


def test_statements_on_their_way_count_and_those_that_fail_do_not(account):
    import awswrangler as wr

    with metered(Athena(budget=LEAST * 2), "step"):
        for _ in range(3):
            with pytest.raises(Exception, match="nothing_there"):
                ask("select nothing_there from t")
        begun = [
            wr.athena.start_query_execution(sql=f"select sum(a) + {n} from t", s3_output=RESULTS, database="db")
            for n in range(2)
        ]
        with pytest.raises(BudgetError):
            ask("select sum(a) from t")
    assert len(begun) == 2


def test_a_statement_that_athena_did_not_answer_yet_counts():
    meter = Meter(Athena(budget=LEAST * 2))
    calls: list[dict[str, object]] = [{}, {}, {}]
    meter.before({"QueryString": "select 1"}, calls[0])
    meter.before({"QueryString": "select 2"}, calls[1])
    # One was not even taken: a malformed statement.
    meter.accepted({"Error": {}}, calls[0])
    meter.before({"QueryString": "select 3"}, calls[0])
    with pytest.raises(BudgetError):
        meter.before({"QueryString": "select 4"}, calls[2])


def test_a_run_s_record_tells_the_next_run_what_to_expect_and_a_refusal_cannot_be_swallowed(account, bytes_of_a):
    def workspace(lake: str, **environ: str) -> Workspace:
        settings = Settings.resolve(lake=f"s3://{BUCKET}/{lake}", profile="aws", environ=account.environment | environ)
        return Workspace.begin(settings, Output(quiet=True))

    first = workspace("known")
    with reported(first, "build"):
        ask(f"{OF_A_MODEL}select sum(a) from t")
        ask("unload (select a from t) to 's3://metered/unloaded/' with (format = 'PARQUET')")
    athena = json.loads(first.store.read(zones.run_record(first.run_id)))["athena"]
    assert athena["largest"] == {"select int_charges": bytes_of_a, "unload build t": bytes_of_a}
    first.store.write(zones.run_record("20200101T000000Z-broken"), b"{")
    with pytest.raises(CheckFailedError), reported(workspace("known"), "build"):
        raise CheckFailedError("a model failed")
    second = workspace("known", FINOPS_ATHENA_BUDGET="0.00001")
    with pytest.raises(BudgetError) as raised, reported(second, "build") as meter:
        assert meter.known == athena["largest"]
        with contextlib.suppress(BudgetError):
            ask("select sum(a) from t")
        raise CheckFailedError("dbt says that a model failed")
    assert raised.value.exit_code == EXIT_OVER_BUDGET
    third = workspace("known", FINOPS_ATHENA_BUDGET="0.00001")
    with pytest.raises(BudgetError), reported(third, "validate"), contextlib.suppress(BudgetError):
        ask("select sum(a) from t")


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
