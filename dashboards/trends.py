"""`finops report costs` and `finops report trends`: what the marts of trends tell together, as one table each."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from lake.output import Cell, Output

Rows = list[dict[str, Any]]

# The marts that each report is made of.
COSTS = ("monthly_costs", "cost_comparisons")
TRENDS = ("cost_breakdowns", "cost_comparisons", "cost_movers", "cost_anomalies", "cost_forecasts")

_MONEY = pa.decimal128(38, 10)


def _schema(words: Sequence[str], amounts: Sequence[str]) -> pa.Schema:
    fields: list[pa.Field[Any]] = [
        *(pa.field(name, pa.string()) for name in words),
        *(pa.field(name, _MONEY) for name in amounts),
    ]
    return pa.schema(fields)


_COSTS = _schema(
    (
        *("billing_period", "billing_account_id", "sub_account_id"),
        *("sub_account_name", "service_name", "billing_currency"),
    ),
    (
        *("billed_cost", "amortized_cost", "effective_cost"),
        *("change_from_previous_month", "change_from_previous_year"),
    ),
)
_TRENDS = _schema(
    ("part", "told_of", "billing_account_id", "sub_account_name", "service_name", "detail", "billing_currency"),
    ("cost", "compared_cost", "change"),
)
_PARTS = (
    ("price_change_cost", "price"),
    ("usage_change_cost", "use"),
    ("mix_change_cost", "purchase options"),
    ("new_resources_cost", "new resources"),
    ("gone_resources_cost", "gone resources"),
    ("other_change_cost", "fees, taxes and credits"),
)


def costs(marts: dict[str, pa.Table]) -> pa.Table:
    """Per month, account and service: what it cost, and by how much more than in the same days of two other months.

    A change is null where nothing is there to compare with.
    """
    keys = ("billing_period", "billing_account_id", "sub_account_id", "service_name", "billing_currency")
    changes = {
        (*(row[key] for key in keys), row["comparison"]): row["effective_cost_change"]
        for row in marts["cost_comparisons"].to_pylist()
    }
    rows = [
        {
            **{name: row[name] for name in _COSTS.names if name in row},
            **{
                f"change_from_{comparison}": changes.get((*(row[key] for key in keys), comparison))
                for comparison in ("previous_month", "previous_year")
            },
        }
        for row in marts["monthly_costs"].to_pylist()
    ]
    rows.sort(key=lambda row: (row["billing_period"], row["effective_cost"]), reverse=True)
    return pa.Table.from_pylist(rows, schema=_COSTS)


def trends(marts: dict[str, pa.Table]) -> pa.Table:
    """Breakdowns, comparisons, movers, anomalies and forecasts under the same columns, what matters most first."""
    told = [
        *_breakdowns(_rows(marts, "cost_breakdowns")),
        *_sorted(map(_forecast, _rows(marts, "cost_forecasts")), "cost"),
        *_sorted(map(_comparison, _rows(marts, "cost_comparisons")), "change"),
        *_sorted(map(_mover, _rows(marts, "cost_movers")), "change"),
        *_sorted(map(_anomaly, _rows(marts, "cost_anomalies")), "change"),
    ]
    return pa.Table.from_pylist([row for row in told if row["cost"] or row.get("compared_cost")], schema=_TRENDS)


def _rows(marts: dict[str, pa.Table], mart: str) -> Rows:
    rows: Rows = marts[mart].to_pylist()
    return rows


def _sorted(rows: Any, by: str) -> Rows:
    return sorted(rows, key=lambda row: abs(row[by] or Decimal(0)), reverse=True)


def _who(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("billing_account_id", "sub_account_name", "service_name", "billing_currency")}


def _breakdowns(rows: Rows) -> Rows:
    """Per month and dimension its values, dearest first, with their share of it; accounts are added up."""
    keys = ("billing_period", "billing_account_id", "billing_currency", "dimension")
    sums: dict[tuple[str, ...], dict[str, Decimal]] = {}
    for row in rows:
        values = sums.setdefault(tuple(row[key] for key in keys), {})
        values[row["dimension_value"]] = values.get(row["dimension_value"], Decimal(0)) + row["effective_cost"]
    told = []
    for (month, payer, currency, dimension), values in sorted(sums.items(), key=lambda one: one[0]):
        whole = sum(values.values(), Decimal(0))
        for value, cost in sorted(values.items(), key=lambda one: (-one[1], one[0])):
            share = f" ({100 * cost / whole:.1f} %)" if whole else ""
            told.append(
                {
                    "part": "breakdown",
                    "told_of": month,
                    "billing_account_id": payer,
                    "billing_currency": currency,
                    "detail": f"{dimension}: {value}{share}",
                    "cost": cost,
                }
            )
    return told


def _forecast(row: dict[str, Any]) -> dict[str, Any]:
    interval = "no interval" if row["low_cost"] is None else f"{row['low_cost']:,.2f} to {row['high_cost']:,.2f}"
    error = "" if row["wape_pct"] is None else f", off by {row['wape_pct']:.1f}% before"
    return {
        **_who(row),
        "part": "forecast",
        "told_of": f"{row['horizon']} to {row['ends_on']}",
        "detail": f"{row['measure'].removesuffix('_cost')}: {interval}{error}",
        "cost": row["forecast_cost"],
        "compared_cost": row["cost_to_date"],
        "change": row["forecast_cost"] - row["cost_to_date"],
    }


def _comparison(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **_who(row),
        "part": "comparison",
        "told_of": row["billing_period"],
        "detail": f"{row['days_compared']} days beside {row['compared_period']}",
        "cost": row["effective_cost"],
        "compared_cost": row["previous_effective_cost"],
        "change": row["effective_cost_change"],
    }


def _mover(row: dict[str, Any]) -> dict[str, Any]:
    largest = max(_PARTS, key=lambda part: abs(row[part[0]]))[1]
    return {
        **_who(row),
        "part": "mover",
        "told_of": row["billing_period"],
        "detail": f"{row['usage_type']}: {largest}",
        "cost": row["effective_cost"],
        "compared_cost": row["previous_effective_cost"],
        "change": row["effective_cost_change"],
    }


def _anomaly(row: dict[str, Any]) -> dict[str, Any]:
    cause = row["cause"].replace("_", " ")
    return {
        **_who(row),
        "part": "anomaly",
        "told_of": str(row["charged_on"]),
        "detail": f"{row['usage_group']}, {cause}" + (f": {row['top_resources']}" if row["top_resources"] else ""),
        "cost": row["effective_cost"],
        "compared_cost": row["expected_cost"],
        "change": row["impact_cost"],
    }


_TITLES = {
    "breakdown": ("What it is made of", ("Month", "Payer", "Service", "By", "Cost")),
    "forecast": (
        "What it will come to",
        ("Until", "Account", "Service", "Measure and interval", "Forecast", "To date"),
    ),
    "comparison": ("Beside the same days", ("Month", "Account", "Service", "Compared", "Cost", "Before", "Change")),
    "mover": ("What moved", ("Month", "Account", "Service", "What and why", "Cost", "Before", "Change")),
    "anomaly": ("What stood out", ("Day", "Account", "Service", "What and why", "Cost", "Expected", "Change")),
}


def show_trends(out: Output, rows: pa.Table, *, top: int = 10) -> None:
    """Print each part as a table, what matters most first."""
    told = rows.to_pylist()
    for part, (title, columns) in _TITLES.items():
        of_part = [row for row in told if row["part"] == part]
        shown = _dearest(of_part) if part == "breakdown" else of_part[:top]
        out.table(f"{title} ({len(of_part):,})", columns, [_cells(row, len(columns)) for row in shown])
        if not of_part:
            out.say("Nothing.")
        out.say("")


def _dearest(rows: Rows, *, each: int = 3) -> Rows:
    """The first rows of each dimension."""
    shown: dict[tuple[str, ...], Rows] = {}
    for row in rows:
        key = (row["told_of"], row["billing_account_id"], row["billing_currency"], row["detail"].partition(": ")[0])
        shown.setdefault(key, []).append(row)
    return [row for of_dimension in shown.values() for row in of_dimension[:each]]


def _cells(row: dict[str, Any], count: int) -> list[Cell]:
    words: Sequence[Cell] = [
        *(row["told_of"], row["sub_account_name"] or row["billing_account_id"], row["service_name"] or "all"),
        row["detail"][:80],
    ]
    compared, change = row["compared_cost"] or Decimal(0), row["change"] or Decimal(0)
    return [*words, f"{row['cost']:z,.2f}", f"{compared:z,.2f}", f"{change:+z,.2f}"][:count]


def show_costs(out: Output, rows: pa.Table, *, top: int = 30) -> None:
    """Print the dearest services of each account, with what they cost more than before."""
    told = rows.to_pylist()
    cells: list[list[Cell]] = [
        [
            *(row["billing_period"], row["sub_account_name"], row["service_name"]),
            *(f"{row[f'{name}_cost']:z,.2f}" for name in ("billed", "amortized", "effective")),
            *(
                "" if (it := row[f"change_from_previous_{when}"]) is None else f"{it:+z,.2f}"
                for when in ("month", "year")
            ),
        ]
        for row in told[:top]
    ]
    columns = (
        "Month",
        "Account",
        "Service",
        "Billed",
        "Amortized",
        "Effective",
        "To the month before",
        "To the year before",
    )
    out.table(f"Costs by account and service ({len(told):,})", columns, cells)
    if len(told) > top:
        out.say(f"The {top} dearest of {len(told):,}; --format csv --to FILE gives them all.")
    out.say("Changes are of effective cost, over the same days.")
