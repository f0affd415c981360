"""What Cost Explorer told when it was collected: the whole months of it, per account and in all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from lake.collected.days import latest_rows
from lake.errors import SettingsError
from lake.store import Store
from quality.reconciling.amounts import AMORTIZED, BILLED, EFFECTIVE, Bill
from quality.reconciling.told import Told

# The grouping that tells every charge of an account, whatever its kind.
GROUPING = "monthly_by_account_and_record_type"
METRICS = {
    "unblended_cost": ("UnblendedCost", BILLED),
    "net_unblended_cost": ("NetUnblendedCost", BILLED),
    "amortized_cost": ("AmortizedCost", AMORTIZED),
    "net_amortized_cost": ("NetAmortizedCost", EFFECTIVE),
}


def told_by_cost_explorer(store: Store, bills: Collection[Bill]) -> tuple[Told, ...]:
    """The months of these bills as Cost Explorer told them last; a month that was not over then is left out.

    Cost Explorer tells the account that was asked: it is the payer, or its amounts are not the bill's. Raises
    SettingsError where it was never collected, or of no such month.
    """
    rows, _ = latest_rows(store, "cost_explorer")
    sums: dict[tuple[Bill, str, str], Decimal] = defaultdict(Decimal)
    estimated: set[Bill] = set()
    for row in rows.to_pylist():
        if row["part"] != GROUPING or not _is_whole_month(row):
            continue
        bill = Bill(f"{row['period_start']:%Y-%m}", row["asked_account_id"], row["billing_currency"] or "")
        if bill not in bills:
            continue
        estimated |= {bill} if row["is_estimated"] else set()
        for column in METRICS:
            for account in ("", row["sub_account_id"]):
                sums[bill, column, account] += row[column] or Decimal(0)
    if not sums:
        raise SettingsError(
            "Cost Explorer told of no whole month that the lake has a bill of.",
            where="--collected",
            todo="Run `finops collect cost_explorer` with credentials of the account that pays.",
        )
    return tuple(
        Told(
            bill,
            f"Cost Explorer {METRICS[column][0]}",
            amount,
            measure=METRICS[column][1],
            sub_account_id=account,
            is_estimated=bill in estimated,
        )
        for (bill, column, account), amount in sorted(sums.items())
    )


def _is_whole_month(row: dict[str, Any]) -> bool:
    start: date = row["period_start"]
    after = (start.replace(day=28) + timedelta(days=4)).replace(day=1)
    return start.day == 1 and bool(row["period_end"] == after)
