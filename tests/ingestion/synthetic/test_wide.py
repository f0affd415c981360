"""A wide ledger: events that few companies have, each on the bill as AWS writes it, and the truth about all of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ingestion.synthetic.forms import FORMS
from ingestion.synthetic.ledger import Ledger, build_ledger
from tests.ingestion.synthetic.conftest import AMORTIZED, JUNE, LIST, MAY, THROUGH, UNUSED, Ask, asking

# The fee and the refund of a savings plan's advance payment are cash and no cost of the day.
WIDE_AMORTIZED = AMORTIZED.replace(
    "else u",
    """when kind = 'SavingsPlanUpfrontFee' then 0
        when kind = 'Refund' and line_item_line_item_description like 'Refund for one-time fee for Savings Plan%' then 0
        else u""",
)


@pytest.fixture(scope="module")
def wide() -> Ledger:
    return build_ledger(date(2026, 5, 1), 2, THROUGH, 7, wide=True)


@pytest.fixture(scope="module")
def ask_wide(wide: Ledger, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    out = tmp_path_factory.mktemp("wide")
    FORMS["cur2-parquet"](wide, out)
    return asking(out)


def test_totals_of_a_wide_ledger_are_those_of_its_rows(wide: Ledger, ask_wide: Ask) -> None:
    rows = ask_wide(f"""
        select billing_period, count(*), sum(u), sum({WIDE_AMORTIZED}), sum({LIST}), sum({UNUSED})
        from bill group by 1 order by 1
    """)
    assert rows == [
        (at.billing_period, at.row_count, at.billed, at.amortized, at.list, at.unused_commitment)
        for at in wide.truth.periods
    ]


def test_being_wide_changes_no_event_that_was_there_before(wide: Ledger, ledger: Ledger) -> None:
    for plain, more in zip(ledger.truth.periods, wide.truth.periods, strict=True):
        others = {account for account in plain.billed_by_account if account not in ("100000000001", "100000000006")}
        assert len(others) == 4
        for account in others:
            assert plain.billed_by_account[account] == more.billed_by_account[account]
        assert plain.row_count < more.row_count
    assert wide.truth.idle == ledger.truth.idle
    assert wide.truth.rightsizing == ledger.truth.rightsizing


def test_amortized_plus_trueup_plus_upfront_fees_is_unblended(ask_wide: Ask) -> None:
    rows = ask_wide(f"""
        select billing_period,
            sum({WIDE_AMORTIZED})
            - sum(case when kind = 'SavingsPlanRecurringFee' then plan_upfront else 0 end)
            - sum(case when kind = 'RIFee' then month_upfront else 0 end)
            + sum(case
                when kind = 'SavingsPlanUpfrontFee' or (kind = 'Fee' and reservation_arn <> '')
                    or (kind = 'Refund' and plan_arn <> '') then u
                else 0
            end)
            - sum(u)
        from bill group by 1
    """)
    assert len(rows) == 2
    assert all(difference == 0 for _, difference in rows)


def test_a_plan_paid_in_part_upfront_lends_its_advance_payment_too(ask_wide: Ask) -> None:
    rows = ask_wide("""
        select sum(spe), max(used), max(committed), max(plan_upfront), sum(case when spe = 0 then u end)
        from bill
        where savings_plan_offering_type = 'EC2InstanceSavingsPlans' and kind in
            ('SavingsPlanCoveredUsage', 'SavingsPlanRecurringFee')
        group by line_item_usage_start_date
    """)
    assert len(rows) == (31 + 17) * 24
    for lent, used, committed, upfront, fee in rows:
        assert lent == used <= committed == upfront + fee
        assert (committed, upfront) == (Decimal("0.2"), Decimal("0.1"))
    assert {lent for lent, *_ in rows} == {Decimal("0.112"), Decimal("0.2")}
    fees = ask_wide("select u, billing_period from bill where kind = 'SavingsPlanUpfrontFee' order by u")
    assert fees == [(Decimal(876), MAY), (Decimal(876), MAY)]


def test_a_returned_plan_is_a_fee_and_its_refund_and_no_hour_of_it_is_billed(ask_wide: Ask) -> None:
    ((arn,),) = ask_wide("select plan_arn from bill where kind = 'Refund' and plan_arn <> ''")
    rows = ask_wide(f"select kind, u, line_item_line_item_description from bill where plan_arn = '{arn}' order by u")
    assert [row[:2] for row in rows] == [("Refund", Decimal(-876)), ("SavingsPlanUpfrontFee", Decimal(876))]
    assert rows[0][2].startswith("Refund for one-time fee for Savings Plan ID : ")


def test_a_reservation_paid_at_once_has_a_monthly_line_of_nothing_and_costs_what_it_spreads(ask_wide: Ask) -> None:
    where = "reservation_arn <> '' and pricing_purchase_option = 'All Upfront'"
    rows = ask_wide(f"""
        select billing_period, sum(u) filter (kind = 'RIFee'), sum(month_upfront), sum(rie) + sum(unused_upfront),
            sum(unused_upfront) > 0
        from bill where {where} group by 1 order by 1
    """)
    assert rows == [
        (MAY, 0, Decimal("74.4"), Decimal("74.4"), True),
        (JUNE, 0, Decimal("72.0"), Decimal("72.0"), True),
    ]
    assert ask_wide(f"select sum(u) from bill where kind = 'Fee' and {where}") == [(Decimal(876),)]


def test_what_the_marketplace_sells_has_a_cost_and_no_public_price(ask_wide: Ask) -> None:
    rows = ask_wide("""
        select billing_period, sum(u), max(public_cost), any_value(line_item_legal_entity) from bill
        where bill_billing_entity = 'AWS Marketplace' and kind = 'Usage' group by 1 order by 1
    """)
    assert rows == [
        (MAY, Decimal("52.08"), 0, "Example Search Inc."),
        (JUNE, Decimal("28.56"), 0, "Example Search Inc."),
    ]


def test_pods_cost_nothing_and_their_parts_sum_to_each_hour_of_their_node(ask_wide: Ask) -> None:
    rows = ask_wide("""
        with pods as (
            select line_item_usage_start_date as hour, split_line_item_parent_resource_id as node, count(*) as pods,
                sum(u) as own, sum((split_line_item_split_cost::decimal(38, 10)
                    + split_line_item_unused_cost::decimal(38, 10))) as parts
            from bill where line_item_operation = 'EKSPod-EC2' group by 1, 2
        )
        select pods, own, parts - u from pods
        join bill on line_item_resource_id = node and line_item_usage_start_date = hour
    """)
    assert len(rows) == (31 + 17) * 24
    assert set(rows) == {(3, 0, 0)}
    assert ask_wide(
        "select count(*) from bill where line_item_operation <> 'EKSPod-EC2' and "
        "split_line_item_parent_resource_id is not null"
    ) == [(0,)]


def test_a_tag_is_there_from_the_month_of_its_activation_and_not_before(ask_wide: Ask) -> None:
    rows = ask_wide("select distinct billing_period from bill where resource_tags['user_project'] = 'atlas'")
    assert rows == [(JUNE,)]


def test_an_instance_resized_in_mid_month_has_two_types_and_one_id(wide: Ledger, ask_wide: Ask) -> None:
    rows = ask_wide("""
        select product_instance_type, min(line_item_usage_start_date)::date::varchar, count(*) from bill
        where line_item_resource_id in (
            select line_item_resource_id from bill where product_instance_type is not null
            group by 1 having count(distinct product_instance_type) > 1
        )
        group by 1 order by 2
    """)
    assert rows == [("m5.xlarge", "2026-05-01", 14 * 24), ("m7g.large", "2026-05-15", (17 + 17) * 24)]
    ((resized,),) = ask_wide("""
        select line_item_resource_id from bill where product_instance_type <> '' and line_item_resource_id <> ''
        group by 1 having count(distinct product_instance_type) > 1
    """)
    # What it was before is nothing to recommend on: it is judged by its newest type.
    assert {at.rule_id for at in wide.truth.not_rightsizing if at.resource_id == resized} == {
        "previous_generation",
        "graviton",
    }


def test_columns_of_a_legacy_report_drift_with_their_first_use(wide: Ledger, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    may, june = (set(pq.read_schema(path).names) for path in FORMS["legacy-parquet"](wide, tmp_path))
    assert june - may == {"resource_tags_user_project"}
    assert "split_line_item_split_cost" in may
