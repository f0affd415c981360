import gzip
import json

import pytest

from ingestion.discover import discover
from ingestion.sources import FORMS, form
from lake.tables import BILL_SOURCES
from tests.ingestion.bills import cur2_csv, cur2_parquet, legacy_line, legacy_manifest, legacy_parquet, line


def test_every_registered_source_of_the_lake_has_a_form():
    assert sorted(one.source for one in FORMS) == sorted(BILL_SOURCES)


def test_an_unknown_form_names_the_valid_ones():
    with pytest.raises(KeyError, match="cur2, legacy_cur, focus"):
        form("koku")


def test_a_found_bill_tells_where_it_came_from(bills):
    cur2_csv(bills, [line()], [line()], version="exec-7")
    (bill,) = discover(str(bills)).bills
    assert (bill.source, bill.export_name, bill.billing_period, bill.execution_id) == (
        "cur2",
        "daily",
        "2026-04",
        "exec-7",
    )
    assert [file.key.rpartition("/")[2] for file in bill.files] == ["daily-00001.csv.gz", "daily-00002.csv.gz"]


def test_a_mixed_folder_tells_what_it_read_and_what_not(bills):
    cur2_parquet(bills, [line()])
    legacy_parquet(bills, [legacy_line()])
    hub = bills / "hub"
    cur2_csv(bills, [{"recommendation_id": "r-1", "action_type": "Rightsize"}], export="hub")
    report = bills / "old/monthly/20231101-20231201"
    report.mkdir(parents=True)
    (report / "monthly-1.csv.gz").write_bytes(gzip.compress(b"lineItem/UnblendedCost\n1\n"))
    (bills / "notes.csv").write_text("a,b\n1,2\n")
    (bills / "readme.txt").write_text("hello")
    (bills / ".DS_Store").write_bytes(b"\0")
    found = discover(str(bills))
    assert [(bill.source, bill.export_name) for bill in found.bills] == [("cur2", "daily"), ("legacy_cur", "hourly")]
    assert [(seen.form, seen.where.removeprefix(f"{bills}/")) for seen in found.unsupported] == [
        (
            "Cost Optimization Hub recommendations (Data Exports)",
            "hub/metadata/BILLING_PERIOD=2026-04/hub-Manifest.json",
        ),
        ("a legacy report's month without its manifest", "old/monthly/20231101-20231201"),
        ("no bill that we know", "notes.csv"),
    ]
    assert hub.exists()


def test_a_manifest_without_columns_is_known_by_its_first_file(bills):
    cur2_csv(bills, [line()])
    path = bills / "daily/metadata/BILLING_PERIOD=2026-04/daily-Manifest.json"
    path.write_text(json.dumps({"dataFiles": json.loads(path.read_text())["dataFiles"]}))
    (bill,) = discover(str(bills)).bills
    assert (bill.source, bill.execution_id) == ("cur2", "")


def test_a_legacy_parquet_report_with_a_manifest_is_what_the_manifest_names(bills):
    place = legacy_parquet(bills, [legacy_line()], [legacy_line()])
    named = "hourly/hourly/year=2018/month=10/hourly-00002.snappy.parquet"
    legacy_manifest(bills / "hourly/20181001-20181101", "hourly", [named], contentType="Parquet", assemblyId="a-7")
    found = discover(str(bills))
    (bill,) = found.bills
    assert [file.key for file in bill.files] == [named]
    assert (bill.billing_period, bill.execution_id, found.unsupported) == ("2018-10", "a-7", ())
    assert (place / "hourly-00001.snappy.parquet").exists()


def test_a_month_that_aws_is_still_writing_is_told_beside_the_readable_one(bills):
    cur2_csv(bills, [line()])
    cur2_csv(bills, [line()], period="2026-05")
    (bills / "daily/metadata/BILLING_PERIOD=2026-05/daily-Manifest.json").unlink()
    found = discover(str(bills))
    assert [bill.billing_period for bill in found.bills] == ["2026-04"]
    assert [seen.form for seen in found.unsupported] == ["a Data Exports period without its manifest"]


def test_a_prefix_with_a_folder_called_data_is_no_trouble(bills):
    cur2_csv(bills / "data/BILLING_PERIOD=2020-01/data", [line()])
    (bill,) = discover(str(bills)).bills
    assert len(bill.files) == 1
