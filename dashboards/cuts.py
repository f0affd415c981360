"""The same charts for each account alone: amounts in cents, small enough for hundreds of accounts in one page. Pure.

What is told exactly is told of all accounts together; a reader who chooses one sees amounts rounded to cents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dashboards.figures import COLUMNS, MEASURES, OTHER, Daily, Slice
from dashboards.findings import Findings
from dashboards.scope import Headline, of_headline, where

# A page of many accounts stays small enough to mail: the more there are, the fewer services of each are drawn by day,
# and only the dearest can be chosen.
SERIES_HELD = 1000
SERVICES_DRAWN = 5
WHOLE = "All services"
MOVERS_DRAWN = 8

Cents = list[int]
Cut = dict[str, Any]


def cuts(
    scope: Headline,
    daily: Daily,
    accounts: Sequence[Slice],
    monthly: pa.Table,
    months: Sequence[Slice],
    found: Mapping[str, tuple[Findings, str]],
) -> dict[str, Cut]:
    """By account id: `n`ame, `d`aily by service, `m`onths, `v`: moved, `p`urchases, `r`egions, `t`otals, `f`ound."""
    accounts = accounts[:SERIES_HELD]
    by_day = _daily(scope, daily, min(SERVICES_DRAWN, SERIES_HELD // len(accounts) - 1))
    by_month = _months(monthly, scope, [part.key for part in months])
    now, before = (_by_account(rows, "service_name") for rows in (scope.comparable, scope.previous))
    bought = _by_account(where(scope.current, charge_category="Usage"), "purchase_option")
    places = _by_account(scope.current, "region_id")
    totals = {part.key: part for part in accounts}
    unused = _unused(scope.current)
    known = any(payer.is_previous_known for payer in scope.payers)
    told = {name: _found(*of) for name, of in found.items()}
    return {
        key: {
            "n": part.name,
            "d": by_day.get(key, []),
            "m": by_month.get(key, [[0] * len(months) for _ in MEASURES]),
            "v": _moved(now.get(key, {}), before.get(key, {})) if known else [],
            "p": _ranked(bought.get(key, {})),
            "r": _ranked(places.get(key, {})),
            "t": [
                *(_cents(getattr(part, measure)) for measure in MEASURES),
                *_pairs(now.get(key, {}), before.get(key, {}), known),
                unused.get(key, 0),
            ],
            "f": [value for of in told.values() for value in of.get(key, (0, 0))],
        }
        for key, part in totals.items()
    }


def _daily(scope: Headline, daily: Daily, top: int) -> dict[str, list[Any]]:
    """Of each account its largest services by day; a measure equal to the one before it is written as 0."""
    late = pc.greater_equal(scope.past["charged_on"], pa.scalar(daily.days[0]))
    rows = scope.past.filter(late)
    at = {day: index for index, day in enumerate(daily.days)}
    cells: dict[str, dict[str, list[Cents]]] = defaultdict(dict)
    for account, name, day, *costs in _rows(rows, ("sub_account_id", "service_name", "charged_on")):
        own = cells[account].setdefault(name, [[0] * len(at) for _ in MEASURES])
        for index, cost in enumerate(costs):
            own[index][at[day]] += cost
    drawn = {account: _largest(of, top) for account, of in cells.items()}
    # Each service is rounded by itself; the last one takes what that leaves, so that a day is right to the cent.
    for account, day, *costs in _rows(rows, ("sub_account_id", "charged_on")):
        for index, cost in enumerate(costs):
            drawn[account][-1][1][index][at[day]] += cost - sum(of[index][at[day]] for _, of in drawn[account])
    return {account: [_written(*one) for one in of] for account, of in drawn.items()}


def _largest(services: dict[str, list[Cents]], top: int) -> list[tuple[str, list[Cents]]]:
    ranked = sorted(services, key=lambda name: (-abs(sum(services[name][-1])), name))
    drawn = [(name, services[name]) for name in ranked[:top]]
    if rest := ranked[top:]:
        summed = [[sum(day) for day in zip(*(services[name][m] for name in rest), strict=True)] for m in (0, 1, 2)]
        drawn.append((OTHER if top else WHOLE, summed))
    return drawn


def _written(name: str, of: list[Cents]) -> list[Any]:
    return [name, of[0], *(0 if of[m] == of[m - 1] else of[m] for m in (1, 2))]


def _months(monthly: pa.Table, scope: Headline, periods: Sequence[str]) -> dict[str, list[Cents]]:
    at = {period: index for index, period in enumerate(periods)}
    found: dict[str, list[Cents]] = defaultdict(lambda: [[0] * len(periods) for _ in MEASURES])
    for account, period, *costs in _rows(of_headline(monthly, scope), ("sub_account_id", "billing_period")):
        if period in at:
            for index, cost in enumerate(costs):
                found[account][index][at[period]] += cost
    return found


def _by_account(rows: pa.Table, column: str) -> dict[str, dict[str, Cents]]:
    found: dict[str, dict[str, Cents]] = defaultdict(dict)
    for account, name, *costs in _rows(rows, ("sub_account_id", column)):
        found[account][name] = costs
    return found


def _ranked(costs: dict[str, Cents]) -> list[list[Any]]:
    return [[name, *of] for name, of in sorted(costs.items(), key=lambda at: -at[1][-1])]


def _moved(now: dict[str, Cents], before: dict[str, Cents]) -> list[list[Any]]:
    nothing = [0] * len(MEASURES)
    pairs = {name: (now.get(name, nothing), before.get(name, nothing)) for name in now.keys() | before.keys()}
    ranked = sorted(pairs, key=lambda name: (-abs(pairs[name][0][-1] - pairs[name][1][-1]), name))
    return [[name, *pairs[name][0], *pairs[name][1]] for name in ranked[:MOVERS_DRAWN]]


def _pairs(now: dict[str, Cents], before: dict[str, Cents], known: bool) -> list[int | None]:
    """What is compared: now and before, each under every measure; None where there is no month before."""
    if not known:
        return [None] * (2 * len(MEASURES))
    return [sum(costs[m] for costs in side.values()) for side in (now, before) for m in range(len(MEASURES))]


def _unused(rows: pa.Table) -> dict[str, int]:
    sums = rows.group_by("sub_account_id").aggregate([("unused_commitment_to_date_cost", "sum")])
    return {str(row["sub_account_id"]): _cents(row["unused_commitment_to_date_cost_sum"]) for row in sums.to_pylist()}


def _found(findings: Findings, amount: str) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for row in findings.rows:
        cents, count = found.get(row["sub_account_id"], (0, 0))
        found[row["sub_account_id"]] = cents + _cents(row[amount] or Decimal(0)), count + 1
    return found


def _rows(rows: pa.Table, keys: tuple[str, ...]) -> zip[tuple[Any, ...]]:
    """Each combination of the keys with its sums of `COLUMNS` in cents."""
    table = rows.group_by(list(keys)).aggregate([(column, "sum") for column in COLUMNS])
    cents = [_column_of_cents(table[f"{column}_sum"]) for column in COLUMNS]
    return zip(*(table[key].to_pylist() for key in keys), *cents, strict=True)


def _column_of_cents(column: Any) -> Cents:
    # Pictures need no decimals: a float holds every cent of a bill below 90 trillion.
    cents: Cents = pc.cast(pc.round(pc.multiply(pc.cast(column, pa.float64()), 100.0)), pa.int64()).to_pylist()
    return cents


def _cents(amount: Decimal) -> int:
    return int((amount * 100).to_integral_value(rounding="ROUND_HALF_UP"))
