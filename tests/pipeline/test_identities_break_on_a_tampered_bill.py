"""Every identity of a bill's amounts is seen to hold, and to break by name when the amounts are made wrong."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dbt_project.held import held_by
from tests.pipeline.conftest import Built

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("ledger")]

COMPILED = "engine/dbt/compiled/finops/models"
CHECKS = (
    ("build.int_costs__summed", "intermediate/int_costs__summed.sql"),
    ("build.int_totals__focus", "intermediate/int_totals__focus.sql"),
    ("build.int_identities__bills", "intermediate/int_identities__bills.sql"),
    ("build.int_identities__commitments", "intermediate/int_identities__commitments.sql"),
    ("build.int_identities__focus", "intermediate/int_identities__focus.sql"),
    ("marts.identities", "marts/reconciliation/identities.sql"),
)
WAIST = "build.int_charges"
FIRST = "rowid = (select min(rowid) from {table} where {where})"


def change(table: str, what: str, where: str) -> str:
    """SQL that changes the first row of a table that meets a condition."""
    return f"update {table} set {what} where {FIRST.format(table=table, where=where)}"


def kind(name: str) -> str:
    return f"x_charge_kind = '{name}' and billing_period = '2026-06'"


def focus(condition: str) -> str:
    return f"{condition} and x_BillingPeriod = '2026-06'"


# A later hour of the same plan, so that the month's sums stay and only the hours are wrong.
LATER = kind("SavingsPlanRecurringFee") + " and charge_period_start >= timestamp '2026-06-20 00:00:00'"

TAMPERED = [
    (
        "billed_is_amortized_trueup_and_upfront",
        [change(WAIST, "x_amortized_cost = x_amortized_cost + 0.001", kind("Usage"))],
    ),
    (
        "plan_usage_is_what_the_fee_says_is_used",
        [
            change(WAIST, "x_used_commitment_cost = x_used_commitment_cost + 0.001", kind("SavingsPlanRecurringFee")),
            change(WAIST, "x_used_commitment_cost = x_used_commitment_cost - 0.001", LATER),
        ],
    ),
    (
        "negation_takes_back_what_a_plan_covered",
        [change(WAIST, "billed_cost = billed_cost - 0.001", kind("SavingsPlanNegation"))],
    ),
    (
        "used_and_unused_plan_is_its_fee",
        [change(WAIST, "x_amortized_cost = x_amortized_cost + 0.001", kind("SavingsPlanRecurringFee"))],
    ),
    (
        "used_and_unused_reservation_is_its_fee",
        [change(WAIST, "x_amortized_cost = x_amortized_cost + 0.001", kind("RIFee"))],
    ),
    (
        "waist_holds_every_kind_of_line",
        [
            change(WAIST, "billed_cost = billed_cost + 0.0000000001", kind("Tax")),
            change(WAIST, "billed_cost = billed_cost - 0.0000000001", kind("Usage")),
        ],
    ),
    (
        "daily_costs_hold_every_charge_category",
        [change("marts.daily_costs", "charge_category = 'Credit'", "billed_cost <> 0 and billing_period = '2026-06'")],
    ),
    (
        "focus_rows_of_an_invoice_are_the_invoice",
        [change("marts.focus_1_2", "InvoiceId = 'another'", "EffectiveCost <> 0 and x_BillingPeriod = '2026-06'")],
    ),
    (
        "focus_commitment_is_what_was_paid_for_it",
        [
            change(
                "marts.focus_1_2",
                "EffectiveCost = EffectiveCost + 0.001",
                "CommitmentDiscountStatus = 'Used' and x_BillingPeriod = '2026-06'",
            )
        ],
    ),
    (
        "focus_rows_are_filled",
        [change("marts.focus_1_2", "ChargePeriodEnd = ChargePeriodStart", focus("ChargeCategory = 'Tax'"))],
    ),
    (
        "focus_prices_explain_costs",
        [
            change(
                "marts.focus_1_2", "ListUnitPrice = ListUnitPrice + 0.1", focus("ListUnitPrice * PricingQuantity > 1")
            )
        ],
    ),
    (
        "focus_commitments_are_told_wholly",
        [change("marts.focus_1_2", "CommitmentDiscountUnit = null", focus("CommitmentDiscountQuantity > 0"))],
    ),
    (
        "focus_services_are_placed",
        [change("marts.focus_1_2", "ServiceSubcategory = 'Virtual Machines'", focus("ServiceCategory = 'Storage'"))],
    ),
]


@pytest.fixture
def engine(built: Built, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the engine's file that a test may spoil."""
    path = tmp_path / "finops.duckdb"
    shutil.copy(Path(built.ws.store.uri) / "engine" / "finops.duckdb", path)
    with duckdb.connect(str(path)) as engine:
        yield engine


def judged(engine: duckdb.DuckDBPyConnection, built: Built) -> dict[tuple[str, str], bool]:
    """Whether each identity holds, by month and name, by the models' own SQL on the tables as they are now."""
    for table, path in CHECKS:
        sql = (Path(built.ws.store.uri) / COMPILED / path).read_text()
        engine.execute(f"create or replace table {table} as {sql}")
    rows = engine.execute("select billing_period, identity, holds from marts.identities").fetchall()
    return {(period, identity): holds for period, identity, holds in rows}


def test_every_identity_is_compared_and_holds_on_a_whole_and_an_open_month(built: Built):
    told = built.rows("select billing_period, identity, holds, part_count from identities")
    names = {name for name, _ in TAMPERED}
    assert {(period, name) for period, name, _, _ in told} == {(p, n) for p in ("2026-06", "2026-07") for n in names}
    assert all(holds for _, _, holds, _ in told)
    hours = {period: count for period, name, _, count in told if name == "plan_usage_is_what_the_fee_says_is_used"}
    # One comparison for each hour of the plan's fee lines.
    assert hours["2026-06"] >= 30 * 24


@pytest.mark.parametrize(("identity", "statements"), TAMPERED, ids=[name for name, _ in TAMPERED])
def test_an_identity_breaks_when_its_amounts_are_made_wrong(
    engine: duckdb.DuckDBPyConnection, built: Built, identity: str, statements: list[str]
):
    for statement in statements:
        assert engine.execute(statement).fetchall() == [(1,)], statement
    told = judged(engine, built)
    assert told["2026-06", identity] is False
    assert all(holds for (period, _), holds in told.items() if period == "2026-07")


def test_a_broken_rule_of_focus_holds_the_month_back_and_says_which_rows(
    engine: duckdb.DuckDBPyConnection, built: Built
):
    engine.execute("update marts.focus_1_2 set ChargeFrequency = 'often' where " + focus("ChargeCategory = 'Tax'"))
    judged(engine, built)
    [held] = held_by(engine)
    assert held.bill == ("2026-06", "100000000001")
    [(count, charge)] = engine.execute(
        "select count(*), min(ChargeDescription) from marts.focus_1_2 where ChargeFrequency = 'often'"
    ).fetchall()
    assert held.reasons == (
        "«FOCUS rows fill what FOCUS asks for, with values that it allows» does not hold for the rule that the charge "
        f"frequency is one of three, in {count} rows, one of them {charge}",
    )


def test_what_rounding_of_covered_lines_can_bring_breaks_nothing(engine: duckdb.DuckDBPyConnection, built: Built):
    engine.execute(
        f"update {WAIST} set x_amortized_cost = x_amortized_cost + 0.000000004, "
        "effective_cost = effective_cost + 0.000000004 where x_charge_kind = 'DiscountedUsage'"
    )
    # The other tables are as they were and differ by as much; only what is told in the waist counts here.
    told = judged(engine, built)
    assert told["2026-06", "used_and_unused_reservation_is_its_fee"]
    assert told["2026-06", "billed_is_amortized_trueup_and_upfront"]
