"""One test per trap of AWS's bills, by its number in docs/traps.md. Each has been seen to bite another tool."""

from __future__ import annotations

from decimal import Decimal

import pyarrow.parquet as pq
import pytest

from dashboards.scope import headline
from ingestion.history import history
from lake import zones
from tests.traps.conftest import DRIFTING, EUROS, GROSS, MOVED, NET, NOW, PLAIN, Laid, plain_lines

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("traps")]


def test_01_lines_of_one_id_are_both_counted(laid: Laid):
    assert laid.cost("service_name = 'SameId'") == Decimal("3.75")


def test_02_a_file_that_the_manifest_does_not_name_is_not_read(laid: Laid):
    where = f"billing_account_id = '{PLAIN}' and billing_period = '2026-04'"
    assert laid.cost(where, "charge_count") == len(list(plain_lines()))


def test_03_every_chunk_of_a_delivery_is_read(laid: Laid):
    where = f"billing_account_id = '{PLAIN}' and billing_period = '2026-04'"
    assert laid.cost(where) == sum(Decimal(one["line_item_unblended_cost"]) for one in plain_lines())


def test_04_an_older_delivery_that_is_kept_beside_the_newest_is_not_added(laid: Laid):
    assert laid.cost("service_name = 'OldVersion'") is None


def test_05_a_month_without_invoice_ids_is_not_final(laid: Laid):
    status = {one.delivery.billing_period: one.delivery.status for one in history(laid.ws.store, export="plain")}
    assert status == {"2026-04": "OPEN", "2026-03": "FINAL"}


def test_06_a_fee_billed_ahead_moves_neither_today_nor_the_newest_day(laid: Laid):
    daily = pq.read_table(laid.ws.store.location(zones.published_mart("daily_costs")))
    assert f"{headline(daily, NOW.date()).through}" == "2026-04-10"
    assert laid.cost("service_name = 'AheadFee' and charged_on = date '2026-05-01'") == 70


def test_07_hours_to_come_of_a_reservation_are_not_waste(laid: Laid):
    where = f"billing_account_id = '{PLAIN}' and charge_category = 'Purchase' and purchase_option = 'Reserved'"
    assert laid.cost(where, "unused_commitment_cost") == 520
    assert laid.cost(where, "unused_commitment_to_date_cost") == 40


def test_08_a_discount_is_taken_off_once_in_either_layout(laid: Laid):
    for payer in (NET, GROSS):
        where = f"billing_account_id = '{payer}' and billing_period = '2026-04'"
        assert laid.cost(where) == 90
        assert laid.cost(where, "effective_cost") == 90


def test_09_a_month_without_net_columns_is_effective_at_its_gross_cost(laid: Laid):
    assert laid.cost(f"billing_account_id = '{NET}' and billing_period = '2026-03'", "effective_cost") == 50


def test_10_months_of_one_report_with_different_columns_are_both_there(laid: Laid):
    told = laid.rows(
        "select billing_period, service_name, owner, billed_cost from allocated_costs "
        f"where billing_account_id = '{DRIFTING}' order by 1"
    )
    assert told == [
        ("2018-10", "AmazonEC2", None, Decimal("1.5")),
        ("2018-11", "A new one", "ada", Decimal("1.5")),
    ]


def test_11_an_empty_text_is_nothing(laid: Laid):
    assert laid.rows("select distinct purchase_option from daily_costs where service_name = 'Blank'") == [
        ("On-Demand",)
    ]


def test_12_a_tag_that_one_line_of_the_bill_has_is_found(laid: Laid):
    assert laid.cost("owner = 'ada' and service_name = 'Tagged'", mart="allocated_costs") == 3


def test_14_an_amount_beside_a_huge_one_is_kept_to_the_last_digit(laid: Laid):
    assert laid.cost("service_name = 'Doubles'") == Decimal("0.1")


def test_15_what_has_no_resource_is_counted_all_the_same_and_never_found_idle(laid: Laid):
    assert laid.cost("service_name = 'Tax'") == Decimal("7.60")
    assert laid.rows("select count(*) from idle_resources where coalesce(resource_id, '') = ''") == [(0,)]


def test_16_the_cost_marts_hold_sums_alone_and_no_rate_that_could_be_added(laid: Laid):
    for mart in ("daily_costs", "allocated_costs"):
        types = laid.rows(f"select column_name, column_type from (describe {mart})")
        amounts = {name for name, kind in types if kind in ("DECIMAL(38,10)", "BIGINT", "DOUBLE")}
        assert all(name.endswith(("_cost", "_count")) for name in amounts)
    assert laid.cost("true") is not None


def test_17_the_last_hour_of_a_month_on_the_next_bill_keeps_its_day_and_its_bill(laid: Laid):
    assert laid.rows(
        "select billing_period, charged_on::varchar from daily_costs where service_name = 'LateMeter'"
    ) == [("2026-04", "2026-03-31")]


def test_18_of_two_exports_of_one_month_one_counts_and_the_build_says_so(laid: Laid):
    assert laid.cost("service_name = 'Twice'") is None
    assert any("exports of one month" in warning for warning in laid.report.warnings)


def test_19_an_account_that_moves_is_on_both_payers_bills_under_its_newest_name(laid: Laid):
    told = laid.rows(
        "select billing_account_id, sub_account_name, sum(billed_cost) from daily_costs "
        f"where sub_account_id = '{MOVED}' group by all order by 1"
    )
    assert told == [(PLAIN, "new name", Decimal(5)), (EUROS, "new name", Decimal(6))]


def test_20_the_blended_price_is_nobody_s_cost(laid: Laid):
    for measure in ("billed_cost", "amortized_cost", "effective_cost", "list_cost", "contracted_cost"):
        assert laid.cost("service_name = 'SameId'", measure) == Decimal("3.75")


def test_21_credits_and_refunds_are_costs_below_nothing(laid: Laid):
    assert laid.cost("charge_category = 'Credit'") == -25
    assert laid.cost("charge_category = 'Adjustment' and service_name = 'Returned'") == -3


def test_22_marketplace_usage_is_listed_at_its_cost_and_its_fee_is_no_commitment(laid: Laid):
    where = "service_name = '8marketplace' and charge_category = "
    assert laid.cost(f"{where} 'Usage'", "list_cost") == 11
    assert laid.cost(f"{where} 'Purchase'", "amortized_cost") == 1200


def test_23_two_currencies_are_two_rows_in_every_mart_of_costs(laid: Laid):
    for mart in ("daily_costs", "monthly_costs", "allocated_costs"):
        sql = f"select billing_currency, sum(billed_cost) from {mart} where service_name = 'Moves' group by 1"
        assert dict(laid.rows(sql)) == {"USD": Decimal(5), "EUR": Decimal(6)}


def test_24_a_tag_reaches_no_month_before_it_and_splits_no_row_of_the_daily_costs(laid: Laid):
    owners = laid.rows(
        "select billing_period, owner, sum(billed_cost) from allocated_costs where service_name = 'Tagged' "
        "group by all order by all"
    )
    assert owners == [
        ("2026-03", None, Decimal(4)),
        ("2026-04", "ada", Decimal(3)),
        ("2026-04", None, Decimal(4)),
    ]
    [(rows, keys)] = laid.rows(
        "select count(*), count(distinct (billing_period, charged_on)) from daily_costs where service_name = 'Tagged'"
    )
    assert rows == keys


def test_28_a_resource_of_a_hundredth_of_a_cent_a_day_is_found_idle(laid: Laid):
    assert laid.rows("select resource_id, observed_hours from idle_resources") == [("eip-tiny", 240.0)]


def test_29_gross_and_net_stand_side_by_side(laid: Laid):
    where = f"billing_account_id = '{NET}' and billing_period = '2026-04'"
    assert (laid.cost(where, "amortized_cost"), laid.cost(where, "effective_cost")) == (100, 90)


def test_30_what_another_service_pays_for_is_not_idle(laid: Laid):
    assert laid.rows("select count(*) from idle_resources where resource_id = 'eip-bundled'") == [(0,)]


def test_31_a_pod_s_line_takes_its_part_of_the_machine_and_adds_nothing(laid: Laid):
    told = laid.rows(
        "select allocation, namespace_name, effective_cost from allocated_costs where cluster_name = 'prod' order by 1"
    )
    assert told == [
        ("Residual", None, Decimal("0.3")),
        ("Split", "i-node", Decimal("0.7")),
        ("Unmatched", "i-elsewhere", Decimal(0)),
    ]
    assert laid.cost("service_name = 'AmazonEC2' and charged_on = date '2026-04-09'") == 1
    assert laid.cost("service_name = 'AmazonEKS'") == 0
