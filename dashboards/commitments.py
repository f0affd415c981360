"""What commitments cost, used, covered and saved, and when they end: the report for a terminal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa

from lake.output import Cell, Output, money

USAGE, COVERAGE, RATES = "commitment_usage", "commitment_coverage", "effective_savings_rates"
PLANS = "commitment_recommendations"
# The marts of the report, and the columns of each that fit a terminal.
SHOWN: dict[str, tuple[str, ...]] = {
    USAGE: (
        *("billing_period", "sub_account_name", "commitment_kind", "usage_type", "commitment_cost"),
        *("unused_commitment_to_date_cost", "utilization_pct", "days_left"),
    ),
    COVERAGE: (
        *("billing_period", "sub_account_name", "region_id", "eligible_kind", "instance_type", "eligible_list_cost"),
        *("on_demand_list_cost", "covered_pct_of_eligible_list_cost"),
    ),
    RATES: (
        *("billing_period", "service_name", "list_cost", "savings_cost", "effective_savings_rate_pct"),
        *("eligible_list_cost", "eligible_savings_rate_pct"),
    ),
    PLANS: (
        *("region_id", "plan_offering", "instance_family", "status", "is_alternative", "hourly_commitment_cost"),
        *("monthly_savings_cost", "discount_basis"),
    ),
}
# By which amount the rows of each are ordered.
ORDER = {
    USAGE: "commitment_cost",
    COVERAGE: "eligible_list_cost",
    RATES: "eligible_list_cost",
    PLANS: "monthly_savings_cost",
}
# A commitment that ends within so many days is named: as long as AWS's own alert looks ahead at most.
_SOON_DAYS = 60

Row = Mapping[str, Any]
Rows = list[dict[str, Any]]


def as_one(marts: Mapping[str, pa.Table]) -> pa.Table:
    """The rows of the marts of `SHOWN` under each other, with every column of each; `part` names the mart of a row.

    What a mart does not have is null in its rows.
    """
    parts = [marts[mart].add_column(0, "part", pa.array([mart] * marts[mart].num_rows, pa.string())) for mart in SHOWN]
    return pa.concat_tables(parts, promote_options="default")


def show_commitments(out: Output, marts: Mapping[str, pa.Table]) -> None:
    """Print the marts of `SHOWN`, of the months that were asked for, each currency by itself; dearest first."""
    rows = {mart: table.to_pylist() for mart, table in marts.items()}
    if not rows[USAGE]:
        out.say("No savings plan and no reservation is on this bill.")
    for currency in sorted({row["billing_currency"] for of in rows.values() for row in of}):
        own = {mart: [row for row in of if row["billing_currency"] == currency] for mart, of in rows.items()}
        _show_usage(out, own[USAGE], currency)
        _show_coverage(out, own[COVERAGE], currency)
        _show_rates(out, own[RATES], currency)
        _show_plans(out, own[PLANS], currency)


def _show_usage(out: Output, rows: Rows, currency: str) -> None:
    if not rows:
        return
    rows.sort(key=lambda row: (row["commitment_cost"] or Decimal(0), row["commitment_discount_id"]), reverse=True)
    out.table(
        f"Commitments in {_months(rows)} ({currency})",
        ["Owner", "Kind", "Bought", "Payment", "Cost", "Unused", "Used", "Net savings", "Rate", "Ends"],
        [_usage_line(row) for row in rows],
    )
    unused, saved = _total(rows, "unused_commitment_to_date_cost"), _total(rows, "net_savings_cost")
    out.say(f"Unused to date: {money(unused, currency)}. Saved, net of it: {money(saved, currency)}.")
    out.say("Used: in percent of cost to date. Rate: net savings in percent of the public price of what was covered.")
    for row in rows:
        if row["is_latest_period"] and row["days_left"] is not None and row["days_left"] <= _SOON_DAYS:
            out.say(f"Ends in {row['days_left']} days: {row['commitment_discount_id']}")


def _usage_line(row: Row) -> list[Cell]:
    ends_at = row["ends_at"]
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
        None if ends_at is None else f"{ends_at:%Y-%m-%d}",
    ]


def _show_coverage(out: Output, rows: Rows, currency: str) -> None:
    """By kind and region: accounts and types are in the mart."""
    amounts = ("eligible_list_cost", "plan_covered_list_cost", "reservation_covered_list_cost", "on_demand_list_cost")
    sums: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * len(amounts))
    for row in rows:
        key = row["eligible_kind"], row["region_id"]
        sums[key] = [total + row[name] for total, name in zip(sums[key], amounts, strict=True)]
    if not sums:
        return
    lines = sorted(sums.items(), key=lambda of: (-of[1][0], of[0]))
    lines.append(
        (("All that is eligible", ""), [sum(column, Decimal(0)) for column in zip(*sums.values(), strict=True)])
    )
    out.table(
        f"Usage that a commitment could pay for, at public prices, in {_months(rows)} ({currency})",
        ["Kind", "Region", "Eligible", "Plans", "Reservations", "On demand", "Covered"],
        [[*key, *map(_amount, of), _share(of[1] + of[2], of[0])] for key, of in lines],
    )
    out.say("Covered: in percent of eligible cost at public prices; spot is not eligible.")


def _show_rates(out: Output, rows: Rows, currency: str) -> None:
    names = ("eligible_list_cost", "eligible_amortized_cost", "unused_commitment_to_date_cost", "eligible_savings_cost")
    shown = [row for row in rows if row["eligible_list_cost"] or row["unused_commitment_to_date_cost"]]
    if not shown:
        return
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * len(names))
    for row in shown:
        for service in (row["service_name"], "All services"):
            sums[service] = [total + row[name] for total, name in zip(sums[service], names, strict=True)]
    lines = sorted(sums.items(), key=lambda of: (of[0] == "All services", -of[1][0], of[0]))
    out.table(
        f"Effective savings rate in {_months(rows)} ({currency})",
        ["Service", "At public prices", "Paid", "Unused", "Saved", "Rate"],
        [[service, *map(_amount, of), _share(of[3], of[0])] for service, of in lines],
    )
    out.say("Of usage that a commitment could pay for. Saved: public price less paid and unused commitment.")


def _show_plans(out: Output, rows: Rows, currency: str) -> None:
    """What is recommended, one kind of plan for each hour; why the rest is not stands in the mart."""
    found = [row for row in rows if row["status"] == "recommended"]
    chosen = sorted((row for row in found if not row["is_alternative"]), key=lambda row: -row["monthly_savings_cost"])
    if not rows:
        return
    if not chosen:
        out.say("\nNo commitment is recommended: `finops report commitment_recommendations` says why.")
        return
    out.table(
        f"Commitments that the hourly floor would use ({currency})",
        ["Plan", "Region", "An hour", "Saves a month", "At least", "At most", "Used", "Break-even", "Discount"],
        [_plan_line(row) for row in chosen],
    )
    out.say(
        f"By {chosen[0]['hours_looked_at']:,} hours. At least: if each day were as the one with the least usage. "
        "It is not known whether usage stays for the term."
    )
    if others := len(found) - len(chosen):
        out.say(f"Or by instance family, for the same hours: {others} in {PLANS}. Never add them to these.")


def _plan_line(row: Row) -> list[Cell]:
    return [
        row["plan_offering"],
        row["region_id"],
        f"{row['hourly_commitment_cost']:.3f}",
        _amount(row["monthly_savings_cost"]),
        _amount(row["low_monthly_savings_cost"]),
        _amount(row["high_monthly_savings_cost"]),
        _percent(row["expected_utilization_pct"]),
        _percent(row["break_even_utilization_pct"]),
        f"{row['plan_discount_pct']:.1f}% {row['discount_basis']}",
    ]


def _months(rows: Iterable[Row]) -> str:
    months = sorted({str(row["billing_period"]) for row in rows})
    return months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"


def _total(rows: Rows, name: str) -> Decimal | None:
    """The sum of what is known; None where nothing is."""
    known = [row[name] for row in rows if row[name] is not None]
    return sum(known, Decimal(0)) if known else None


def _amount(amount: Decimal | None) -> Cell:
    return None if amount is None else f"{amount:z,.2f}"


def _percent(share: float | None) -> Cell:
    return None if share is None else f"{share:z.1f}%"


def _share(part: Decimal, whole: Decimal) -> Cell:
    return f"{100 * part / whole:z.1f}%" if whole else None
