"""`finops report idle`, `rightsizing` and `savings`: the marts of findings under short names, with their sums."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lake.output import Output, money

if TYPE_CHECKING:
    import pyarrow as pa

# The mart behind each report, and the amount that it adds up.
REPORTS: Mapping[str, tuple[str, str]] = {
    "idle": ("idle_resources", "monthly_cost"),
    "rightsizing": ("rightsizing_recommendations", "monthly_savings_cost"),
    "savings": ("savings", "monthly_savings_cost"),
}
_RESOURCE = ("billing_period", "billing_account_id", "sub_account_id", "region_id", "resource_id")


def show_sums(out: Output, name: str, rows: pa.Table) -> None:
    """Say what the findings come to in a month, each resource once, and what stands behind them."""
    _, amount = REPORTS[name]
    by_currency: dict[str, list[dict[str, Any]]] = {}
    for row in rows.to_pylist():
        by_currency.setdefault(str(row["billing_currency"]), []).append(row)
    for currency, own in sorted(by_currency.items()):
        total, cash, resources, unpriced = _sums(name, own, amount)
        told = f"{resources:,} resources, {money(total, currency)} a month"
        if name == "savings":
            told += f", {money(cash, currency)} of it in cash; the rest is paid for by commitments"
        out.say(told + (f"; {unpriced:,} without a price." if unpriced else "."))
    if name == "savings":
        out.say("Each resource is counted once, in the order of the levers: see docs/savings.md.")
    elif rows.num_rows:
        bases = sorted({str(one) for one in rows["evidence"].to_pylist()})
        out.say(
            f"They rest on: {', '.join(bases)}. Of one resource the largest counts; `finops report savings` adds up."
        )


def _sums(name: str, rows: list[dict[str, Any]], amount: str) -> tuple[Decimal, Decimal, int, int]:
    best: dict[tuple[str, ...], Decimal | None] = {}
    total = cash = Decimal(0)
    for row in rows:
        key = tuple(str(row[column]) for column in _RESOURCE)
        known = best.get(key)
        best[key] = known if row[amount] is None else max(known or Decimal(0), row[amount])
        if name == "savings" and row["is_counted"]:
            total += row[amount]
            cash += row["monthly_cash_savings_cost"] or Decimal(0)
    if name != "savings":
        total = sum((one for one in best.values() if one is not None), Decimal(0))
    return total, cash, len(best), sum(one is None for one in best.values())
