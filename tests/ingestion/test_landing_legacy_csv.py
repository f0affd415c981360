from decimal import Decimal

import pytest

from ingestion.sources import form
from lake.errors import BadBillError
from tests.ingestion.bills import (
    csv_bytes,
    cur2_csv,
    cur2_parquet_bytes,
    legacy_csv,
    legacy_line,
    legacy_manifest,
    legacy_parquet,
    line,
    packed,
    slashed,
)

COST = "line_item_unblended_cost"


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "csv.zip"])
def test_slash_headers_land_in_the_columns_of_legacy_parquet(ending, bills, ingest, landed):
    told = [slashed(legacy_line(line_item_unblended_cost="8.0E-7")), slashed(legacy_line(bill_invoice_id="77"))]
    assert "lineItem/UnblendedCost" in told[0]
    legacy_csv(bills, told[:1], told[1:], ending=ending)
    report = ingest(bills)
    assert landed(f"{COST}, bill_invoice_id, line_item_usage_start_date::varchar, resource_tags") == [
        (Decimal("0.0000008"), "", "2018-10-03 00:00:00", {}),
        (Decimal(1), "77", "2018-10-03 00:00:00", {}),
    ]
    delivery = report.deliveries[0].delivery
    assert (delivery.source, delivery.granularity, delivery.unknown_columns) == ("legacy_cur", "HOURLY", ())
    assert delivery.unblended_cost == Decimal("1.0000008")


def test_snake_case_headers_are_read_as_well(bills, ingest, landed):
    legacy_csv(bills, [legacy_line(line_item_unblended_cost="2.5", resource_tags_user_team="web")])
    ingest(bills)
    assert landed(f"{COST}, resource_tags") == [(Decimal("2.5"), {"user_team": "web"})]


def test_tags_and_cost_categories_fold_as_those_of_parquet(bills, ingest, landed):
    tags = {"resourceTags/user:CostCenter": "42", "resourceTags/aws:createdBy": "", "costCategory/Team": "web"}
    legacy_csv(bills, [{**slashed(legacy_line()), **tags}])
    ingest(bills)
    assert landed("resource_tags, cost_category") == [({"user_cost_center": "42"}, {"team": "web"})]


def test_tag_keys_that_athena_gives_one_name_share_it_and_the_filled_one_counts(bills, ingest, landed):
    keys = ("resourceTags/user:name", "resourceTags/user:Name", "resourceTags/user:-name")
    rows = [("", "upper", ""), ("lower", "", ""), ("", "", "dash"), ("", "", "")]
    legacy_csv(bills, [{**slashed(legacy_line()), **dict(zip(keys, row, strict=True))} for row in rows])
    report = ingest(bills)
    assert landed("coalesce(resource_tags['user_name'], '-')") == [("-",), ("dash",), ("lower",), ("upper",)]
    assert report.deliveries[0].delivery.unknown_columns == ()


def test_savings_plan_columns_get_the_names_that_aws_gives_them():
    name = form("legacy_cur").column_name
    assert name("savingsPlan/SavingsPlanARN") == "savings_plan_savings_plan_a_r_n"
    assert name("product/fromLocationType") == "product_from_location_type"
    assert name("resourceTags/user:Cost  Center-2") == "resource_tags_user_cost_center_2"


def test_only_the_delivery_that_the_newest_manifest_names_is_read(bills, ingest, landed):
    legacy_csv(bills, [slashed(legacy_line(line_item_unblended_cost="100"))], version="old")
    place = legacy_csv(bills, [slashed(legacy_line(line_item_unblended_cost="3"))], version="new")
    legacy_manifest(place / "old", "monthly", ["x/monthly/20181001-20181101/old/monthly-1.csv.gz"])
    legacy_manifest(place / "new", "monthly", ["x/monthly/20181001-20181101/new/monthly-1.csv.gz"])
    report = ingest(bills)
    assert landed(COST) == [(Decimal(3),)]
    assert report.unsupported == ()
    assert report.deliveries[0].delivery.execution_id == "new"


def test_in_overwrite_folders_files_that_the_manifest_does_not_name_are_leftovers(bills, ingest, landed):
    place = legacy_csv(bills, [slashed(legacy_line())])
    (place / "monthly-2.csv.gz").write_bytes(packed(csv_bytes([slashed(legacy_line())]), "csv.gz"))
    report = ingest(bills)
    assert (landed("count(*)"), report.unsupported) == ([(1,)], ())


@pytest.mark.parametrize("prefix", ["/", "", "a/b/20180901-20181001/", "s3-prefix//"])
def test_report_keys_are_found_whatever_the_bucket_called_the_way_to_them(prefix, bills, ingest):
    legacy_csv(bills / "copied", [slashed(legacy_line())], version="v", prefix=prefix)
    assert ingest(bills).row_count == 1


@pytest.mark.parametrize("days", ["20181001-20181031", "20181001-20181101"])
def test_the_month_is_that_of_the_manifest_however_the_folder_names_its_end(days, bills, ingest):
    legacy_csv(bills, [slashed(legacy_line())], days=days)
    assert ingest(bills).deliveries[0].delivery.billing_period == "2018-10"


def test_the_folder_of_a_month_itself_may_be_given(bills, ingest):
    place = legacy_csv(bills, [slashed(legacy_line())], version="v")
    assert ingest(place).row_count == 1


def test_parquet_in_versions_of_a_month_is_read_by_its_manifest(bills, ingest, landed):
    place = bills / "p/20181001-20181101"
    (place / "v2").mkdir(parents=True)
    (place / "v2/p-00001.snappy.parquet").write_bytes(cur2_parquet_bytes([legacy_line(line_item_unblended_cost="4")]))
    legacy_manifest(place, "p", ["/p/20181001-20181101/v2/p-00001.snappy.parquet"], contentType="Parquet")
    ingest(bills)
    assert landed(COST) == [(Decimal(4),)]


def test_csv_and_parquet_of_one_line_land_the_same_row(bills, tmp_path, ingest, landed):
    one = legacy_line(line_item_unblended_cost="0.1234567891", line_item_usage_type="BoxUsage:m5.large")
    columns = f"{COST}, line_item_usage_type, line_item_usage_amount, bill_billing_period_end_date"
    legacy_parquet(bills, [one], report="same")
    ingest(bills)
    parquet = landed(columns)
    legacy_csv(tmp_path / "csv", [slashed(one)], report="same")
    ingest(tmp_path / "csv")
    assert landed(columns) == parquet


def test_one_loose_file_is_a_bill_by_itself(bills, ingest, ws):
    (bills / "october.csv.gz").write_bytes(packed(csv_bytes([slashed(legacy_line())]), "csv.gz"))
    (bills / "notes.csv").write_text("a,b\n1,2\n")
    report = ingest(bills)
    delivery = report.deliveries[0].delivery
    assert (delivery.source, delivery.export_name, delivery.billing_period) == ("legacy_cur", "october", "2018-10")
    assert [seen.form for seen in report.unsupported] == ["no bill that we know"]


def test_a_file_that_is_named_itself_is_read_without_its_neighbours(bills, ingest):
    for name in ("day1.csv", "day2.csv"):
        (bills / name).write_bytes(csv_bytes([slashed(legacy_line())]))
    report = ingest(bills / "day2.csv")
    assert [(one.delivery.export_name, one.delivery.row_count) for one in report.deliveries] == [("day2", 1)]
    assert report.unsupported == ()


def test_one_file_out_of_a_delivery_s_folder_is_refused(bills, ingest):
    legacy_csv(bills, [slashed(legacy_line())], report="monthly")
    with pytest.raises(BadBillError, match="only a part of a month"):
        ingest(next(bills.rglob("*.csv.gz")))


def test_loose_files_of_different_months_are_bills_of_their_own(bills, ingest):
    later = {"bill_billing_period_start_date": "2018-11-01T00:00:00Z"}
    (bills / "a.csv").write_bytes(csv_bytes([slashed(legacy_line())]))
    (bills / "b.parquet").write_bytes(cur2_parquet_bytes([legacy_line(**later)]))
    found = [(one.delivery.export_name, one.delivery.billing_period) for one in ingest(bills).deliveries]
    assert found == [("a", "2018-10"), ("b", "2018-11")]


def test_a_loose_file_of_cur2_is_told_by_its_maps(bills, ingest):
    (bills / "april.csv").write_bytes(csv_bytes([line()]))
    delivery = ingest(bills).deliveries[0].delivery
    assert (delivery.source, delivery.billing_period, delivery.row_count) == ("cur2", "2026-04", 1)


def test_a_loose_file_beside_a_bill_of_aws_is_named_and_not_read(bills, ingest):
    cur2_csv(bills, [line()])
    (bills / "copy.csv").write_bytes(csv_bytes([slashed(legacy_line())]))
    report = ingest(bills)
    assert (report.row_count, [seen.form for seen in report.unsupported]) == (1, ["legacy CUR csv"])


def test_a_loose_file_of_two_months_is_refused(bills, ingest):
    later = slashed(legacy_line(bill_billing_period_start_date="2018-11-01T00:00:00Z"))
    (bills / "year.csv").write_bytes(csv_bytes([slashed(legacy_line()), later]))
    with pytest.raises(BadBillError, match="another billing period"):
        ingest(bills)
