"""Bad bills: one clear error each, exit code 2, and the lake stays byte for byte as it was."""

import gzip
import json
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from ingestion import csv_columns, csv_rows, reading
from ingestion.csv_columns import LandedColumns
from lake.errors import EXIT_BAD_INPUT, BadBillError, LakeError
from tests.ingestion.bills import (
    csv_bytes,
    cur2_csv,
    cur2_parquet,
    cur2_parquet_bytes,
    legacy_csv,
    legacy_line,
    legacy_manifest,
    legacy_parquet,
    line,
    slashed,
)

CHUNK = "daily/data/BILLING_PERIOD=2026-04/daily-00001.csv.gz"
MANIFEST = "daily/metadata/BILLING_PERIOD=2026-04/daily-Manifest.json"


def _chunk(bills, content):
    cur2_csv(bills, [line()])
    (bills / CHUNK).write_bytes(content)


def _named(bills, name, content):
    _chunk(bills, b"")
    (bills / CHUNK).with_name(name).write_bytes(content)
    told = (bills / MANIFEST).read_text()
    (bills / MANIFEST).write_text(told.replace("daily-00001.csv.gz", name))


def truncated_gzip(bills):
    content = gzip.compress(csv_bytes([line(identity_line_item_id=str(i)) for i in range(5000)]))
    _chunk(bills, content[: len(content) // 2])


def gzip_without_its_last_bytes(bills):
    _chunk(bills, gzip.compress(csv_bytes([line()]))[:-4])


def gzip_with_a_flipped_byte(bills):
    content = bytearray(gzip.compress(csv_bytes([line()])))
    content[len(content) // 2] ^= 0xFF
    _chunk(bills, bytes(content))


def plain_text_named_gz(bills):
    _chunk(bills, csv_bytes([line()]))


def gzip_named_csv(bills):
    _named(bills, "daily-00001.csv", gzip.compress(csv_bytes([line()])))


def zip_file(bills):
    _named(bills, "daily-00001.zip", b"PK\x03\x04")


def a_row_with_a_field_less(bills):
    lines = csv_bytes([line(), line(), line()]).decode().splitlines()
    lines[2] = lines[2].rpartition(",")[0]
    _chunk(bills, gzip.compress("\n".join(lines).encode()))


def a_quote_inside_of_a_field(bills):
    content = csv_bytes(
        [line(line_item_usage_type="x"), line(line_item_usage_type="told"), line(line_item_usage_type="x")]
    )
    _chunk(bills, gzip.compress(content.replace(b"told", b'to"ld')))


def a_quote_that_nothing_closes(bills):
    _chunk(bills, gzip.compress(csv_bytes([line(), line()]) + b'"abc'))


def garbage_behind_the_gzip(bills):
    _chunk(bills, gzip.compress(csv_bytes([line()])) + b"garbage")


def a_row_with_a_field_more(bills):
    lines = csv_bytes([line(), line(), line()]).decode().splitlines()
    lines[2] += ",x"
    _chunk(bills, gzip.compress("\n".join(lines).encode()))


def no_bytes(bills):
    _chunk(bills, b"")


def gzip_of_nothing(bills):
    _chunk(bills, gzip.compress(b""))


def no_rows_at_all(bills):
    _chunk(bills, gzip.compress(csv_bytes([], list(line()))))


def a_column_twice(bills):
    _chunk(bills, gzip.compress(csv_bytes([line()]).replace(b"line_item_unblended_rate", b"line_item_unblended_cost")))


def text_in_another_encoding(bills):
    _chunk(bills, gzip.compress(csv_bytes([line(line_item_usage_type="caf\xe9")]).decode().encode("latin-1")))


def csv_without_costs(bills):
    row = line()
    del row["line_item_unblended_cost"]
    cur2_csv(bills, [row])


def parquet_without_costs(bills):
    row = line()
    del row["line_item_unblended_cost"]
    cur2_parquet(bills, [row])


def legacy_parquet_without_currency(bills):
    row = legacy_line()
    del row["line_item_currency_code"]
    legacy_parquet(bills, [row])


def parquet_cut_off(bills):
    path = legacy_parquet(bills, [legacy_line()]) / "hourly-00001.snappy.parquet"
    path.write_bytes(path.read_bytes()[:-200])


def parquet_damaged_inside(bills):
    rows = [legacy_line(line_item_usage_type=f"type {i * 7919}") for i in range(2000)]
    path = legacy_parquet(bills, rows) / "hourly-00001.snappy.parquet"
    content = bytearray(path.read_bytes())
    at = content.index(b"type 0")
    content[at - 40 : at + 400] = b"\xff" * 440
    path.write_bytes(bytes(content))


def text_named_parquet(bills):
    (legacy_parquet(bills, [legacy_line()]) / "hourly-00002.snappy.parquet").write_text("hello, this is no Parquet")


def manifest_naming_an_absent_file(bills):
    cur2_csv(bills, [line()])
    (bills / CHUNK).unlink()


def manifest_that_is_not_json(bills):
    cur2_csv(bills, [line()])
    (bills / MANIFEST).write_text("{'executionId': ")


def manifest_without_data_files(bills):
    cur2_csv(bills, [line()])
    (bills / MANIFEST).write_text(json.dumps({"executionId": "x"}))


def manifest_that_is_a_list(bills):
    cur2_csv(bills, [line()])
    (bills / MANIFEST).write_text("[]")


def manifest_that_leaves_its_export(bills):
    cur2_csv(bills, [line()])
    uri = "s3://b/daily/data/BILLING_PERIOD=2026-04/../../../secret.csv.gz"
    (bills / MANIFEST).write_text(json.dumps({"dataFiles": [uri]}))


def manifest_of_another_partition(bills):
    cur2_csv(bills, [line()])
    uri = "s3://b/daily/data/BILLING_PERIOD=2026-03/daily-00001.csv.gz"
    (bills / MANIFEST).write_text(json.dumps({"dataFiles": [uri]}))


def manifest_naming_a_file_twice(bills):
    cur2_csv(bills, [line()])
    uri = "s3://b/daily/data/BILLING_PERIOD=2026-04/daily-00001.csv.gz"
    (bills / MANIFEST).write_text(json.dumps({"dataFiles": [uri, uri]}))


def rows_of_another_month(bills):
    cur2_csv(bills, [line(), line(bill_billing_period_start_date="2026-03-01T00:00:00.000Z")])


def account_damaged_by_a_spreadsheet(bills):
    cur2_csv(bills, [line(), line(line_item_usage_account_id="8.36E+11")])


def account_of_thirteen_digits(bills):
    cur2_csv(bills, [line(bill_payer_account_id="1234567890123")])


def account_that_lost_its_zero(bills):
    cur2_csv(bills, [line(line_item_usage_account_id="11254002932")])


def cost_that_is_no_number(bills):
    cur2_csv(bills, [line(), line(), line(line_item_unblended_cost="12,50")])


def cost_that_is_blank(bills):
    cur2_csv(bills, [line(line_item_unblended_cost=None)])


def cost_that_is_not_a_number_in_parquet(bills):
    legacy_parquet(bills, [legacy_line(line_item_unblended_cost="nan")])


def another_cost_that_is_no_number(bills):
    cur2_csv(bills, [line(pricing_public_on_demand_cost="1.0"), line(pricing_public_on_demand_cost="n/a")])


def tags_that_are_not_json(bills):
    cur2_csv(bills, [line(resource_tags='{"user_team":')])


def two_folders_of_one_export_and_month(bills):
    cur2_csv(bills / "a", [line()])
    cur2_csv(bills / "b", [line(line_item_unblended_cost="2.0")])


def one_execution_of_two_exports(bills):
    cur2_csv(bills, [line()], export="daily", version="e-1")
    cur2_csv(bills, [line()], export="copy", version="e-1")


def currency_that_changes_within_a_month(bills):
    cur2_csv(bills, [line(), line(line_item_currency_code="EUR")])


def usage_of_another_year(bills):
    cur2_csv(bills, [line(), line(line_item_usage_start_date="1970-01-01T00:00:00.000Z")])


def usage_after_its_month(bills):
    cur2_csv(bills, [line(line_item_usage_start_date="2026-05-03T00:00:00.000Z")])


def fee_of_a_far_future(bills):
    cur2_csv(bills, [line(line_item_line_item_type="Fee", line_item_usage_start_date="2062-04-03T00:00:00.000Z")])


def a_spreadsheet(bills):
    (bills / "costs.csv").write_text("Account ID,Amount\n1,2\n")


def focus(bills):
    (bills / "focus.csv").write_text("BilledCost,ChargePeriodStart\n1,2\n")


def legacy_csv_without_its_columns(bills):
    legacy_csv(bills, [{"identity/LineItemId": "1", "lineItem/UnblendedCost": "2"}])


def legacy_manifest_naming_an_absent_file(bills):
    (legacy_csv(bills, [slashed(legacy_line())]) / "monthly-1.csv.gz").unlink()


def legacy_manifest_naming_a_file_elsewhere(bills):
    legacy_manifest(legacy_csv(bills, [slashed(legacy_line())]), "monthly", ["monthly/20181101-20181201/m-1.csv.gz"])


def legacy_manifest_naming_a_file_twice(bills):
    name = "monthly/20181001-20181101/monthly-1.csv.gz"
    legacy_manifest(legacy_csv(bills, [slashed(legacy_line())]), "monthly", [name, f"/{name}"])


def legacy_manifest_without_report_keys(bills):
    legacy_manifest(legacy_csv(bills, [slashed(legacy_line())]), "monthly", [])


def legacy_manifest_without_its_month(bills):
    legacy_csv(bills, [slashed(legacy_line())], billingPeriod={"start": "soon"})


def legacy_manifest_that_is_not_json(bills):
    (legacy_csv(bills, [slashed(legacy_line())]) / "monthly-Manifest.json").write_text("[" * 100_000)


def legacy_rows_of_another_month(bills):
    legacy_csv(bills, [slashed(legacy_line())], billingPeriod={"start": "20181101T000000.000Z"})


def legacy_amounts_twice(bills):
    legacy_csv(bills, [{**slashed(legacy_line()), "lineItem/UnblendedCost": "1", "lineItem/unblendedCost": "2"}])


def legacy_report_that_aws_is_still_writing(bills):
    (legacy_csv(bills, [slashed(legacy_line())], version="a") / "monthly-Manifest.json").unlink()


def zip_that_is_cut_off(bills):
    path = legacy_csv(bills, [slashed(legacy_line())], ending="csv.zip") / "monthly-1.csv.zip"
    path.write_bytes(path.read_bytes()[:-30])


def zip_with_a_flipped_byte(bills):
    path = legacy_csv(bills, [slashed(legacy_line())], ending="csv.zip") / "monthly-1.csv.zip"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(bytes(content))


def zip_of_two_files(bills):
    path = legacy_csv(bills, [slashed(legacy_line())], ending="csv.zip") / "monthly-1.csv.zip"
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("second.csv", "a,b\n")


def zip_whose_row_has_a_field_more(bills):
    path = legacy_csv(bills, [slashed(legacy_line())], ending="csv.zip") / "monthly-1.csv.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("report.csv", csv_bytes([slashed(legacy_line())]).rstrip() + b",x\n")


def gzip_named_zip(bills):
    path = legacy_csv(bills, [slashed(legacy_line())], ending="csv.zip") / "monthly-1.csv.zip"
    path.write_bytes(gzip.compress(csv_bytes([slashed(legacy_line())])))


def zip_named_gz(bills):
    path = legacy_csv(bills, [slashed(legacy_line())]) / "monthly-1.csv.gz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("report.csv", csv_bytes([slashed(legacy_line())]))


def parquet_named_gz(bills):
    _chunk(bills, cur2_parquet_bytes([line()]))


def csv_named_parquet(bills):
    place = cur2_parquet(bills, [line()])
    (place / "daily-00001.snappy.parquet").write_bytes(gzip.compress(csv_bytes([line()])))


def account_damaged_in_a_legacy_report(bills):
    legacy_csv(bills, [slashed(legacy_line()) | {"lineItem/UsageAccountId": "8.36E+11"}], ending="csv.zip")


def account_damaged_in_parquet(bills):
    cur2_parquet(bills, [line(), line(bill_payer_account_id="8.36E+11")])


def currency_that_changes_in_parquet(bills):
    cur2_parquet(bills, [line(), line(line_item_currency_code="EUR")])


def usage_of_another_year_in_parquet(bills):
    cur2_parquet(bills, [line(), line(line_item_usage_start_date="1970-01-01T00:00:00.000Z")])


def usage_of_another_year_in_zip(bills):
    times = {"lineItem/UsageStartDate": "2062-10-03T00:00:00Z"}
    legacy_csv(bills, [slashed(legacy_line()) | times], ending="csv.zip")


def two_loose_files_of_one_month(bills):
    (bills / "day1.csv").write_bytes(csv_bytes([slashed(legacy_line())]))
    (bills / "day2.csv").write_bytes(csv_bytes([slashed(legacy_line())]))


def a_delivery_that_aws_is_still_writing(bills):
    cur2_csv(bills, [line()])
    (bills / MANIFEST).unlink()


def an_empty_folder(bills):
    pass


def an_absent_folder(bills):
    bills.rmdir()


def a_file_that_is_no_bill(bills):
    bills.rmdir()
    bills.write_text("a,b\n")


BAD = {
    truncated_gzip: "damaged or cut off.*daily-00001.csv.gz",
    gzip_without_its_last_bytes: "damaged or cut off.*daily-00001.csv.gz",
    gzip_with_a_flipped_byte: "damaged or cut off.*daily-00001.csv.gz",
    plain_text_named_gz: "named .gz but is not compressed.*daily-00001.csv.gz",
    gzip_named_csv: "not named .gz.*daily-00001.csv",
    zip_file: "kind that cannot be read.*daily-00001.zip",
    a_row_with_a_field_less: "row 2 below the header has 14 fields where the header has 15.*daily-00001",
    a_row_with_a_field_more: "row 2 below the header has 16 fields where the header has 15.*daily-00001",
    a_quote_inside_of_a_field: "row 2 below the header has a quote inside of a field.*daily-00001",
    a_quote_that_nothing_closes: "row 3 below the header has a quote that nothing closes.*daily-00001",
    garbage_behind_the_gzip: "damaged or cut off.*daily-00001.csv.gz",
    no_bytes: "is empty.*daily-00001.csv.gz",
    gzip_of_nothing: "is empty.*daily-00001.csv.gz",
    no_rows_at_all: "daily of 2026-04 has no rows.*daily-00001.csv.gz",
    a_column_twice: "columns twice: line_item_unblended_cost.*daily-00001.csv.gz",
    text_in_another_encoding: "cannot be read.*daily-00001.csv.gz",
    csv_without_costs: "lacks required columns of a bill: line_item_unblended_cost.*daily-00001.csv.gz",
    parquet_without_costs: "lacks required columns of a bill: line_item_unblended_cost.*daily-00001.snappy.parquet",
    legacy_parquet_without_currency: "lacks required columns of a bill: line_item_currency_code.*hourly-00001",
    parquet_cut_off: "damaged.*hourly-00001.snappy.parquet",
    parquet_damaged_inside: "cannot be read.*hourly-00001.snappy.parquet",
    text_named_parquet: "named Parquet but is not.*hourly-00002.snappy.parquet",
    manifest_naming_an_absent_file: "not there: data/BILLING_PERIOD=2026-04/daily-00001.csv.gz.*Manifest.json",
    manifest_that_is_not_json: "not JSON.*daily-Manifest.json",
    manifest_without_data_files: "lacks its list of dataFiles.*daily-Manifest.json",
    manifest_that_is_a_list: "lacks its list of dataFiles.*daily-Manifest.json",
    manifest_that_leaves_its_export: "outside of its export.*daily-Manifest.json",
    manifest_of_another_partition: "another partition.*daily-Manifest.json",
    manifest_naming_a_file_twice: "a file twice.*daily-Manifest.json",
    rows_of_another_month: "another billing period.*daily-00001.csv.gz.* row 2 .*2026-03-01",
    account_damaged_by_a_spreadsheet: r"twelve digits.*daily-00001.*line_item_usage_account_id, row 2 .*8\.36E\+11",
    account_of_thirteen_digits: "twelve digits.*bill_payer_account_id, row 1 .*1234567890123",
    account_that_lost_its_zero: "twelve digits.*line_item_usage_account_id, row 1 .*'11254002932'",
    cost_that_is_no_number: "cost cannot be read.*daily-00001.*line_item_unblended_cost, row 3 .*'12,50'",
    cost_that_is_blank: "cost cannot be read.*line_item_unblended_cost, row 1 .*nothing",
    cost_that_is_not_a_number_in_parquet: "cost cannot be read.*line_item_unblended_cost, row 1 .*'nan'",
    another_cost_that_is_no_number: "as decimal.*daily-00001.*pricing_public_on_demand_cost, row 2 .*'n/a'",
    tags_that_are_not_json: "as map.*daily-00001.*resource_tags, row 1 ",
    two_folders_of_one_export_and_month: "Two bills claim to be daily of 2026-04.*a/daily.*b/daily",
    one_execution_of_two_exports: "Two exports claim one delivery of 2026-04, e-1.*(copy|daily)-Manifest.json and .*/",
    currency_that_changes_within_a_month: "payer 099887766554 has lines in EUR and USD.*00001.csv.gz.*currency_code",
    usage_of_another_year: "no bill of 2026-04.*daily-00001.*line_item_usage_start_date, row 2 .*1970-01-01",
    usage_after_its_month: "no bill of 2026-04.*daily-00001.*line_item_usage_start_date, row 1 .*2026-05-03",
    fee_of_a_far_future: "no bill of 2026-04.*daily-00001.*line_item_usage_start_date, row 1 .*2062-04-03",
    a_spreadsheet: "no bill that we know at .*costs.csv",
    focus: "FOCUS at .*focus.csv",
    legacy_csv_without_its_columns: "lacks required columns of a bill: bill_billing_period_start_date.*monthly-1.csv",
    legacy_manifest_naming_an_absent_file: "not there: some/prefix/monthly/20181001-20181101/monthly-1.*Manifest.json",
    legacy_manifest_naming_a_file_elsewhere: "not there: monthly/20181101-20181201/m-1.csv.gz.*Manifest.json",
    legacy_manifest_naming_a_file_twice: "a file twice.*monthly-Manifest.json",
    legacy_manifest_without_report_keys: "lacks its list of reportKeys.*monthly-Manifest.json",
    legacy_manifest_without_its_month: "does not tell its billing period: 'soon'.*monthly-Manifest.json",
    legacy_manifest_that_is_not_json: "not JSON.*monthly-Manifest.json",
    legacy_rows_of_another_month: "folder of 2018-11 .*monthly-1.csv.gz.* row 1 .*2018-10-01",
    legacy_amounts_twice: "columns twice: line_item_unblended_cost.*monthly-1.csv.gz",
    legacy_report_that_aws_is_still_writing: "month without its manifest at .*monthly/20181001-20181101",
    zip_that_is_cut_off: "zip file cannot be used.*monthly-1.csv.zip",
    zip_with_a_flipped_byte: "zip file cannot be used.*monthly-1.csv.zip",
    zip_of_two_files: "it holds 2 files.*monthly-1.csv.zip",
    zip_whose_row_has_a_field_more: "row 1 below the header has .* fields where the header has .*monthly-1.csv.zip",
    gzip_named_zip: "zip file cannot be used.*monthly-1.csv.zip",
    zip_named_gz: "named .gz but is not compressed.*monthly-1.csv.gz",
    parquet_named_gz: "named .gz but is not compressed.*daily-00001.csv.gz",
    csv_named_parquet: "named Parquet but is not.*daily-00001.snappy.parquet",
    account_damaged_in_a_legacy_report: r"twelve digits.*monthly-1.*line_item_usage_account_id, row 1 .*8\.36E\+11",
    account_damaged_in_parquet: r"twelve digits.*daily-00001.*bill_payer_account_id, row 2 .*8\.36E\+11",
    currency_that_changes_in_parquet: "payer 099887766554 has lines in EUR and USD.*00001.*currency_code",
    usage_of_another_year_in_parquet: "no bill of 2026-04.*daily-00001.*usage_start_date, row 2 .*1970-01-01",
    usage_of_another_year_in_zip: "no bill of 2018-10.*monthly-1.*usage_start_date, row 1 .*2062-10-03",
    two_loose_files_of_one_month: "2 files of 2018-10 lie here without a manifest.*day1.csv.*day2.csv",
    a_delivery_that_aws_is_still_writing: "without its manifest at .*daily/data/BILLING_PERIOD=2026-04",
    an_empty_folder: "folder is empty.*bills",
    an_absent_folder: "does not exist.*bills",
    a_file_that_is_no_bill: "no bill in this folder.*",
}


@pytest.mark.parametrize("make", BAD, ids=lambda make: make.__name__)
def test_bad_bill_is_refused_and_the_lake_stays_as_it_was(make, bills, tmp_path, ingest, lake_bytes):
    good = tmp_path / "good"
    cur2_csv(good, [line(line_item_unblended_cost="5.0")])
    ingest(good)
    before = lake_bytes()
    make(bills)
    with pytest.raises(BadBillError) as caught:
        ingest(bills)
    assert caught.value.exit_code == EXIT_BAD_INPUT
    assert re.search(BAD[make], str(caught.value)), str(caught.value)
    assert lake_bytes() == before


def test_one_bad_bill_keeps_the_good_ones_of_its_folder_out(bills, ingest, lake_bytes):
    cur2_csv(bills, [line()], export="good")
    cur2_csv(bills, [line(line_item_unblended_cost="oops")], export="worse")
    with pytest.raises(BadBillError, match="worse"):
        ingest(bills)
    assert lake_bytes() == {}


def test_an_export_that_changes_while_it_is_read_is_refused(bills, ingest, lake_bytes, monkeypatch):
    place = cur2_csv(bills, [line()])
    whole = LandedColumns.of

    def overwritten(*arguments):
        (place / "daily-00001.csv.gz").write_bytes(gzip.compress(csv_bytes([line(), line()])))
        return whole(*arguments)

    monkeypatch.setattr(LandedColumns, "of", overwritten)
    with pytest.raises(BadBillError, match=r"disagree|still being written"):
        ingest(bills)
    assert lake_bytes() == {}


def test_a_manifest_that_comes_while_its_bill_is_read_is_not_overlooked(bills, ingest, lake_bytes, monkeypatch):
    cur2_csv(bills, [line()])
    whole = LandedColumns.of

    def delivered_again(*arguments):
        cur2_csv(bills, [line(), line()], version="later")
        return whole(*arguments)

    monkeypatch.setattr(LandedColumns, "of", delivered_again)
    with pytest.raises(BadBillError, match=r"daily of 2026-04 is still being written.*daily-Manifest.json"):
        ingest(bills)
    assert lake_bytes() == {}


def test_what_aws_bills_late_or_ahead_is_taken(bills, ingest):
    starts = [
        ("Usage", "2026-03-31T23:00:00.000Z"),
        ("Usage", "2025-06-01T00:00:00.000Z"),
        ("Refund", "2023-04-01T00:00:00.000Z"),
        ("RIFee", "2026-05-01T00:00:00.000Z"),
    ]
    cur2_csv(bills, [line(line_item_line_item_type=kind, line_item_usage_start_date=at) for kind, at in starts])
    assert ingest(bills).row_count == 4


DISAGREE = r"disagree.* 3 rows 3\.0000000000 USD.* 2 rows 2\.0000000000 USD"


def test_rows_of_a_csv_lost_while_landing_are_noticed(bills, ingest, lake_bytes, monkeypatch):
    whole = LandedColumns.of
    monkeypatch.setattr(LandedColumns, "of", lambda *arguments: whole(*arguments).slice(0, 2))
    cur2_csv(bills, [line(), line(), line()])
    with pytest.raises(BadBillError, match=DISAGREE):
        ingest(bills)
    assert lake_bytes() == {}


def test_rows_of_parquet_lost_while_landing_are_noticed(bills, ingest, lake_bytes, monkeypatch):
    whole = reading.landed_select
    monkeypatch.setattr(reading, "landed_select", lambda *arguments: whole(*arguments) + " limit 2")
    cur2_parquet(bills, [line(), line(), line()])
    with pytest.raises(BadBillError, match=DISAGREE):
        ingest(bills)
    assert lake_bytes() == {}


def test_rows_of_a_csv_lost_by_its_reader_are_noticed(bills, ingest, lake_bytes, monkeypatch):
    whole = csv_rows._batches
    monkeypatch.setattr(csv_rows, "_batches", lambda *arguments: (batch.slice(1) for batch in whole(*arguments)))
    cur2_csv(bills, [line(), line(), line()])
    with pytest.raises(BadBillError, match=r"disagree.* 3 rows by its line ends, 2 were read.*daily-00001"):
        ingest(bills)
    assert lake_bytes() == {}


def test_an_amount_bent_while_landing_is_noticed(bills, ingest, lake_bytes, monkeypatch):
    whole = csv_columns.spread
    money = pa.decimal128(38, 10)

    def bent(at, values):
        if values.type == money:
            values = pa.array([None if one is None else one + Decimal("1e-10") for one in values.to_pylist()], money)
        return whole(at, values)

    monkeypatch.setattr(csv_columns, "spread", bent)
    cur2_csv(bills, [line(), line(), line()])
    with pytest.raises(BadBillError, match=r"disagree.* 3 rows 3\.0000000000 USD.* 3 rows 3\.0000000003 USD"):
        ingest(bills)
    assert lake_bytes() == {}


def test_a_lake_that_cannot_be_written_midway_is_left_without_new_files(bills, ws, ingest, lake_bytes, monkeypatch):
    cur2_csv(bills, [line()], [line()])
    whole = type(ws.store).upload

    def fail(self, path: Path, key: str) -> None:
        if key.endswith("part-00001.parquet"):
            raise OSError(28, "No space left on device")
        whole(self, path, key)

    monkeypatch.setattr(type(ws.store), "upload", fail)
    with pytest.raises(LakeError, match="No space left"):
        ingest(bills)
    assert lake_bytes() == {}
