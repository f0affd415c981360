"""What the month will come to and which budgets it meets, what moved and why, and which days stood out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from dashboards.figures import ZERO
from dashboards.scope import Headline, of_headline, where

Row = Mapping[str, Any]

# The parts of a change, by column of cost_movers, as the page calls them.
PARTS = {
    "price_change_cost": "price",
    "usage_change_cost": "use",
    "mix_change_cost": "purchase options",
    "new_resources_cost": "new resources",
    "gone_resources_cost": "gone resources",
    "other_change_cost": "fees, taxes, credits",
}


@dataclass(frozen=True)
class Forecast:
    """What the headline's payers will have cost at the end of a month, under one measure.

    `low` and `high` are None unless every payer has an interval: the interval of a sum is not the sum of intervals, so
    for several payers it is the widest that can be. `error_pct` is the largest of the payers' own errors.
    """

    measure: str
    ends_on: str
    to_date: Decimal
    expected: Decimal
    low: Decimal | None
    high: Decimal | None
    error_pct: float | None
    payers: int


@dataclass(frozen=True)
class Anomaly:
    """Days on end of one account, service and usage group that cost more or less than expected."""

    account_id: str
    account_name: str
    service_name: str
    usage_group: str
    started_on: str
    ended_on: str
    actual: Decimal
    expected: Decimal
    cause: str
    top_resources: str
    days: int

    @property
    def impact(self) -> Decimal:
        """Actual less expected: below zero when it cost less."""
        return self.actual - self.expected


def forecasts(mart: pa.Table, shown: Headline) -> dict[str, Forecast]:
    """By measure, billed and effective: the end of the month that the headline shows, or of the one after it."""
    rows = where(of_headline(mart, shown), horizon="month", scope="payer", billing_period=shown.period).to_pylist()
    found = {}
    for measure in ("billed", "effective"):
        own = [row for row in rows if row["measure"] == f"{measure}_cost"]
        if own and len({row["ends_on"] for row in own}) == 1:
            found[measure] = _forecast(measure, own)
    return found


def _forecast(measure: str, rows: list[dict[str, Any]]) -> Forecast:
    is_told = all(row["low_cost"] is not None for row in rows)
    errors = [row["wape_pct"] for row in rows if row["wape_pct"] is not None]
    return Forecast(
        measure=measure,
        ends_on=rows[0]["ends_on"].isoformat(),
        to_date=_sum(rows, "cost_to_date"),
        expected=_sum(rows, "forecast_cost"),
        low=_sum(rows, "low_cost") if is_told else None,
        high=_sum(rows, "high_cost") if is_told else None,
        error_pct=max(errors, default=None),
        payers=len(rows),
    )


def budgets(mart: pa.Table, shown: Headline) -> tuple[dict[str, Any], ...]:
    """The budgets of the headline's month, that nearest to its limit first; what nobody tells comes last."""
    rows = where(of_headline(mart, shown), billing_period=shown.period).to_pylist()
    return tuple(sorted(rows, key=lambda row: (row["used_pct"] is None, -(row["used_pct"] or 0), row["budget_name"])))


def causes(mart: pa.Table, shown: Headline) -> tuple[dict[str, Any], ...]:
    """What moved in the headline's month, the largest change first, each with the part that is most of it."""
    rows = where(of_headline(mart, shown), billing_period=shown.period).to_pylist()
    moved = [row for row in rows if row["effective_cost_change"]]
    for row in moved:
        largest = max(PARTS, key=lambda part: (abs(row[part]), part))
        row["cause"], row["cause_cost"] = PARTS[largest], row[largest]
    return tuple(sorted(moved, key=lambda row: (-abs(row["effective_cost_change"]), row["usage_type"])))


def anomalies(mart: pa.Table, shown: Headline, since: str) -> tuple[Anomaly, ...]:
    """Anomalies with a day on or after `since` (YYYY-MM-DD), the largest impact first."""
    days: dict[str, list[dict[str, Any]]] = {}
    for row in of_headline(mart, shown).to_pylist():
        if row["charged_on"].isoformat() >= since:
            days.setdefault(row["anomaly_id"], []).append(row)
    found = [_anomaly(sorted(rows, key=lambda row: row["charged_on"])) for rows in days.values()]
    return tuple(sorted(found, key=lambda one: (-abs(one.impact), one.started_on, one.service_name)))


def _anomaly(rows: list[dict[str, Any]]) -> Anomaly:
    last = rows[-1]
    return Anomaly(
        account_id=last["sub_account_id"],
        account_name=last["sub_account_name"] or last["sub_account_id"],
        service_name=last["service_name"],
        usage_group=last["usage_group"],
        started_on=rows[0]["charged_on"].isoformat(),
        ended_on=last["charged_on"].isoformat(),
        actual=_sum(rows, "effective_cost"),
        expected=_sum(rows, "expected_cost"),
        cause=last["cause"].replace("_", " "),
        top_resources=last["top_resources"] or "",
        days=len(rows),
    )


def _sum(rows: list[dict[str, Any]], column: str) -> Decimal:
    return sum((row[column] for row in rows if row[column] is not None), ZERO)
