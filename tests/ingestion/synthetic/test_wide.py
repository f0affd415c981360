"""A wide ledger: events that few companies have, each on the bill as AWS writes it, and the truth about all of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ingestion.synthetic.accounts import MANAGEMENT, PLATFORM, SANDBOX, SHARED, TOOLS
from ingestion.synthetic.forms import FORMS
from ingestion.synthetic.ledger import Ledger, build_ledger
from ingestion.synthetic.regions import OREGON
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
    assert [at for at in wide.truth.idle if not at.since] == list(ledger.truth.idle)
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
        where savings_plan_offering_type = 'EC2InstanceSavingsPlans'
            and savings_plan_payment_option = 'Partial Upfront' and kind in
            ('SavingsPlanCoveredUsage', 'SavingsPlanRecurringFee')
        group by line_item_usage_start_date
    """)
    assert len(rows) == (31 + 17) * 24
    for lent, used, committed, upfront, fee in rows:
        assert lent == used <= committed == upfront + fee
        assert (committed, upfront) == (Decimal("0.2"), Decimal("0.1"))
    assert {lent for lent, *_ in rows} == {Decimal("0.112"), Decimal("0.2")}
    fees = ask_wide(
        "select savings_plan_offering_type, billing_period, u from bill where kind = 'SavingsPlanUpfrontFee' "
        f"and line_item_usage_account_id in ('{SHARED.id}', '{TOOLS.id}') "
        f"and savings_plan_region is distinct from '{OREGON.location}'"
    )
    assert sorted(fees) == [("ComputeSavingsPlans", MAY, Decimal(876)), ("EC2InstanceSavingsPlans", MAY, Decimal(876))]


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
        "select distinct line_item_operation from bill where split_line_item_parent_resource_id is not null order by 1"
    ) == [("ECSTask-EC2",), ("EKSPod-EC2",)]


def test_tasks_have_their_host_s_amortized_hour_between_them_by_day_and_nobody_has_it_at_night(
    wide: Ledger, ask_wide: Ask
) -> None:
    rows = ask_wide("""
        with tasks as (
            select line_item_usage_start_date as hour, split_line_item_parent_resource_id as host, count(*) as lines,
                sum(split_line_item_split_cost::decimal(38, 10) + split_line_item_unused_cost::decimal(38, 10))
                    as parts,
                sum(split_line_item_public_on_demand_split_cost::decimal(38, 10)
                    + split_line_item_public_on_demand_unused_cost::decimal(38, 10)) as public_parts
            from bill where line_item_operation = 'ECSTask-EC2' group by 1, 2
        )
        select lines, host.kind, spe - parts between 0 and 0.0000000004, spe,
            public_cost - public_parts between 0 and 0.0000000004
        from bill as host left join tasks on line_item_resource_id = host and line_item_usage_start_date = hour
        where line_item_resource_id in (select host from tasks)
    """)
    assert len(rows) == (31 + 17) * 24
    covered = ("SavingsPlanCoveredUsage", Decimal("0.1192"))
    assert {row[1::2] for row in rows if row[0]} == {(*covered,)}
    assert {(row[0], row[2], row[4]) for row in rows} == {(4, True, True), (None, None, None)}
    for at in wide.truth.periods:
        told = ask_wide(f"""
            select line_item_resource_id, sum(split_line_item_split_cost::decimal(38, 10)
                + split_line_item_unused_cost::decimal(38, 10))
            from bill where split_line_item_parent_resource_id is not null
                and billing_period = '{at.billing_period}' group by 1
        """)
        assert dict(told) == at.cost_by_container


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
    assert june - may == {"resource_tags_user_project", "cost_category_tier"}
    assert "split_line_item_split_cost" in may


def test_every_kind_of_savings_plan_is_there_with_every_way_to_pay_that_aws_has(ask_wide: Ask) -> None:
    rows = ask_wide("""
        select distinct savings_plan_offering_type, savings_plan_payment_option from bill
        where kind = 'SavingsPlanCoveredUsage' order by all
    """)
    payments = ("All Upfront", "No Upfront", "Partial Upfront")
    assert rows == [
        *(("ComputeSavingsPlans", payment) for payment in payments),
        ("DatabaseSavingsPlans", "No Upfront"),
        *(("EC2InstanceSavingsPlans", payment) for payment in payments),
    ]


def test_each_commitment_lends_and_leaves_what_the_ledger_says_in_every_hour(wide: Ledger, ask_wide: Ask) -> None:
    assert ask_wide("""
        select count(*) from (
            select sum(spe) - sum(used) as difference, count(*) filter (kind = 'SavingsPlanRecurringFee') as fees
            from bill where plan_arn <> '' and kind not in ('SavingsPlanUpfrontFee', 'Refund')
            group by plan_arn, line_item_usage_start_date
        ) where difference <> 0 or fees <> 1
    """) == [(0,)]
    for at in wide.truth.periods:
        told = ask_wide(f"""
            select plan_arn || reservation_arn,
                sum(spe + rie) filter (kind in ('SavingsPlanCoveredUsage', 'DiscountedUsage')),
                sum({UNUSED})
            from bill
            where plan_arn || reservation_arn <> '' and billing_period = '{at.billing_period}'
                and kind not in ('SavingsPlanUpfrontFee', 'Refund', 'Fee')
            group by 1
        """)
        assert {arn: lent for arn, lent, _ in told} == at.used_by_commitment
        assert {arn: left for arn, _, left in told} == at.unused_by_commitment
        assert min(at.unused_by_commitment.values()) > 0


def test_a_shared_plan_covers_two_accounts_and_its_unused_part_is_its_buyer_s(wide: Ledger, ask_wide: Ask) -> None:
    ((arn,),) = ask_wide(
        f"select distinct plan_arn from bill where plan_arn <> '' and line_item_usage_account_id = '{MANAGEMENT.id}'"
    )
    rows = ask_wide(f"select distinct kind, line_item_usage_account_id from bill where plan_arn = '{arn}' order by all")
    assert rows == [
        ("SavingsPlanCoveredUsage", PLATFORM.id),
        ("SavingsPlanCoveredUsage", SANDBOX.id),
        ("SavingsPlanNegation", PLATFORM.id),
        ("SavingsPlanNegation", SANDBOX.id),
        ("SavingsPlanRecurringFee", MANAGEMENT.id),
        ("SavingsPlanUpfrontFee", MANAGEMENT.id),
    ]
    may = wide.truth.periods[0]
    assert may.unused_by_commitment[arn] > 0
    assert ask_wide(f"""
        select sum({WIDE_AMORTIZED}) from bill
        where billing_period = '{MAY}' and plan_arn = '{arn}' and line_item_usage_account_id = '{MANAGEMENT.id}'
    """) == [(may.unused_by_commitment[arn],)]


def test_a_database_plan_is_a_product_of_its_own_and_covers_capacity_in_part(ask_wide: Ask) -> None:
    rows = ask_wide("""
        select distinct line_item_product_code, line_item_usage_type, service from bill
        where savings_plan_offering_type = 'DatabaseSavingsPlans' and kind = 'SavingsPlanRecurringFee'
    """)
    assert rows == [
        ("DatabaseSavingsPlans", "DatabaseSP:1yrNoUpfront", "Savings Plans for AWS Database usage"),
    ]
    kinds = ask_wide("""
        select distinct kind from bill
        where line_item_usage_type = 'InstanceUsage:db.r7g.large' and line_item_usage_account_name = 'platform-prod'
        order by 1
    """)
    assert kinds == [("SavingsPlanCoveredUsage",), ("SavingsPlanNegation",), ("Usage",)]


def test_a_flexible_reservation_covers_other_sizes_by_normalized_units(ask_wide: Ask) -> None:
    rows = ask_wide("""
        select product_instance_type, line_item_usage_amount, line_item_normalized_usage_amount, rie, count(*) > 300
        from bill
        where kind = 'DiscountedUsage' and line_item_line_item_description like '%m7g.large%' and rie > 0
            and line_item_usage_account_name = 'reports-prod' and pricing_purchase_option = 'Partial Upfront'
        group by 1, 2, 3, 4 order by 3
    """)
    # A reserved large costs 0.05 an hour: half of it pays a medium, and all of it half an xlarge.
    assert rows == [
        ("m7g.medium", 1.0, 2.0, Decimal("0.025"), True),
        ("m7g.xlarge", 0.5, 4.0, Decimal("0.05"), True),
    ]
    rest = ask_wide("""
        select distinct line_item_usage_amount, u from bill
        where kind = 'Usage' and line_item_usage_account_name = 'reports-prod'
    """)
    assert rest == [(0.5, Decimal("0.0816"))]


def test_units_of_a_flexible_reservation_add_up_to_what_was_reserved(ask_wide: Ask) -> None:
    rows = ask_wide("""
        select billing_period, reservation_arn,
            sum(line_item_normalized_usage_amount) filter (kind = 'DiscountedUsage')
                + sum(reservation_unused_normalized_unit_quantity)
                - max(nullif(reservation_total_reserved_normalized_units, '')::double),
            max(reservation_unused_normalized_unit_quantity
                - reservation_unused_quantity * line_item_normalization_factor) filter (kind = 'RIFee'),
            sum(rie) + sum(unused_upfront) + sum(unused_recurring) - sum(month_upfront)
                - sum(u) filter (kind = 'RIFee')
        from bill where reservation_arn <> '' group by 1, 2
    """)
    assert len(rows) == 2 * 7
    assert {row[2:] for row in rows} == {(0.0, 0.0, Decimal(0))}
    payments = ask_wide("select distinct pricing_purchase_option from bill where kind = 'RIFee' order by 1")
    assert payments == [("All Upfront",), ("No Upfront",), ("Partial Upfront",)]


def test_reservations_of_a_zone_for_three_years_and_of_databases_say_so_on_every_line(ask_wide: Ask) -> None:
    terms = """
        line_item_product_code, service, line_item_operation, reservation_availability_zone,
        pricing_lease_contract_length, pricing_offering_class, pricing_purchase_option
    """
    rows = ask_wide(f"""
        select {terms}, count(distinct kind), sum(u) filter (kind = 'Fee'),
            max(date_diff('year', reservation_start_time::timestamp, reservation_end_time::timestamp)),
            list_sort(list(distinct line_item_availability_zone) filter (kind = 'DiscountedUsage'))
        from bill where reservation_arn like '%:100000000012:%' group by all order by all
    """)
    ec2, rds = "Amazon Elastic Compute Cloud", "Amazon Relational Database Service"
    assert rows == [
        ("AmazonEC2", ec2, "RunInstances", "us-east-1b", "1yr", "standard", "No Upfront", 2, None, 1, ["us-east-1b"]),
        # 2 x 26,280 hours at 0.0205.
        (
            *("AmazonEC2", ec2, "RunInstances", None, "3yr", "convertible", "Partial Upfront"),
            *(3, Decimal("1077.48"), 3, ["eu-west-1a"]),
        ),
        # 2 x 8,760 hours at 0.08.
        (
            *("AmazonRDS", rds, "CreateDBInstance:0002", None, "1yr", "standard", "Partial Upfront"),
            *(3, Decimal("1401.6"), 1, ["us-east-1"]),
        ),
    ]


def test_a_category_is_there_from_the_month_of_its_definition_and_not_before(ask_wide: Ask) -> None:
    rows = ask_wide("""
        select distinct billing_period, cost_category['tier'] from bill
        where kind = 'Usage' and cost_category['tier'] is not null order by all
    """)
    assert rows == [(JUNE, "other"), (JUNE, "production")]
    assert ask_wide(
        f"select bool_and(cost_category['tier'] is not null) from bill where billing_period = '{JUNE}'"
    ) == [(True,)]


def test_a_fee_is_billed_ahead_of_the_last_day_with_usage(wide: Ledger, ask_wide: Ask) -> None:
    rows = ask_wide("""
        select line_item_usage_start_date::date, u, line_item_legal_entity, service, line_item_product_code from bill
        where kind = 'Fee' and bill_billing_entity = 'AWS Marketplace' order by 1
    """)
    assert [row[1:] for row in rows] == 2 * [
        (Decimal(240), "Example Monitoring Ltd.", "Example Monitoring Suite", "7examplemonitoring98765")
    ]
    assert [row[0] for row in rows] == [date(2026, 5, 31), date(2026, 6, 30)]
    assert wide.truth.periods[1].through < rows[1][0]


def test_a_gateway_falls_idle_in_the_second_month(wide: Ledger, ask_wide: Ask) -> None:
    (planted,) = (at for at in wide.truth.idle if at.since)
    rows = ask_wide(f"""
        select billing_period, count(*) filter (line_item_usage_type = 'NatGateway-Bytes') from bill
        where line_item_resource_id = '{planted.resource_id}' group by 1 order by 1
    """)
    assert rows == [(MAY, 31 * 24), (JUNE, 0)]
    assert planted.since == JUNE


def test_no_plan_is_partly_unused_while_what_it_could_cover_pays_on_demand_prices(ask_wide: Ask) -> None:
    # A partly covered use at the edge of a commitment pays on demand, but then nothing of the plan is left.
    rows = ask_wide("""
        select count(*), count(other.u) from bill as fee
        left join bill as other on other.line_item_usage_account_id = fee.line_item_usage_account_id
            and other.line_item_usage_start_date = fee.line_item_usage_start_date and other.kind = 'Usage'
            and case
                when fee.savings_plan_offering_type = 'ComputeSavingsPlans'
                    then regexp_matches(other.line_item_usage_type, 'BoxUsage:|Fargate')
                when fee.savings_plan_offering_type = 'EC2InstanceSavingsPlans'
                    then other.line_item_usage_type like '%BoxUsage:m7g.%'
                        and other.product_location = fee.savings_plan_region
                else regexp_matches(other.line_item_usage_type, 'db.r7g|ServerlessV2')
            end
        where fee.kind = 'SavingsPlanRecurringFee' and fee.used < fee.committed
    """)
    assert rows[0][0] > 1000
    assert rows[0][1] == 0
