"""What commitments cost, how much of them was used, what they saved and when they end: the report for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from lake.output import Cell, Output, money

# The mart whose rows the report is in every other form than a table.
USAGE = "commitment_usage"
# The marts of the report, and the columns of each that fit a terminal.
SHOWN: dict[str, tuple[str, ...]] = {
    USAGE: (
        *("billing_period", "sub_account_name", "commitment_kind", "usage_type", "commitment_cost"),
        *("unused_commitment_to_date_cost", "utilization_pct", "days_left"),
    ),
}
# A commitment that ends within so many days is named: as long as AWS's own alert looks ahead at most.
_SOON_DAYS = 60

Row = Mapping[str, Any]


def show_commitments(out: Output, marts: Mapping[str, pa.Table]) -> None:
    """Print the marts of `SHOWN`, of the months that were asked for, a table for each currency; dearest first."""
    rows = marts[USAGE].to_pylist()
    if not rows:
        out.say("No savings plan and no reservation is on this bill.")
    for currency in sorted({row["billing_currency"] for row in rows}):
        _show_usage(out, [row for row in rows if row["billing_currency"] == currency], currency)


def _show_usage(out: Output, rows: list[dict[str, Any]], currency: str) -> None:
    rows.sort(key=lambda row: (row["commitment_cost"] or Decimal(0), row["commitment_discount_id"]), reverse=True)
    months = " to ".join(sorted({str(row["billing_period"]) for row in rows})[:: max(1, len(rows) - 1)][:2])
    out.table(
        f"Commitments in {months} ({currency})",
        ["Owner", "Kind", "Bought", "Payment", "Cost", "Unused", "Used", "Net savings", "Rate", "Ends"],
        [_usage_line(row) for row in rows],
    )
    unused = _total(rows, "unused_commitment_to_date_cost")
    out.say(f"Unused to date: {money(unused, currency)}. Saved, net of it: {money(_saved(rows), currency)}.")
    out.say("Used: in percent of cost to date. Rate: net savings in percent of the public price of what was covered.")
    for row in rows:
        if row["is_latest_period"] and row["days_left"] is not None and row["days_left"] <= _SOON_DAYS:
            out.say(f"Ends in {row['days_left']} days: {row['commitment_discount_id']}")


def _usage_line(row: Row) -> list[Cell]:
    return [
        row["sub_account_name"],
        row["commitment_kind"],
        row["usage_type"],
        row["payment_option"],
        _amount(row["commitment_cost"]),
        _amount(row["unused_commitment_to_date_cost"]),
        _percent(row["utilization_pct"]),
        _amount(row["net_savings_cost"]),
        _percent(row["effective_savings_rate_pct"]),
        _day(row["ends_at"]),
    ]


def _saved(rows: list[dict[str, Any]]) -> Decimal | None:
    return _total(rows, "net_savings_cost")


def _total(rows: list[dict[str, Any]], name: str) -> Decimal | None:
    """The sum of what is known; None where nothing is."""
    known = [row[name] for row in rows if row[name] is not None]
    return sum(known, Decimal(0)) if known else None


def _amount(amount: Decimal | None) -> Cell:
    return None if amount is None else f"{amount:z,.2f}"


def _percent(share: float | None) -> Cell:
    return None if share is None else f"{share:z.1f}%"


def _day(moment: Any) -> Cell:
    return None if moment is None else date(moment.year, moment.month, moment.day).isoformat()
