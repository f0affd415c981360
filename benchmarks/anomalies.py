"""What the mart of anomalies finds of those that were put into made-up costs: `python -m benchmarks.anomalies`.

Costs have a level, a week, a trend and noise of their own; half of them have one anomaly beside. It counts as found
when one of its days is told in its direction. What is told on days without one is a false alarm; days on end are one.
"""

from __future__ import annotations

import argparse
import math
import random
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from benchmarks.compiled import compile_models, computed
from benchmarks.timing import show

MODELS = ("int_usage_groups__judged", "int_anomalies__found")
PAYER = "100000000001"
FIRST = date(2026, 1, 1)
# A change that stays may be told until the level of two weeks has followed it.
_SETTLES = 14
_BURN_IN = 40


@dataclass(frozen=True)
class Injected:
    """An anomaly: in which series, on which days (from 0), up or down, of which kind, and its size as a share."""

    series: int
    first: int
    last: int
    direction: str
    kind: str
    size: float


Costs = dict[int, list[float]]


def make(seed: int, series: int, days: int) -> tuple[Costs, list[Injected]]:
    """Daily costs of so many series, half of them with one anomaly each after the days that judging takes."""
    chance = random.Random(seed)
    costs: Costs = {}
    injected: list[Injected] = []
    for number in range(series):
        costs[number] = _steady(chance, days)
        if number % 2:
            injected.append(_inject(chance, number, costs[number]))
    return costs, injected


def _steady(chance: random.Random, days: int) -> list[float]:
    level = math.exp(chance.uniform(math.log(25), math.log(3000)))
    weekend = chance.choice((1.0, 1.0, 0.9, 0.6, 0.3))
    trend, noise = chance.uniform(-0.002, 0.006), chance.choice((0.005, 0.02, 0.05, 0.1))
    end_of_month = chance.choice((0, 0, 0, 0, 0.8))
    told = []
    for age in range(days):
        day = FIRST + timedelta(days=age)
        usual = level * math.exp(trend * age) * (weekend if day.weekday() >= 5 else 1)
        usual *= 1 + (end_of_month if day.day == 1 else 0)
        told.append(usual * math.exp(chance.gauss(0, noise)))
    return told


def _inject(chance: random.Random, number: int, costs: list[float]) -> Injected:
    """Put one in. Sizes are shares of the usual cost, from ones that are hard to see to ones that nobody misses."""
    first = chance.randrange(_BURN_IN, len(costs) - 5)
    kind = chance.choice(("spike", "burst", "step up", "step down", "outage"))
    size = (
        chance.choice((0.3, 0.5, 1.0, 3.0)) if kind in ("spike", "burst", "step up") else chance.choice((0.3, 0.6, 0.9))
    )
    last = {"spike": first, "burst": first + 2, "outage": first}.get(kind, len(costs) - 1)
    sign = -1 if kind in ("step down", "outage") else 1
    for at in range(first, min(last, len(costs) - 1) + 1):
        costs[at] *= 1 + sign * size
    seen = last if kind in ("spike", "burst", "outage") else first + _SETTLES
    return Injected(number, first, seen, "up" if sign > 0 else "down", kind, size)


def tables(costs: Costs) -> dict[str, pa.Table]:
    """The costs as the models read them: one payer, an account for each series, months that are invoiced."""
    rows = [
        (f"{day:%Y-%m}", day, f"{number:012d}", Decimal(f"{max(0.0, cost):.10f}"))
        for number, of in costs.items()
        for day, cost in ((FIRST + timedelta(days=age), cost) for age, cost in enumerate(of))
    ]
    count = len(rows)
    usage = pa.table(
        {
            "billing_period": [row[0] for row in rows],
            "charged_on": pa.array([row[1] for row in rows], pa.date32()),
            "billing_account_id": [PAYER] * count,
            "sub_account_id": [row[2] for row in rows],
            "service_name": ["Made up"] * count,
            "usage_group": ["Compute"] * count,
            "billing_currency": ["USD"] * count,
            "effective_cost": pa.array([row[3] for row in rows], pa.decimal128(38, 10)),
        }
    )
    periods = sorted({row[0] for row in rows})
    newest = max(row[1] for row in rows)
    months = pa.table(
        {
            "billing_account_id": [PAYER] * len(periods),
            "billing_period": periods,
            "judged_through_on": pa.array([newest] * len(periods), pa.date32()),
        }
    )
    return {"int_usage_groups__daily": usage, "int_months__judged": months}


@dataclass(frozen=True)
class Found:
    """What was told: injected anomalies that were found, and alarms about nothing."""

    hits: frozenset[Injected]
    false_alarms: int


def judge(models: dict[str, str], costs: Costs, injected: list[Injected]) -> Found:
    """Run the models on the costs and compare what they tell with what was put in."""
    with computed(models, tables(costs)) as engine:
        told = engine.execute(
            "select cast(sub_account_id as integer), charged_on, started_on, direction from build.int_anomalies__found"
        ).fetchall()
    by_series: dict[int, list[Injected]] = defaultdict(list)
    for one in injected:
        by_series[one.series].append(one)
    hits: set[Injected] = set()
    alarms: set[tuple[int, date, str]] = set()
    for number, day, started, direction in told:
        age = (day - FIRST).days
        here = [one for one in by_series[number] if one.first <= age <= one.last and one.direction == direction]
        hits.update(here)
        if not here:
            alarms.add((number, started, direction))
    return Found(frozenset(hits), len(alarms))


def main() -> None:
    """Measure and print; see `--help` and README.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=1000)
    parser.add_argument("--days", type=int, default=150)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--min-score", type=float, help="another least score than the project's")
    chosen = parser.parse_args()
    variables = {} if chosen.min_score is None else {"anomaly_min_score": chosen.min_score}
    with tempfile.TemporaryDirectory() as folder:
        models = compile_models(MODELS, Path(folder), **variables)
    costs, injected = make(chosen.seed, chosen.series, chosen.days)
    found = judge(models, costs, injected)
    groups: dict[tuple[str, float], list[Injected]] = defaultdict(list)
    for one in injected:
        groups[one.kind, one.size].append(one)
    rows = [
        (kind, f"{size:.0%}", len(of), f"{sum(one in found.hits for one in of) / len(of):.2f}")
        for (kind, size), of in sorted(groups.items())
    ]
    show(f"{chosen.series} series of {chosen.days} days", ("kind", "size", "injected", "recall"), rows)
    precision = len(found.hits) / ((len(found.hits) + found.false_alarms) or 1)
    print(f"\nprecision {precision:.3f}: {len(found.hits)} found, {found.false_alarms} false alarms")
    print(f"recall {len(found.hits) / len(injected):.3f} of {len(injected)} injected")


if __name__ == "__main__":
    main()
