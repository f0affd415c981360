"""What goes wrong with marts, one change to the clean world each."""

from __future__ import annotations

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


def saving_of_nothing(world: World) -> None:
    world["rightsizing_recommendations"][0]["monthly_savings_cost"] = Decimal(0)


def idle_below_zero(world: World) -> None:
    world["idle_resources"][1]["monthly_cost"] = Decimal("-0.01")


def unknown_charge(world: World) -> None:
    world["daily_costs"][5]["charge_category"] = "Refund"


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
