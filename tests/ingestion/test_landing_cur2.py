import gzip
import json
from datetime import datetime
from decimal import Decimal

import duckdb
import pytest

from ingestion.deliveries import current_deliveries
from ingestion.dictionary import landed_columns
from lake import zones
from tests.ingestion.bills import MEMBER, PAYER, csv_bytes, cur2_csv, cur2_parquet, line


def test_csv_costs_are_exact_decimals_even_in_e_notation(bills, ingest, landed):
    costs = ["-7.0E-10", "0.1", "0.2", "1234567.1234567891", "123456789012.1234567891", "0.0"]
    cur2_csv(bills, [line(line_item_unblended_cost=cost) for cost in costs])
    report = ingest(bills)
    assert [row[0] for row in landed("line_item_unblended_cost")] == sorted(Decimal(cost) for cost in costs)
    assert report.unblended_cost == sum(map(Decimal, costs))


def test_parquet_doubles_land_as_the_decimal_aws_meant(bills, ingest, landed):
    # Cast directly, the large one would carry the double's binary tail in its last digits.
    cur2_parquet(bills, [line(line_item_unblended_cost=cost) for cost in ("0.1", "98765432.12345678", "-7e-10")])
    ingest(bills)
    assert landed("line_item_unblended_cost") == [
        (Decimal("-7E-10"),),
        (Decimal("0.1"),),
        (Decimal("98765432.12345678"),),
    ]


@pytest.mark.parametrize("write", [cur2_csv, cur2_parquet])
def test_every_column_lands_with_its_declared_type_in_the_declared_order(bills, ingest, ws, write):
    write(bills, [line()])
    ingest(bills)
    (delivery,) = current_deliveries(ws.store)
    for path in (delivery.files[0], zones.landed_schema("cur2")):
        described = duckdb.execute(
            f"describe from read_parquet('{ws.store.location(path)}', hive_partitioning = false)"
        ).fetchall()
        types = [(name, kind.lower().replace(", ", ",")) for name, kind, *_ in described]
        assert types == list(landed_columns("cur2"))


def test_columns_are_read_by_name_whatever_their_order(bills, ingest, landed):
    row = line(line_item_unblended_cost="3.5")
    cur2_csv(bills, [row], header=list(reversed(row)))
    ingest(bills)
    assert landed("line_item_unblended_cost, line_item_usage_account_id") == [(Decimal("3.5"), MEMBER)]


def test_leading_zeros_of_account_ids_are_kept(bills, ingest, landed):
    cur2_csv(bills, [line()])
    ingest(bills)
    assert landed("bill_payer_account_id, line_item_usage_account_id") == [(PAYER, MEMBER)]


@pytest.mark.parametrize("write", [cur2_csv, cur2_parquet])
def test_map_columns_land_as_maps(bills, ingest, landed, write):
    tags, discount = json.dumps({"user_team": "a,b", "aws_created_by": ""}), json.dumps({"edp": -0.25})
    write(bills, [line(resource_tags=tags, discount=discount)])
    ingest(bills)
    assert landed("resource_tags, discount") == [({"user_team": "a,b", "aws_created_by": ""}, {"edp": -0.25})]


def test_missing_columns_become_typed_nulls_and_unknown_ones_are_told_but_not_kept(bills, ingest, landed, ws):
    cur2_csv(bills, [line(line_item_surprise="x")])
    report = ingest(bills)
    delivery = report.deliveries[0].delivery
    assert delivery.unknown_columns == ("line_item_surprise",)
    assert "reservation_effective_cost" in delivery.missing_columns
    assert landed("reservation_effective_cost, typeof(reservation_effective_cost)") == [(None, "DECIMAL(38,10)")]
    with pytest.raises(duckdb.BinderException):
        landed("line_item_surprise")


def test_blank_and_quoted_blank_text_stay_apart_and_neither_is_a_number(bills, ingest, landed):
    cur2_csv(
        bills,
        [line(bill_invoice_id="", line_item_tax_type=None, line_item_blended_cost="", line_item_usage_amount=None)],
    )
    ingest(bills)
    assert landed("bill_invoice_id, line_item_tax_type, line_item_blended_cost, line_item_usage_amount") == [
        ("", None, None, None)
    ]


def test_rates_that_aws_writes_as_text_stay_text(bills, ingest, landed):
    cur2_csv(bills, [line(line_item_unblended_rate="0.0850000000")])
    ingest(bills)
    assert landed("line_item_unblended_rate") == [("0.0850000000",)]


@pytest.mark.parametrize("write", [cur2_csv, cur2_parquet])
def test_times_land_in_utc_on_a_machine_in_tokyo(bills, ingest, landed, monkeypatch, write):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    write(bills, [line(line_item_usage_start_date="2026-04-30T23:00:00.000Z")])
    ingest(bills)
    assert landed("line_item_usage_start_date") == [(datetime(2026, 4, 30, 23, 0),)]  # noqa: DTZ001


def test_line_breaks_commas_and_quotes_inside_a_field_are_kept(bills, ingest, landed):
    text = 'first "line",\nsecond'
    cur2_csv(bills, [line(line_item_line_item_description=text), line(line_item_line_item_description="b")])
    ingest(bills)
    assert landed("line_item_line_item_description") == [("b",), (text,)]


def test_only_files_named_in_the_manifest_are_read(bills, ingest):
    place = cur2_csv(bills, [line(line_item_unblended_cost="1.0")], version="exec-1")
    older = place.parent / "2026-04-15T00:00:00.000Z-exec-0"
    older.mkdir()
    (older / "daily-00001.csv.gz").write_bytes(gzip.compress(csv_bytes([line(line_item_unblended_cost="99.0")])))
    (place / "daily-00002.csv.gz").write_bytes(b"")
    report = ingest(bills)
    assert (report.row_count, report.unblended_cost) == (1, Decimal(1))


def test_the_manifest_of_one_execution_is_not_a_second_bill(bills, ingest):
    cur2_csv(bills, [line()], version="exec-1")
    place = bills / "daily/metadata/BILLING_PERIOD=2026-04"
    inner = place / "2026-04-16T15:24:15.653Z-exec-1"
    inner.mkdir()
    (inner / "daily-Manifest.json").write_bytes((place / "daily-Manifest.json").read_bytes())
    assert len(ingest(bills).deliveries) == 1


def test_all_chunks_are_landed_and_an_emptied_one_is_fine(bills, ingest, landed):
    cur2_csv(bills, [line(line_item_unblended_cost="1.5")], [line(line_item_unblended_cost="2.5")], [])
    report = ingest(bills)
    assert (report.row_count, report.unblended_cost) == (2, Decimal("4.0"))
    assert landed("source_file, line_item_unblended_cost") == [
        ("daily/data/BILLING_PERIOD=2026-04/daily-00001.csv.gz", Decimal("1.5")),
        ("daily/data/BILLING_PERIOD=2026-04/daily-00002.csv.gz", Decimal("2.5")),
    ]


def test_partition_key_is_matched_in_any_case(bills, ingest):
    cur2_csv(bills, [line()], partition="billing_period")
    (bills / "daily/data/billing_period=2026-04").rename(bills / "daily/data/Billing_Period=2026-04")
    assert ingest(bills).row_count == 1


def test_the_export_folder_itself_may_be_given(bills, ingest):
    cur2_csv(bills, [line()])
    assert ingest(bills / "daily").deliveries[0].delivery.export_name == "daily"


def test_folder_names_that_look_like_patterns_are_taken_literally(bills, ingest):
    cur2_csv(bills / "a[1]*?'b", [line()])
    cur2_parquet(bills / "a[1]*?'b", [line()], export="other")
    assert ingest(bills / "a[1]*?'b").row_count == 2


def test_a_split_row_may_leave_its_own_cost_blank(bills, ingest):
    pod = line(
        line_item_unblended_cost=None, split_line_item_parent_resource_id="i-1", split_line_item_split_cost="0.5"
    )
    cur2_csv(bills, [line(split_line_item_parent_resource_id=None, split_line_item_split_cost=None), pod])
    report = ingest(bills)
    assert (report.row_count, report.unblended_cost) == (2, Decimal(1))


def test_record_tells_totals_per_payer_and_currency(bills, ingest, ws):
    other, seller = "222222222222", {"line_item_legal_entity": "Sinnet"}
    cur2_csv(
        bills,
        [
            line(line_item_unblended_cost="1.5", line_item_legal_entity="Inc."),
            line(line_item_unblended_cost="-0.5", line_item_line_item_type="Credit"),
            line(line_item_unblended_cost="3", bill_payer_account_id=other, line_item_legal_entity="Inc."),
            line(line_item_unblended_cost="7", bill_payer_account_id=other, line_item_currency_code="CNY", **seller),
        ],
    )
    ingest(bills)
    record = json.loads(ws.store.read(zones.current_delivery("cur2", "daily", "2026-04")))
    assert [{key: value for key, value in payer.items() if "invoiced" not in key} for payer in record["payers"]] == [
        {
            "billing_account_id": PAYER,
            "billing_currency": "USD",
            "row_count": 2,
            "unblended_cost": "1.0000000000",
            "billed_cost": "1.0000000000",
        },
        {
            "billing_account_id": other,
            "billing_currency": "CNY",
            "row_count": 1,
            "unblended_cost": "7.0000000000",
            "billed_cost": "7.0000000000",
        },
        {
            "billing_account_id": other,
            "billing_currency": "USD",
            "row_count": 1,
            "unblended_cost": "3.0000000000",
            "billed_cost": "3.0000000000",
        },
    ]
    assert (record["row_count"], record["unblended_cost"]) == (4, "11.0000000000")
    assert (record["execution_id"], record["granularity"]) == ("exec-daily-2026-04", "DAILY")
    assert (record["usage_from"], record["usage_through"]) == ("2026-04-03", "2026-04-03")
    assert record["accepted_at"] == "2026-04-20T06:00:00+00:00"


def test_fees_billed_ahead_do_not_say_how_far_the_usage_goes(bills, ingest):
    fee = line(line_item_line_item_type="RIFee", line_item_usage_start_date="2026-04-30T00:00:00.000Z")
    cur2_csv(bills, [line(), fee])
    assert ingest(bills).deliveries[0].delivery.usage_through == "2026-04-03"


def test_what_is_invoiced_is_net_only_where_no_discount_line_takes_it_off(bills, ingest):
    net = {"line_item_net_unblended_cost": "90"}
    cur2_csv(bills, [line(line_item_unblended_cost="100", **net), line(line_item_unblended_cost="5")], export="net")
    discount = line(line_item_unblended_cost="-10", line_item_line_item_type="EdpDiscount")
    cur2_csv(bills, [line(line_item_unblended_cost="100", **net), discount], export="lines")
    told = {one.delivery.export_name: one.delivery.payers[0] for one in ingest(bills).deliveries}
    assert (told["net"].unblended_cost, told["net"].billed_cost) == (Decimal(105), Decimal(95))
    assert (told["lines"].unblended_cost, told["lines"].billed_cost) == (Decimal(90), Decimal(90))
