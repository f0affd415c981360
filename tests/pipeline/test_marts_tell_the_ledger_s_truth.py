"""The marts against a ledger that knew every total before a bill was written from it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ingestion.synthetic.events.model import PlanHour, ReservationMonth
from tests.pipeline.conftest import Built

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("ledger")]


@pytest.mark.parametrize(
    ("measure", "truth"),
    [
        ("billed_cost", "billed"),
        ("amortized_cost", "amortized"),
        ("effective_cost", "effective"),
        ("list_cost", "list"),
        ("unused_commitment_cost", "unused_commitment"),
        ("charge_count", "row_count"),
    ],
)
@pytest.mark.parametrize("mart", ["daily_costs", "monthly_costs"])
def test_the_total_of_a_measure_is_the_ledger_s_to_the_last_digit(built: Built, mart: str, measure: str, truth: str):
    told = dict(built.rows(f"select billing_period, sum({measure}) from {mart} group by 1"))
    assert told == {period.billing_period: getattr(period, truth) for period in built.ledger.truth.periods}


@pytest.mark.parametrize(
    ("column", "measure", "truth"),
    [
        ("service_name", "billed_cost", "billed_by_service"),
        ("sub_account_id", "billed_cost", "billed_by_account"),
        ("sub_account_id", "amortized_cost", "amortized_by_account"),
    ],
)
def test_each_service_and_account_has_its_own_share(built: Built, column: str, measure: str, truth: str):
    told = built.rows(f"select billing_period, {column}, sum({measure}) from daily_costs group by 1, 2")
    shares = {(period, name): cost for period, name, cost in told}
    wanted = {
        (period.billing_period, name): cost
        for period in built.ledger.truth.periods
        for name, cost in getattr(period, truth).items()
    }
    assert shares == wanted


@pytest.mark.parametrize("mart", ["daily_costs", "monthly_costs"])
def test_unused_commitment_of_an_open_month_is_told_without_its_hours_to_come(built: Built, mart: str):
    told = dict(
        built.rows(f"select billing_period, sum(unused_commitment_to_date_cost) from {mart} group by 1 order by 1")
    )
    wanted: dict[str, Decimal] = dict.fromkeys(told, Decimal(0))
    for month in built.ledger.months:
        for event in month.events:
            if isinstance(event, PlanHour):
                wanted[month.period.name] += event.plan.commitment - event.used
            elif isinstance(event, ReservationMonth):
                bought, hours_so_far = event.reservation, event.reservation.count * 24 * month.period.through.day
                hourly = bought.upfront_per_hour + bought.recurring_per_hour
                wanted[month.period.name] += (hours_so_far - event.used_hours) * hourly
    june, july = built.ledger.truth.periods
    assert july.is_open and not june.is_open
    assert wanted[june.billing_period] == june.unused_commitment
    assert wanted[july.billing_period] < july.unused_commitment * Decimal("0.8")
    for period, cost in wanted.items():
        assert abs(told[period] - cost) < Decimal("0.00000001")


def test_every_planted_idle_resource_is_found_and_nothing_else(built: Built):
    told = set(
        built.rows("select resource_id, rule_id, sub_account_id, region_id from idle_resources where is_latest_period")
    )
    assert told == {(one.resource_id, one.rule_id, one.account, one.region) for one in built.ledger.truth.idle}
    assert len(told) >= 9


def test_no_busy_twin_of_an_idle_resource_is_accused_in_any_month(built: Built):
    accused = {resource for (resource,) in built.rows("select resource_id from idle_resources")}
    assert built.ledger.truth.busy_twins
    assert accused.isdisjoint({twin.resource_id for twin in built.ledger.truth.busy_twins})


def test_every_planted_cheaper_type_is_found_with_the_ledger_s_saving(built: Built):
    told = {
        (period, resource, rule): (recommended, savings)
        for period, resource, rule, recommended, savings in built.rows(
            "select billing_period, resource_id, rule_id, recommended_type, monthly_savings_cost "
            "from rightsizing_recommendations"
        )
    }
    for planted in built.ledger.truth.rightsizing:
        right = {(planted.recommended, planted.monthly_savings), *planted.also_right}
        for period in planted.billing_periods:
            recommended, savings = told[period, planted.resource_id, planted.rule_id]
            # The mart keeps four places of an estimate.
            assert any(recommended == kind and abs(savings - worth) <= Decimal("0.0001") for kind, worth in right), (
                planted
            )


def test_nothing_is_recommended_that_the_ledger_knows_to_be_wrong(built: Built):
    told = set(built.rows("select resource_id, rule_id from rightsizing_recommendations"))
    wrong = {(planted.resource_id, planted.rule_id) for planted in built.ledger.truth.not_rightsizing}
    assert wrong
    assert told.isdisjoint(wrong)


def test_everything_reconciles_with_a_difference_of_nothing(built: Built):
    assert built.rows("select count(*) from reconciliation where difference_micros <> 0 or not is_reconciled") == [(0,)]
    assert built.rows("select distinct compared_with from reconciliation order by 1") == [
        ("int_charges",),
        ("landing",),
    ]


def test_only_what_idle_cleanup_knows_of_the_newest_month_may_be_taken_up(built: Built):
    told = built.rows("select distinct rule_id from idle_resources where is_actionable order by 1")
    assert told == [("application_load_balancer",), ("ebs_volume",), ("nat_gateway",), ("public_ipv4_address",)]
    assert built.rows("select count(*) from idle_resources where is_actionable and not is_latest_period") == [(0,)]


def test_the_change_of_every_service_sums_to_the_change_of_the_bill(built: Built):
    june, july = built.ledger.truth.periods
    [(change,)] = built.rows("select sum(billed_cost_change) from monthly_costs where billing_period = '2026-07'")
    assert change == july.billed - june.billed


def test_building_again_publishes_the_very_same_bytes(built: Built):
    from dbt_project.build import build

    with built.ws.store.locked():
        assert not any(mart.is_changed for mart in build(built.ws).marts)
