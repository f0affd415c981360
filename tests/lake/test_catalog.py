"""Glue follows the pointers: what they name is what Athena sees, and nothing else is touched."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from moto import mock_aws

from ingestion.dictionary import arrow_schema
from lake import zones
from lake.catalog.settle import settle_landing, settle_marts
from lake.catalog.tables import columns_of
from lake.errors import LakeError
from lake.output import Output
from lake.settings import Settings
from lake.store import S3Store
from lake.tables import BILL_SOURCES
from lake.workspace import Workspace

LAKE = "s3://company/lake"


@pytest.fixture
def ws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="company")
        settings = Settings.resolve(lake=LAKE, profile="aws", environ={"AWS_REGION": "us-east-1"})
        begun = Workspace.begin(settings, Output(quiet=True), datetime(2026, 8, 1, tzinfo=UTC))
        made = replace(begun, store=S3Store(client, "company", "lake", tmp_path))
        for source in BILL_SOURCES:
            content = io.BytesIO()
            pq.write_table(arrow_schema(source).empty_table(), content)
            made.store.write(zones.landed_schema(source), content.getvalue())
        yield made


def accept(ws: Workspace, delivery: str, *, period: str = "2026-07", export: str = "daily", before: str = "") -> None:
    """A delivery of 3 lines for 1.50 USD, accepted on the first of August."""

    def files(of: str) -> list[str]:
        return [f"{zones.landed_folder('cur2', period, of)}/part-00000.parquet"]

    for key in files(delivery):
        ws.store.write(key, b"lines")
    record = {
        "delivery_id": delivery,
        "source": "cur2",
        "export_name": export,
        "billing_period": period,
        "accepted_at": "2026-08-01T00:00:00+00:00",
        "files": files(delivery),
        "payers": [
            {
                "billing_account_id": "111111111111",
                "billing_currency": "USD",
                "row_count": 3,
                "unblended_cost": "1.50",
                "billed_cost": None,
                "uninvoiced_count": 3,
            }
        ],
        "invoices": [],
        "accounts": [{"billing_account_id": "111111111111", "sub_account_id": "2" * 12, "usage_from": ""}],
        "turns": [{"delivery_id": delivery, "since": "2026-08-01T06:00:00+00:00"}],
        "previous": {"delivery_id": before, "accepted_at": "then", "files": files(before)} if before else None,
    }
    ws.store.write(zones.current_delivery("cur2", export, period), json.dumps(record).encode())


def partitions(table: str) -> dict[tuple[str, ...], str]:
    glue = boto3.client("glue", region_name="us-east-1")
    found = glue.get_partitions(DatabaseName="finops_landing", TableName=table)["Partitions"]
    return {tuple(one["Values"]): one["StorageDescriptor"]["Location"] for one in found}


def told(ws: Workspace, table: str) -> list[dict[str, Any]]:
    return pq.read_table(ws.store.local_copy(zones.athena_landing(table))).to_pylist()


def test_a_partition_lies_where_the_accepted_delivery_does(ws: Workspace):
    accept(ws, "first")
    accept(ws, "june", period="2026-06", export="other")
    settle_landing(ws)
    assert partitions("cur2") == {
        ("2026-07", "daily"): f"{LAKE}/landing/cur2/billing_period=2026-07/delivery=first/",
        ("2026-06", "other"): f"{LAKE}/landing/cur2/billing_period=2026-06/delivery=june/",
    }
    assert partitions("superseded_cur2") == partitions("focus") == {}


def test_a_newer_delivery_moves_its_partition_and_leaves_the_one_before_in_the_superseded_table(ws: Workspace):
    accept(ws, "first")
    settle_landing(ws)
    accept(ws, "second", before="first")
    settle_landing(ws)
    folder = f"{LAKE}/landing/cur2/billing_period=2026-07"
    assert partitions("cur2") == {("2026-07", "daily"): f"{folder}/delivery=second/"}
    assert partitions("superseded_cur2") == {("2026-07", "daily"): f"{folder}/delivery=first/"}
    (replaced,) = told(ws, "superseded_deliveries")
    assert (replaced["previous_delivery_id"], replaced["current_delivery_id"]) == ("first", "second")
    assert (replaced["previous_accepted_at"], replaced["current_accepted_at"]) == ("then", "2026-08-01T06:00:00+00:00")


def test_a_bill_that_is_taken_out_of_the_lake_is_taken_out_of_the_catalogue(ws: Workspace):
    accept(ws, "first")
    accept(ws, "june", period="2026-06")
    settle_landing(ws)
    ws.store.delete(zones.current_delivery("cur2", "daily", "2026-06"))
    settle_landing(ws)
    assert list(partitions("cur2")) == [("2026-07", "daily")]
    assert [one["delivery_id"] for one in told(ws, "deliveries")] == ["first"]


def test_what_the_pointers_tell_stands_in_small_tables(ws: Workspace):
    accept(ws, "first")
    settle_landing(ws)
    (delivery,) = told(ws, "deliveries")
    assert (delivery["row_count"], delivery["unblended_cost"]) == (3, "1.50")
    assert delivery["billed_cost"] is delivery["invoiced_count"] is None
    (account,) = told(ws, "delivery_accounts")
    assert (account["sub_account_id"], account["usage_from"], account["usage_through"]) == ("2" * 12, "", None)
    assert told(ws, "invoices") == []


def test_a_catalogue_that_is_right_is_not_written_again(ws: Workspace, monkeypatch: pytest.MonkeyPatch):
    accept(ws, "first")
    settle_landing(ws)
    calls: list[str] = []
    send = boto3.Session().client("glue", region_name="us-east-1")._make_api_call.__func__  # type: ignore[attr-defined]

    def noted(self: Any, operation: str, parameters: Any) -> Any:
        calls.append(operation)
        return send(self, operation, parameters)

    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", noted)
    settle_landing(ws)
    assert calls
    assert not [one for one in calls if not one.startswith(("Get", "List"))]


def test_columns_come_from_the_dictionary_of_the_form(ws: Workspace):
    accept(ws, "first")
    settle_landing(ws)
    glue = boto3.client("glue", region_name="us-east-1")
    table = glue.get_table(DatabaseName="finops_landing", Name="focus")["Table"]
    kinds = {one["Name"]: one["Type"] for one in table["StorageDescriptor"]["Columns"]}
    assert kinds["billedcost"] == "decimal(38,10)"
    assert kinds["billingperiodstart"] == "timestamp"
    assert kinds["tags"] == "map<string,string>"
    assert kinds["x_discounts"] == "map<string,double>"


@pytest.mark.parametrize("source", BILL_SOURCES)
def test_no_column_of_a_form_hides_a_partition_key(source: str):
    names = [name for name, _ in columns_of(arrow_schema(source))]
    assert len(set(names)) == len(names)
    assert not {"billing_period", "export_name"} & set(names)


def test_a_type_that_no_table_has_is_refused():
    with pytest.raises(ValueError, match="float"):
        columns_of(pa.schema([("cost", pa.float32())]))


def test_a_file_that_no_delivery_brought_is_refused_before_athena_counts_it(ws: Workspace):
    accept(ws, "first")
    ws.store.write(f"{zones.landed_folder('cur2', '2026-07', 'first')}/copy of part.parquet", b"again")
    with pytest.raises(LakeError, match="did not bring"):
        settle_landing(ws)


def test_two_lakes_do_not_share_one_catalogue(ws: Workspace):
    accept(ws, "first")
    settle_landing(ws)
    other = replace(ws, settings=replace(ws.settings, lake="s3://company/other"))
    with pytest.raises(LakeError, match="belongs to another lake") as refused:
        settle_landing(other)
    assert "FINOPS_GLUE_PREFIX" in refused.value.todo


def test_published_marts_can_be_asked_by_sql(ws: Workspace):
    content = io.BytesIO()
    pq.write_table(pa.table({"x_BillingPeriod": ["2026-07"], "Day": pa.array([None], pa.date32())}), content)
    ws.store.write(zones.published_month("focus_1_2", "2026-07"), content.getvalue())
    settle_marts(ws)
    glue = boto3.client("glue", region_name="us-east-1")
    (table,) = glue.get_tables(DatabaseName="finops_marts")["TableList"]
    assert table["StorageDescriptor"]["Location"] == f"{LAKE}/marts/focus_1_2/"
    columns = [(one["Name"], one["Type"]) for one in table["StorageDescriptor"]["Columns"]]
    assert (columns, table["PartitionKeys"]) == ([("day", "date")], [{"Name": "x_billingperiod", "Type": "string"}])
    (month,) = glue.get_partitions(DatabaseName="finops_marts", TableName="focus_1_2")["Partitions"]
    place = f"{LAKE}/marts/focus_1_2/2026-07/"
    assert (month["Values"], month["StorageDescriptor"]["Location"]) == (["2026-07"], place)


def test_a_table_that_was_not_partitioned_before_is_made_anew(ws: Workspace):
    content = io.BytesIO()
    pq.write_table(pa.table({"x_BillingPeriod": ["2026-07"], "a": [1]}), content)
    ws.store.write(zones.published_month("focus_1_2", "2026-07"), content.getvalue())
    glue = boto3.client("glue", region_name="us-east-1")
    glue.create_database(DatabaseInput={"Name": "finops_marts"})
    glue.create_table(DatabaseName="finops_marts", TableInput={"Name": "focus_1_2"})
    settle_marts(ws)
    (table,) = glue.get_tables(DatabaseName="finops_marts")["TableList"]
    assert [key["Name"] for key in table["PartitionKeys"]] == ["x_billingperiod"]


def test_a_file_beside_a_published_mart_is_refused_before_athena_counts_it(ws: Workspace):
    content = io.BytesIO()
    pq.write_table(pa.table({"a": [1]}), content)
    ws.store.write(zones.published_mart("daily_costs"), content.getvalue())
    ws.store.write(f"{zones.MARTS}/daily_costs/daily_costs (1).parquet", content.getvalue())
    with pytest.raises(LakeError, match="daily_costs holds a file that is no part of it") as refused:
        settle_marts(ws)
    assert refused.value.where.endswith("daily_costs (1).parquet")
