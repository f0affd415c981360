"""Bills that AWS wrote, landed and counted against totals taken by hand. They are not part of the project."""

import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from ingestion import land
from lake.errors import BadBillError
from lake.output import Output
from lake.settings import Profile, Settings
from lake.workspace import Workspace

BILLS = Path(os.environ.get("FINOPS_REAL_BILLS") or Path(__file__).parents[3] / "shared" / "bills")

pytestmark = pytest.mark.skipif(
    not BILLS.is_dir(), reason=f"no real bills at {BILLS}; set FINOPS_REAL_BILLS to a folder of them"
)


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    settings = Settings(lake=str(tmp_path_factory.mktemp("lake")), profile=Profile.LOCAL, region=None)
    return Workspace.begin(settings, Output(quiet=True), now=datetime(2026, 11, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
def ingest(lake):
    def run(name):
        with lake.store.locked():
            return land.ingest(lake, str(BILLS / name)).deliveries[0].delivery

    return run


def _landed(lake, delivery, select):
    files = [lake.store.location(key) for key in delivery.files]
    return duckdb.execute(f"select {select} from read_parquet(?, hive_partitioning = false)", [files]).fetchall()


def test_legacy_parquet_of_october_2018_lands_to_the_last_digit(lake, ingest):
    delivery = ingest("legacy_parquet")
    assert (delivery.row_count, delivery.unblended_cost) == (119_307, Decimal("4064.4831315379"))
    assert (delivery.billing_period, delivery.granularity) == ("2018-10", "HOURLY")
    assert delivery.unknown_columns == ()
    assert _landed(lake, delivery, "count(*), sum(line_item_unblended_cost)") == [(119_307, Decimal("4064.4831315379"))]


def test_the_account_that_begins_with_zero_keeps_it(lake, ingest):
    accounts = _landed(lake, ingest("legacy_parquet"), "distinct line_item_usage_account_id")
    assert ("011254002932",) in accounts


def test_legacy_amortized_cost_is_that_of_the_bill(lake, ingest):
    amortized = (
        "sum(case line_item_line_item_type when 'DiscountedUsage' then reservation_effective_cost when 'RIFee' then "
        "reservation_unused_amortized_upfront_fee_for_billing_period + reservation_unused_recurring_fee "
        "else line_item_unblended_cost end)"
    )
    assert _landed(lake, ingest("legacy_parquet"), amortized) == [(Decimal("4195.9571093179"),)]


def test_cur2_csv_of_april_2026_lands_to_the_last_digit(lake, ingest):
    delivery = ingest("cur2_csv")
    assert (delivery.row_count, delivery.unblended_cost) == (471, Decimal("-0.38700182220"))
    assert (delivery.export_name, delivery.billing_period) == ("ha-project-CUR-daily-1", "2026-04")
    assert delivery.unknown_columns == ()
    by_type = "line_item_line_item_type, count(*), sum(line_item_unblended_cost)"
    files = [lake.store.location(key) for key in delivery.files]
    rows = duckdb.execute(f"select {by_type} from read_parquet(?) group by 1 order by 1", [files]).fetchall()
    assert rows == [
        ("Credit", 90, Decimal("-12.5291432684")),
        ("Tax", 4, Decimal(0)),
        ("Usage", 377, Decimal("12.1421414462")),
    ]


def test_cur2_maps_are_maps(lake, ingest):
    names = _landed(lake, ingest("cur2_csv"), "count(*) filter (where product['product_name'] <> '')")
    assert names[0][0] > 400


def test_legacy_csv_of_november_2023_lands_to_the_last_digit(lake, ingest):
    delivery = ingest("legacy_csv")
    assert (delivery.row_count, delivery.unblended_cost) == (1_281, Decimal("1.68230869740"))
    assert (delivery.export_name, delivery.billing_period) == ("monthly", "2023-11")
    assert delivery.unknown_columns == ()
    by_type = "line_item_line_item_type, count(*), sum(line_item_unblended_cost)"
    files = [lake.store.location(key) for key in delivery.files]
    rows = duckdb.execute(f"select {by_type} from read_parquet(?) group by 1 order by 1", [files]).fetchall()
    assert rows == [("Tax", 12, Decimal("0.08")), ("Usage", 1_269, Decimal("1.60230869740"))]


def test_a_single_day_without_a_manifest_lands_to_the_last_digit(lake, tmp_path):
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "day1.snappy.parquet").symlink_to(BILLS / "legacy_parquet_drift/Nov2019-day1.snappy.parquet")
    with lake.store.locked():
        (one,) = land.ingest(lake, str(alone)).deliveries
    assert (one.delivery.billing_period, one.delivery.row_count) == ("2019-11", 7_850)
    assert round(one.delivery.unblended_cost, 8) == Decimal("89.17063288")


def test_two_days_that_share_rows_are_refused(ingest):
    with pytest.raises(BadBillError, match=r"2 files of 2019-11 lie here without a manifest.*day1.*day2"):
        ingest("legacy_parquet_drift")


def test_what_cannot_be_read_yet_is_named(ingest):
    with pytest.raises(Exception, match="There is no bill here that this version can read"):
        ingest("recommendations")


def test_the_published_focus_sample_is_refused_for_its_other_providers(ingest):
    with pytest.raises(BadBillError, match=r"51 of Microsoft, 7 of Oracle") as refused:
        ingest("focus_1_0_csv")
    assert "first in row 926 below the header" in refused.value.where


def test_the_published_focus_sample_lands_whole_where_every_provider_is_kept(lake):
    with lake.store.locked():
        (one,) = land.ingest(lake, str(BILLS / "focus_1_0_csv"), all_providers=True).deliveries
    delivery = one.delivery
    assert (delivery.row_count, delivery.unknown_columns, delivery.billing_period) == (1_000, ("Id",), "2024-09")
    aws = next(one for one in delivery.payers if one.billing_account_id == "1234567890123")
    assert (aws.row_count, aws.unblended_cost) == (942, Decimal("18.0066386184"))


def test_the_rows_of_aws_alone_land_without_asking(lake, tmp_path):
    rows = (BILLS / "focus_1_0_csv/focus_sample.csv").read_text().splitlines(keepends=True)
    # No field of the sample holds a line's end, and no row of another provider names AWS in quotes.
    (tmp_path / "aws.csv").write_text("".join([rows[0], *(row for row in rows[1:] if ',"AWS",' in row)]))
    with lake.store.locked():
        (one,) = land.ingest(lake, str(tmp_path)).deliveries
    assert (one.delivery.row_count, one.delivery.unblended_cost) == (942, Decimal("18.0066386184"))
    assert _landed(lake, one.delivery, "count(*), count(CommitmentDiscountId), count(Tags['application']) > 0") == [
        (942, 4, True)
    ]
