"""What goes wrong with marts, one change to the clean world each."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from tests.quality.marts import World

MICRO = Decimal("0.0000010000")


def duplicate_row(world: World) -> None:
    copied = dict.fromkeys(("billed_cost", "amortized_cost", "effective_cost"), Decimal(0))
    world["daily_costs"].append(world["daily_costs"][0] | copied)


def null_cost(world: World) -> None:
    world["daily_costs"][0]["effective_cost"] = None


def a_millionth_on_a_day(world: World) -> None:
    world["daily_costs"][1]["billed_cost"] += MICRO


def a_millionth_on_a_month(world: World) -> None:
    world["monthly_costs"][0]["amortized_cost"] += MICRO


def damaged_account_id(world: World) -> None:
    world["daily_costs"][2]["sub_account_id"] = "8.36223E+11"


def unknown_account(world: World) -> None:
    world["idle_resources"][0]["sub_account_id"] = "999900001111"


def unreconciled_this_month(world: World) -> None:
    world["reconciliation"][-1]["is_reconciled"] = False


def unreconciled_last_month(world: World) -> None:
    world["reconciliation"][0]["is_reconciled"] = False


def saving_above_cost(world: World) -> None:
    world["rightsizing_recommendations"][0]["monthly_savings_cost"] = Decimal("10.0000000001")


def saving_more_than_it_cost(world: World) -> None:
    world["savings"][0]["savings_cost"] = Decimal("7.3")


def more_cash_than_savings(world: World) -> None:
    world["savings"][1]["cash_savings_cost"] = Decimal("7.2000000001")


def snapshot_of_a_volume_that_nobody_judged(world: World) -> None:
    world["snapshots"][0]["source_volume_standing"] = "perhaps"


def history_of_no_known_end(world: World) -> None:
    world["recommendation_history"][1]["state"] = "forgotten"


def saving_of_nothing(world: World) -> None:
    world["rightsizing_recommendations"][0]["monthly_savings_cost"] = Decimal(0)


def idle_below_zero(world: World) -> None:
    world["idle_resources"][1]["monthly_cost"] = Decimal("-0.01")


def unused_commitment_that_no_day_tells(world: World) -> None:
    world["commitment_usage"][0]["unused_commitment_cost"] += MICRO


def commitment_above_its_floor(world: World) -> None:
    world["commitment_recommendations"][0]["hourly_commitment_cost"] = Decimal("1.01")


def unknown_charge(world: World) -> None:
    world["daily_costs"][5]["charge_category"] = "Refund"


def focus_without_a_cost(world: World) -> None:
    world["focus_1_2"][3]["BilledCost"] = None


def focus_charge_told_twice(world: World) -> None:
    world["focus_1_2"].append(world["focus_1_2"][0] | {"BilledCost": Decimal(0)})


def no_daily_costs(world: World) -> None:
    world["daily_costs"].clear()


def no_findings(world: World) -> None:
    world["idle_resources"].clear()
    world["rightsizing_recommendations"].clear()


def four_faults_in_four_marts(world: World) -> None:
    unknown_charge(world)
    idle_below_zero(world)
    saving_of_nothing(world)
    unreconciled_last_month(world)


def faults_at_once(world: World) -> None:
    """All that can be wrong at the same time."""
    for fault in (
        duplicate_row,
        null_cost,
        a_millionth_on_a_day,
        a_millionth_on_a_month,
        damaged_account_id,
        unknown_account,
        unreconciled_this_month,
        unreconciled_last_month,
        unknown_charge,
        idle_below_zero,
        saving_above_cost,
        saving_more_than_it_cost,
        more_cash_than_savings,
        snapshot_of_a_volume_that_nobody_judged,
        history_of_no_known_end,
        focus_without_a_cost,
        focus_charge_told_twice,
        unused_commitment_that_no_day_tells,
        commitment_above_its_floor,
    ):
        fault(world)


def faults_that_hide_others(world: World) -> None:
    """The rest."""
    no_daily_costs(world)
    saving_of_nothing(world)


TOTALS_DAILY = "The {} of daily costs equals that of monthly costs, per month, payer and currency"
TOTALS_MONTHLY = "The {} of monthly costs equals that of daily costs, per month, payer and currency"
TOTALS_ALLOCATED = "The {} of allocated costs equals that of daily costs, per month, payer and currency"
TOTALS_TEAMS = "The effective cost of all teams and of nobody equals that of daily costs, per month, payer and currency"
TOTALS_BREAKDOWNS = "The {} of all usage types equals that of daily costs, per month, payer and currency"
TOTALS_COMPARISONS = "The {} that is compared and that is not is the month's, per month, payer and currency"
TOTALS_COMPARED = "The {} that was compared is that of the daily costs published now"

# Each with the sentences that it breaks, by mart.
FAULTS: list[tuple[Callable[[World], None], dict[str, set[str]]]] = [
    (
        duplicate_row,
        {
            "daily_costs": {
                "No two rows tell of the same day, account, service, region, kind of charge, "
                "purchase option and currency"
            }
        },
    ),
    (
        null_cost,
        {
            "daily_costs": {
                "Every row of daily costs has its effective_cost",
                TOTALS_DAILY.format("effective_cost"),
            },
            "monthly_costs": {TOTALS_MONTHLY.format("effective_cost")},
            "allocated_costs": {TOTALS_ALLOCATED.format("effective_cost")},
            "cost_breakdowns": {TOTALS_BREAKDOWNS.format("effective_cost")},
            "team_costs": {TOTALS_TEAMS},
            "reconciliation": {TOTALS_COMPARED.format("effective_cost")},
        },
    ),
    (
        a_millionth_on_a_day,
        {
            "daily_costs": {TOTALS_DAILY.format("billed_cost")},
            "monthly_costs": {TOTALS_MONTHLY.format("billed_cost")},
            "allocated_costs": {TOTALS_ALLOCATED.format("billed_cost")},
            "cost_breakdowns": {TOTALS_BREAKDOWNS.format("billed_cost")},
            "reconciliation": {TOTALS_COMPARED.format("billed_cost")},
        },
    ),
    (
        a_millionth_on_a_month,
        {
            "daily_costs": {TOTALS_DAILY.format("amortized_cost")},
            "monthly_costs": {TOTALS_MONTHLY.format("amortized_cost")},
        },
    ),
    (damaged_account_id, {"daily_costs": {"No sub_account_id of daily costs was damaged by a spreadsheet"}}),
    (
        unknown_account,
        {"idle_resources": {"Every idle resource is in an account that the payer's bill of that month shows"}},
    ),
    (
        unreconciled_this_month,
        {
            "reconciliation": {"Every total equals the total it must equal"},
            "commitment_usage": {"Every commitment rests on a bill that reconciles"},
            "commitment_coverage": {"All eligible usage rests on a bill that reconciles"},
            "effective_savings_rates": {"Every rate of savings rests on a bill that reconciles"},
            "commitment_recommendations": {"Every recommended commitment rests on a bill that reconciles"},
            "idle_resources": {"Every idle finding rests on a bill that reconciles"},
            "rightsizing_recommendations": {"Every recommendation rests on a bill that reconciles"},
            "savings": {"Every opportunity rests on a bill that reconciles"},
        },
    ),
    (
        saving_more_than_it_cost,
        {"savings": {"No opportunity saves more than what it speaks of cost"}},
    ),
    (
        snapshot_of_a_volume_that_nobody_judged,
        {"snapshots": {"The volume of a snapshot is there, gone or unknown"}},
    ),
    (history_of_no_known_end, {"recommendation_history": {"Every finding is open, acted upon or gone"}}),
    (more_cash_than_savings, {"savings": {"No opportunity saves more cash than it saves"}}),
    (
        unused_commitment_that_no_day_tells,
        {"commitment_usage": {"What nobody used of the commitments is the unused commitment of the daily costs"}},
    ),
    (
        commitment_above_its_floor,
        {"commitment_recommendations": {"No commitment is higher than the floor it rests on"}},
    ),
    (focus_without_a_cost, {"focus_1_2": {"Every charge under FOCUS has its BilledCost"}}),
    (focus_charge_told_twice, {"focus_1_2": {"No charge is told twice under FOCUS"}}),
    (
        saving_above_cost,
        {"rightsizing_recommendations": {"No recommendation saves more than the resource costs"}},
    ),
    (
        four_faults_in_four_marts,
        {
            "daily_costs": {"Every charge is usage, a purchase, a tax, a credit or an adjustment"},
            "idle_resources": {"No idle resource costs less than nothing"},
            "rightsizing_recommendations": {"Every priced recommendation saves something"},
            "reconciliation": {"Every total equals the total it must equal"},
        },
    ),
    (
        no_daily_costs,
        {
            "daily_costs": {
                "The bill has at least one charge",
                *(TOTALS_DAILY.format(name) for name in ("billed_cost", "amortized_cost", "effective_cost")),
            },
            "monthly_costs": {
                TOTALS_MONTHLY.format(name) for name in ("billed_cost", "amortized_cost", "effective_cost")
            },
            "allocated_costs": {
                TOTALS_ALLOCATED.format(name) for name in ("billed_cost", "amortized_cost", "effective_cost")
            },
            "team_costs": {TOTALS_TEAMS},
            "reconciliation": {
                TOTALS_COMPARED.format(name) for name in ("billed_cost", "amortized_cost", "effective_cost")
            },
            "cost_breakdowns": {
                TOTALS_BREAKDOWNS.format(name) for name in ("billed_cost", "amortized_cost", "effective_cost")
            },
            "cost_comparisons": {
                TOTALS_COMPARISONS.format(name) for name in ("billed_cost", "amortized_cost", "effective_cost")
            },
            "idle_resources": {"Every idle resource is in an account that the payer's bill of that month shows"},
            "commitment_coverage": {"All eligible usage is of an account that the payer's bill of that month shows"},
            "rightsizing_recommendations": {
                "Every recommendation is for an account that the payer's bill of that month shows"
            },
        },
    ),
]
