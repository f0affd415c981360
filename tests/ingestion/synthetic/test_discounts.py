"""Negotiated discounts in both of AWS's layouts: the same ledger, the same invoice, to the last digit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ingestion.synthetic.discounts import AGREEMENT
from ingestion.synthetic.forms import FORMS
from ingestion.synthetic.ledger import Ledger, build_ledger
from tests.ingestion.synthetic.conftest import Ask, asking
from tests.ingestion.synthetic.test_wide import WIDE_AMORTIZED

DAYS = (date(2026, 6, 1), 1, date(2026, 6, 3), 7)
DISCOUNT_KINDS = ("EdpDiscount", "PrivateRateDiscount", "BundledDiscount")

# By hand, from the meaning of the columns. What is unused of a plan is net of what its hour's fee is net of.
NET_EFFECTIVE = """
    case
        when kind = 'DiscountedUsage' then reservation_net_effective_cost::decimal(38, 10)
        when kind = 'SavingsPlanCoveredUsage' then savings_plan_net_savings_plan_effective_cost::decimal(38, 10)
        when kind = 'SavingsPlanNegation' then 0
        when kind = 'SavingsPlanRecurringFee' then ((committed - used)::double * (
            savings_plan_net_recurring_commitment_for_billing_period
            + savings_plan_net_amortized_upfront_commitment_for_billing_period) / committed::double)::decimal(38, 10)
        when kind = 'RIFee' then reservation_net_unused_amortized_upfront_fee_for_billing_period::decimal(38, 10)
            + reservation_net_unused_recurring_fee::decimal(38, 10)
        when kind = 'SavingsPlanUpfrontFee' or (kind = 'Fee' and reservation_arn <> '')
            or (kind = 'Refund' and plan_arn <> '') then 0
        else net
    end
"""


@pytest.fixture(scope="module")
def negotiated() -> Ledger:
    """Three days of June 2026 of a wide company with an agreement."""
    return build_ledger(*DAYS, wide=True, terms=AGREEMENT)


@pytest.fixture(scope="module")
def in_lines(negotiated: Ledger, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    out = tmp_path_factory.mktemp("lines")
    FORMS["cur2-parquet"](negotiated, out)
    return asking(out)


@pytest.fixture(scope="module")
def in_columns(negotiated: Ledger, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    out = tmp_path_factory.mktemp("columns")
    FORMS["cur2-parquet"](negotiated, out, net_columns=True)
    return asking(out)


def test_the_invoice_is_the_same_in_both_layouts(negotiated: Ledger, in_lines: Ask, in_columns: Ask) -> None:
    (truth,) = negotiated.truth.periods
    assert in_lines("select count(*), sum(u) from bill") == [(truth.row_count + truth.discount_row_count, truth.billed)]
    assert in_columns("select count(*), count(net), sum(net) from bill") == [
        (truth.row_count, truth.row_count, truth.billed)
    ]


def test_effective_cost_is_the_same_in_both_layouts(negotiated: Ledger, in_lines: Ask, in_columns: Ask) -> None:
    (truth,) = negotiated.truth.periods
    assert truth.effective < truth.amortized
    # Discount lines are costs of their day, so that amortized with them inside is effective.
    assert in_lines(f"select sum({WIDE_AMORTIZED}) from bill") == [(truth.effective,)]
    assert in_columns(f"select sum({WIDE_AMORTIZED}), sum({NET_EFFECTIVE}) from bill") == [
        (truth.amortized, truth.effective)
    ]


def test_each_account_and_service_has_its_own_discounts(negotiated: Ledger, in_lines: Ask, in_columns: Ask) -> None:
    (truth,) = negotiated.truth.periods
    # A discount on a shared plan is with its buyer where it is a line, and with who used the plan in net columns.
    in_their_lines = {
        account: cost - truth.discounts_by_account.get(account, 0)
        for account, cost in truth.amortized_by_account.items()
    }
    for ask, cost, effective, wanted in (
        (in_lines, "u", WIDE_AMORTIZED, in_their_lines),
        (in_columns, "net", NET_EFFECTIVE, truth.effective_by_account),
    ):
        assert dict(ask(f"select service, sum({cost}) from bill group by 1")) == truth.billed_by_service
        by_account = "select line_item_usage_account_id, sum({}) from bill group by 1"
        assert dict(ask(by_account.format(cost))) == truth.billed_by_account
        assert dict(ask(by_account.format(effective))) == wanted


def test_every_discount_is_a_negative_line_or_a_negative_entry_of_the_map(
    negotiated: Ledger, in_lines: Ask, in_columns: Ask
) -> None:
    (truth,) = negotiated.truth.periods
    assert set(truth.discounts) == {"edp_discount", "private_rate_discount", "bundled_discount"}
    lines = dict(in_lines(f"select kind, sum(u) from bill where kind in {DISCOUNT_KINDS} group by 1"))
    assert [-lines[kind] for kind in DISCOUNT_KINDS] == list(
        map(truth.discounts.get, ("edp_discount", "private_rate_discount", "bundled_discount"))
    )
    assert in_lines(f"select count(*) from bill where kind in {DISCOUNT_KINDS} and u >= 0") == [(0,)]
    assert in_lines("select count(net), count(discount_total_discount), max(cardinality(discount)) from bill") == [
        (0, 0, 0)
    ]
    assert in_columns(f"select count(*) from bill where kind in {DISCOUNT_KINDS}") == [(0,)]
    ((edp, private, bundled, total),) = in_columns("""
        select -sum(discount['edp_discount']::decimal(38, 10)),
            -sum(discount['private_rate_discount']::decimal(38, 10)),
            -sum(discount_bundled_discount::decimal(38, 10)), -sum(discount_total_discount::decimal(38, 10))
        from bill
    """)
    assert {"edp_discount": edp, "private_rate_discount": private, "bundled_discount": bundled} == truth.discounts
    assert total == sum(truth.discounts.values())


def test_net_is_gross_and_what_was_taken_off_on_every_line(in_columns: Ask) -> None:
    assert in_columns("""
        select count(*) from bill where net <> u + coalesce(discount_total_discount, 0)::decimal(38, 10)
    """) == [(0,)]


def test_containers_have_no_more_than_the_net_cost_of_their_host(in_columns: Ask) -> None:
    rows = in_columns("""
        with parts as (
            select line_item_usage_start_date as hour, split_line_item_parent_resource_id as host,
                sum(split_line_item_net_split_cost::decimal(38, 10) + split_line_item_net_unused_cost::decimal(38, 10))
                    as net_parts
            from bill where split_line_item_parent_resource_id is not null group by 1, 2
        )
        select case when kind = 'Usage' then net
                else savings_plan_net_savings_plan_effective_cost::decimal(38, 10) end - net_parts, net_parts > 0
        from bill join parts on line_item_resource_id = host and line_item_usage_start_date = hour
    """)
    # The node runs day and night, the tasks on a host of a shared plan by day: Monday to Wednesday.
    assert len(rows) == 3 * 24 + 3 * 13
    assert all(0 <= left < Decimal("0.000000001") and has for left, has in rows)


def test_what_is_free_by_a_bundle_and_what_has_a_private_rate_is_worked_out_by_hand(in_columns: Ask) -> None:
    bundled = in_columns("select sum(u) > 0, sum(net) from bill where line_item_usage_type = 'USE1-RequestV2-Tier1'")
    assert bundled == [(True, 0)]
    ((worst,),) = in_columns("""
        select max(abs(net - u * 0.8 * 0.94)) from bill
        where line_item_product_code = 'AmazonCloudFront' and kind = 'Usage'
    """)
    assert worst < Decimal("0.000000001")


def test_without_an_agreement_both_layouts_are_the_same_bytes(tmp_path: Path) -> None:
    ledger = build_ledger(*DAYS)
    for name, net_columns in (("lines", False), ("columns", True)):
        FORMS["cur2-csv"](ledger, tmp_path / name, net_columns=net_columns)
    one, other = (next((tmp_path / name).rglob("*.csv.gz")).read_bytes() for name in ("lines", "columns"))
    assert one == other


@pytest.mark.parametrize("net_columns", [False, True])
def test_legacy_reports_tell_the_same_invoice_and_have_discount_columns_only_where_they_are_used(
    negotiated: Ledger, tmp_path: Path, net_columns: bool
) -> None:
    import pyarrow.parquet as pq

    (path,) = FORMS["legacy-parquet"](negotiated, tmp_path, net_columns=net_columns)
    names = pq.read_schema(path).names
    wanted = {"discount_edp_discount", "discount_private_rate_discount", "discount_total_discount"}
    assert (wanted <= set(names)) == net_columns
    assert ("line_item_net_unblended_cost" in names) == net_columns
    cost = pq.read_table(path, partitioning=None)["line_item_net_unblended_cost" if net_columns else _GROSS].to_pylist()
    assert sum(Decimal(f"{amount:.10f}") for amount in cost) == negotiated.truth.periods[0].billed


_GROSS = "line_item_unblended_cost"
