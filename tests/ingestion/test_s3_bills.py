from decimal import Decimal
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from ingestion.deliveries import current_deliveries
from lake.errors import BadBillError
from tests.ingestion.bills import cur2_csv, legacy_csv, legacy_line, legacy_parquet, line, slashed


@pytest.fixture
def bucket(monkeypatch, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="bills")
        yield client


def _upload(client, folder, prefix):
    for path in Path(folder).rglob("*"):
        if path.is_file():
            client.put_object(
                Bucket="bills", Key=f"{prefix}/{path.relative_to(folder).as_posix()}", Body=path.read_bytes()
            )


def test_bills_under_a_prefix_are_read_like_those_of_a_folder(bucket, bills, ingest, ws):
    cur2_csv(bills, [line(line_item_unblended_cost="1.25")], version="exec-1")
    legacy_parquet(bills, [legacy_line(line_item_unblended_cost="2.5")])
    _upload(bucket, bills, "exports/aws")
    _upload(bucket, bills, "exports/aws-old")
    report = ingest("s3://bills/exports/aws")
    assert [(one.delivery.source, one.delivery.unblended_cost) for one in report.deliveries] == [
        ("cur2", Decimal("1.25")),
        ("legacy_cur", Decimal("2.5")),
    ]
    assert report.bills == "s3://bills/exports/aws"
    assert report.deliveries[0].delivery.source_files[0].key.startswith("daily/data/BILLING_PERIOD=2026-04/")
    assert len(current_deliveries(ws.store)) == 2


def test_a_legacy_report_is_found_by_its_manifest_under_any_prefix(bucket, bills, ingest):
    legacy_csv(bills, [slashed(legacy_line(line_item_unblended_cost="9"))], version="old")
    legacy_csv(bills, [slashed(legacy_line(line_item_unblended_cost="2.5"))], version="new", ending="csv.zip")
    _upload(bucket, bills, "somewhere/else")
    for prefix in ("s3://bills/somewhere/else", "s3://bills/somewhere/else/monthly/20181001-20181101"):
        report = ingest(prefix)
        assert (report.row_count, report.unblended_cost, report.unsupported) == (1, Decimal("2.5"), ())


def test_an_unchanged_bill_in_s3_is_not_downloaded_again(bucket, bills, ingest, monkeypatch):
    cur2_csv(bills, [line()])
    _upload(bucket, bills, "cur")
    ingest("s3://bills/cur")
    from ingestion.bills import BillFolder

    read = []
    whole = BillFolder.path
    monkeypatch.setattr(BillFolder, "path", lambda self, key: read.append(key) or whole(self, key))
    assert not ingest("s3://bills/cur/").deliveries[0].is_new
    assert {key.rpartition("/")[2] for key in read} == {"daily-Manifest.json"}


def test_a_changed_bill_in_s3_is_read_again(bucket, bills, ingest):
    cur2_csv(bills, [line()])
    _upload(bucket, bills, "cur")
    ingest("s3://bills/cur")
    cur2_csv(bills, [line(line_item_unblended_cost="7.5")])
    _upload(bucket, bills, "cur")
    assert ingest("s3://bills/cur").unblended_cost == Decimal("7.5")


@pytest.mark.parametrize(
    ("address", "told"),
    [("s3://bills/nothing", "empty"), ("s3://no-such-bucket/x", "cannot be listed"), ("s3://", "no bucket")],
)
def test_an_address_without_bills_is_named(bucket, ingest, address, told):
    with pytest.raises(BadBillError, match=told) as caught:
        ingest(address)
    assert caught.value.where.startswith("s3://")
