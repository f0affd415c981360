"""Every kind of line that AWS writes is on the bill, written as AWS writes it."""

from __future__ import annotations

from decimal import Decimal

from ingestion.synthetic.columns import COLUMNS
from tests.ingestion.synthetic.conftest import MAY, Ask


def test_every_line_type_appears(ask: Ask) -> None:
    assert {kind for (kind,) in ask(f"select distinct kind from bill where billing_period = '{MAY}'")} == {
        "Usage",
        "DiscountedUsage",
        "SavingsPlanCoveredUsage",
        "SavingsPlanNegation",
        "SavingsPlanRecurringFee",
        "RIFee",
        "Fee",
        "Tax",
        "Credit",
        "Refund",
    }


def test_there_are_127_columns_in_the_order_of_aws() -> None:
    names = [name for name, _ in COLUMNS]
    assert len(names) == 127
    # AWS sorts by group, and inside a group by name.
    assert names == sorted(names)


def test_reservation_fee_covers_the_month_to_its_last_second(ask: Ask) -> None:
    rows = ask(
        "select line_item_usage_start_date, line_item_usage_end_date, line_item_resource_id "
        "from bill where kind = 'RIFee'"
    )
    assert [(str(start), str(end), resource) for start, end, resource in sorted(rows)] == [
        ("2026-05-01 00:00:00", "2026-05-31 23:59:59", None),
        ("2026-06-01 00:00:00", "2026-06-30 23:59:59", None),
    ]


def test_upfront_fee_names_its_reservation_and_support_does_not(ask: Ask) -> None:
    rows = ask("select billing_period, service, reservation_arn <> '', u from bill where kind = 'Fee' order by 2")
    assert [row[:3] for row in rows] == [
        (MAY, "AWS Support (Business)", False),
        (MAY, "Amazon Elastic Compute Cloud", True),
    ]
    assert rows[1][3] == Decimal(1773)


def test_spot_has_no_rate_and_no_product(ask: Ask) -> None:
    rows = ask("""
        select count(*), count(line_item_unblended_rate), count(product_instance_type), count(pricing_term),
            min(u) > 0, max(public_cost)
        from bill where line_item_usage_type like '%SpotUsage%'
    """)
    assert rows[0][0] > 1000
    assert rows[0][1:] == (0, 0, 0, True, 0)


def test_free_usage_costs_nothing_but_has_a_public_price(ask: Ask) -> None:
    rows = ask("""
        select sum(u), min(public_cost) > 0, any_value(line_item_unblended_rate)
        from bill where line_item_product_code = 'AmazonSNS' and kind = 'Usage'
    """)
    assert rows == [(0, True, "0.0000000000")]


def test_credits_and_refunds_are_negative_and_on_no_resource(ask: Ask) -> None:
    rows = ask(
        "select max(u) < 0, count(line_item_resource_id), count(line_item_unblended_rate) "
        "from bill where kind in ('Credit', 'Refund')"
    )
    assert rows == [(True, 0, 0)]


def test_tags_have_normalized_keys_and_some_resources_have_none(ask: Ask) -> None:
    keys = {key for (key,) in ask("select distinct unnest(map_keys(resource_tags)) from bill")}
    assert keys == {"user_owner", "user_team", "user_environment", "user_cost_center"}
    raw = {key for (key,) in ask("select distinct unnest(map_keys(tags)) from bill")}
    assert "resourceTags/user:CostCenter" in raw
    untagged, missing = ask("""
        select count(*) filter (cardinality(resource_tags) = 0), count(*) filter (resource_tags is null)
        from bill where line_item_resource_id is not null
    """)[0]
    assert untagged > 0
    assert missing == 0


def test_us_east_1_has_no_prefix_and_ireland_has_eu(ask: Ask) -> None:
    assert ask(
        "select count(*) from bill where line_item_usage_type like 'USE1-%' and line_item_product_code = 'AmazonEC2'"
    ) == [(0,)]
    assert ask("""
        select count(*) from bill
        where product_region_code = 'eu-west-1' and kind = 'Usage' and line_item_usage_type not like 'EU-%'
    """) == [(0,)]
    assert len(ask("select distinct product_region_code from bill where product_region_code is not null")) == 3


def test_line_item_id_with_its_interval_is_unique(ask: Ask) -> None:
    assert ask("""
        select count(*) - count(distinct (billing_period, identity_line_item_id, identity_time_interval)) from bill
    """) == [(0,)]


def test_texts_that_do_not_apply_are_null_but_reservation_counts_are_empty(ask: Ask) -> None:
    assert (
        ask("""
        select count(reservation_reservation_a_r_n), count(*) filter (reservation_total_reserved_units = ''), count(*)
        from bill where kind = 'Usage'
    """)[0][0]
        == 0
    )
    assert ask("select count(*) from bill where reservation_total_reserved_units is null") == [(0,)]
    empty = " + ".join(
        f"count(*) filter ({name} = '')" for name, kind in COLUMNS if kind == "text" and "reserv" not in name
    )
    assert ask(f"select {empty} from bill") == [(0,)]
