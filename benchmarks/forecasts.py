"""How far forecasts are off on months that were held out: `python -m benchmarks.forecasts`.

Thirteen months of made-up costs are cut off on a day of each month from the seventh on; the mart forecasts that month
from what is left, with a method and an interval that it chose, and is compared with what the month came to. So are the
amounts of last month, of the last week, and of the last week as textbooks have it.
"""

from __future__ import annotations

import argparse
import math
import random
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa

from benchmarks.compiled import compile_models, computed
from benchmarks.timing import show

MODELS = ("int_forecasts__targets", "int_forecasts__tried", "cost_forecasts")
FIRST = date(2025, 1, 1)
_MONTHS = 13
_PLACES = Decimal("0.0000000001")


@dataclass(frozen=True)
class Cost:
    """What a payer pays on a day. `rhythm` is Daily, Monthly or One-off."""

    payer: str
    day: date
    rhythm: str
    amount: Decimal


def make(seed: int, payers: int) -> list[Cost]:
    """Costs by day with a level, a week, a trend, noise, a change of level, monthly fees and the odd refund."""
    chance = random.Random(seed)
    costs: list[Cost] = []
    for number in range(payers):
        payer = f"{number:012d}"
        level, weekend = math.exp(chance.uniform(4, 9)), chance.choice((1.0, 0.9, 0.6))
        trend, noise, fee = chance.uniform(-0.001, 0.003), chance.choice((0.01, 0.04, 0.1)), chance.choice((0, 0.05))
        jump_at, jump = chance.randrange(60, 360), chance.choice((1.0, 1.0, 0.7, 1.4))
        for age in range((_first_of(_MONTHS) - FIRST).days):
            day = FIRST + timedelta(days=age)
            usual = level * math.exp(trend * age) * (weekend if day.weekday() >= 5 else 1)
            usual *= jump if age >= jump_at else 1
            costs.append(_cost(payer, day, "Daily", usual * math.exp(chance.gauss(0, noise))))
            if day.day == 1:
                costs.append(_cost(payer, day, "Monthly", fee * 30 * level * math.exp(trend * age)))
                if chance.random() < 0.15:
                    costs.append(_cost(payer, day, "One-off", -level))
    return costs


def _cost(payer: str, day: date, rhythm: str, amount: float) -> Cost:
    return Cost(payer, day, rhythm, Decimal(amount).quantize(_PLACES))


def _first_of(month: int) -> date:
    """The first day of the month that comes so many after the first one."""
    year, at = divmod(FIRST.year * 12 + FIRST.month - 1 + month, 12)
    return date(year, at + 1, 1)


def known_on(costs: Sequence[Cost], through: date) -> list[Cost]:
    """What a bill knows of the costs on a day. Of the month that is cut off, no monthly fee is billed yet."""
    newest = through.replace(day=1)
    return [one for one in costs if one.day <= through and not (one.day >= newest and one.rhythm == "Monthly")]


def repeated(known: Sequence[Cost], through: date) -> dict[str, float]:
    """Textbooks' seasonal naive by payer: what the month cost to date, and each day to come as a week before it.

    It knows of days alone: a fee counts where it fell, and again only if it fell on the days that are repeated.
    """
    by_day: dict[tuple[str, date], float] = defaultdict(float)
    for one in known:
        by_day[one.payer, one.day] += float(one.amount)
    first, month = through.replace(day=1), dict[str, float]()
    for payer in sorted({one.payer for one in known}):
        days = [first + timedelta(days=at) for at in range((_next(first) - first).days)]
        ago = [max(0, -(-(day - through).days // 7)) for day in days]
        month[payer] = sum(by_day[payer, day - timedelta(weeks=weeks)] for day, weeks in zip(days, ago, strict=True))
    return month


def tables(known: Sequence[Cost], through: date) -> dict[str, pa.Table]:
    """What is known through a day as the models read it."""
    newest = through.replace(day=1)
    count = len(known)
    paced = pa.table(
        {
            "billing_period": [f"{one.day:%Y-%m}" for one in known],
            "charged_on": pa.array([one.day for one in known], pa.date32()),
            "billing_account_id": [one.payer for one in known],
            "sub_account_id": [one.payer for one in known],
            "service_name": ["Made up"] * count,
            "billing_currency": ["USD"] * count,
            "rhythm": [one.rhythm for one in known],
            "billed_cost": pa.array([one.amount for one in known], pa.decimal128(38, 10)),
            "effective_cost": pa.array([one.amount for one in known], pa.decimal128(38, 10)),
        }
    )
    months = sorted({(one.payer, one.day.replace(day=1)) for one in known})
    last = {first: min(through, _next(first) - timedelta(days=1)) for _, first in months}
    judged = pa.table(
        {
            "billing_account_id": [payer for payer, _ in months],
            "billing_period": [f"{first:%Y-%m}" for _, first in months],
            "first_on": pa.array([first for _, first in months], pa.date32()),
            "is_final": [first < newest for _, first in months],
            "usage_through_on": pa.array([last[first] for _, first in months], pa.date32()),
            "judged_through_on": pa.array([last[first] for _, first in months], pa.date32()),
        }
    )
    payers = sorted({one.payer for one in known})
    return {
        "int_costs__paced": paced,
        "int_months__judged": judged,
        "int_accounts__named": pa.table({"sub_account_id": payers, "sub_account_name": payers}),
    }


def _next(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


@dataclass(frozen=True)
class Tried:
    """One forecast of a month beside what it came to."""

    payer: str
    actual: float
    forecast: float
    low: float | None
    high: float | None
    last_month: float
    last_week: float
    textbook: float


def forecast(engine: duckdb.DuckDBPyConnection, actual: dict[str, float], textbook: dict[str, float]) -> list[Tried]:
    """What the mart forecasts of the month, beside the others."""
    rows = engine.execute(
        "select mart.billing_account_id, mart.forecast_cost, mart.low_cost, mart.high_cost, tried.last_month_cost, "
        "tried.seasonal_naive_cost from marts.cost_forecasts as mart "
        "inner join build.int_forecasts__tried as tried using (billing_account_id, horizon, scope, measure) "
        "where horizon = 'month' and scope = 'payer' and measure = 'billed_cost' and tried.is_live"
    ).fetchall()
    return [
        Tried(payer, actual[payer], *(None if it is None else float(it) for it in told), textbook[payer])  # type: ignore[arg-type]
        for payer, *told in rows
    ]


def wape(tried: Sequence[Tried], of: str) -> float:
    """The sum of what was off, as a share of what the months came to."""
    return sum(abs(getattr(one, of) - one.actual) for one in tried) / sum(abs(one.actual) for one in tried)


def main() -> None:
    """Measure and print; see `--help` and README.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--payers", type=int, default=60)
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        models = compile_models(MODELS, Path(folder))
    costs = make(chosen.seed, chosen.payers)
    rows = []
    for days in (5, 10, 20):
        tried: list[Tried] = []
        for month in range(6, _MONTHS):
            first = _first_of(month)
            actual: dict[str, float] = defaultdict(float)
            for one in costs:
                if one.day.replace(day=1) == first:
                    actual[one.payer] += float(one.amount)
            through = first + timedelta(days=days - 1)
            known = known_on(costs, through)
            with computed(models, tables(known, through)) as engine:
                tried += forecast(engine, actual, repeated(known, through))
        told = [one for one in tried if one.low is not None and one.high is not None]
        inside = sum(one.low <= one.actual <= one.high for one in told) / len(told)  # type: ignore[operator]
        errors = (f"{wape(tried, of):.2%}" for of in ("forecast", "last_month", "textbook", "last_week"))
        rows.append((days, len(tried), *errors, inside))
    header = (
        *("days known", "months", "error", "of last month", "of the week as textbooks repeat it", "of last week"),
        "inside the interval of 80 %",
    )
    show(f"{chosen.payers} payers, months held out", header, rows)


if __name__ == "__main__":
    main()
