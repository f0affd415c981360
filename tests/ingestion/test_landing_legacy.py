from decimal import Decimal

import pytest

from ingestion.deliveries import current_deliveries
from lake.errors import BadBillError
from tests.ingestion.bills import MEMBER, cur2_csv, legacy_line, legacy_parquet, line


def test_tag_columns_fold_into_one_map_with_the_keys_of_cur2(bills, ingest, landed):
    legacy_parquet(
        bills,
        [
            legacy_line(resource_tags_user_cost_center="42", resource_tags_aws_created_by="", cost_category_team="web"),
            legacy_line(resource_tags_user_cost_center="", resource_tags_aws_created_by="me", cost_category_team=""),
        ],
    )
    report = ingest(bills)
    assert landed("resource_tags, cost_category", order="resource_tags['user_cost_center'] nulls last") == [
        ({"user_cost_center": "42"}, {"team": "web"}),
        ({"aws_created_by": "me"}, {}),
    ]
    assert report.deliveries[0].delivery.unknown_columns == ()


def test_columns_that_repeat_the_folder_s_name_are_not_named_as_unknown(bills, ingest):
    legacy_parquet(bills, [legacy_line(year="2018", month="10", line_item_surprise="1")])
    assert ingest(bills).deliveries[0].delivery.unknown_columns == ("line_item_surprise",)


def test_a_report_without_tags_lands_empty_maps(bills, ingest, landed):
    legacy_parquet(bills, [legacy_line()])
    ingest(bills)
    assert landed("resource_tags, cost_category") == [({}, {})]


def test_blank_text_and_zero_stay_as_aws_wrote_them(bills, ingest, landed):
    legacy_parquet(bills, [legacy_line(bill_invoice_id="", reservation_effective_cost="0.0")])
    ingest(bills)
    assert landed("bill_invoice_id, reservation_effective_cost, line_item_usage_account_id") == [
        ("", Decimal(0), MEMBER)
    ]


def test_columns_that_come_and_go_between_files_of_a_month(bills, ingest, landed):
    legacy_parquet(
        bills,
        [legacy_line(line_item_unblended_cost="1", product_workload_type="old")],
        [legacy_line(line_item_unblended_cost="2", product_category="new", resource_tags_user_late="x")],
    )
    report = ingest(bills)
    assert landed("line_item_unblended_cost, product_category, resource_tags") == [
        (Decimal(1), None, {}),
        (Decimal(2), "new", {"user_late": "x"}),
    ]
    assert "product_category" not in report.deliveries[0].delivery.missing_columns


def test_period_comes_from_folders_with_and_without_a_zero(bills, ingest, ws):
    legacy_parquet(bills, [legacy_line()])
    january = {"bill_billing_period_start_date": "2019-01-01T00:00:00Z"}
    legacy_parquet(bills, [legacy_line(**january)], year=2019, month=1)
    legacy_parquet(bills, [legacy_line(**january)], year=2019, month="01", report="other")
    ingest(bills)
    found = [(one.export_name, one.billing_period, one.granularity) for one in current_deliveries(ws.store)]
    assert found == [("hourly", "2018-10", "HOURLY"), ("hourly", "2019-01", "HOURLY"), ("other", "2019-01", "HOURLY")]


def test_the_month_folder_itself_may_be_given(bills, ingest):
    place = legacy_parquet(bills, [legacy_line()])
    delivery = ingest(place).deliveries[0].delivery
    assert (delivery.export_name, delivery.billing_period) == ("hourly", "2018-10")


def test_rows_of_another_month_are_refused(bills, ingest):
    legacy_parquet(bills, [legacy_line()], month=11)
    with pytest.raises(BadBillError, match=r"folder of 2018-11 .* another billing period") as caught:
        ingest(bills)
    assert "hourly-00001.snappy.parquet" in caught.value.where


def test_both_forms_in_one_folder_are_both_found(bills, ingest, ws):
    legacy_parquet(bills, [legacy_line()])
    cur2_csv(bills, [line()])
    report = ingest(bills)
    assert [one.delivery.source for one in report.deliveries] == ["cur2", "legacy_cur"]
    assert report.unsupported == ()
