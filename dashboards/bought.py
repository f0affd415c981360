"""Commitments and savings as the page shows them: what is covered, what each costs, from found to saved. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from dashboards.figures import ZERO
from dashboards.scope import Headline, of_headline, where


@dataclass(frozen=True)
class Covered:
    """Eligible usage of a service in the headline's month at public prices, by what pays for it."""

    service_name: str
    plans: Decimal
    reservations: Decimal
    on_demand: Decimal

    @property
    def eligible(self) -> Decimal:
        """All that a commitment could pay for."""
        return self.plans + self.reservations + self.on_demand

    @property
    def pct(self) -> Decimal | None:
        """Covered in percent of eligible; None where nothing is."""
        return 100 * (self.plans + self.reservations) / self.eligible if self.eligible > 0 else None


@dataclass(frozen=True)
class Step:
    """A step of the way from found to saved: how many findings or acts, and what they come to a month."""

    name: str
    count: int
    monthly: Decimal


def coverage(mart: pa.Table, shown: Headline) -> tuple[Covered, ...]:
    """Services with eligible usage, the largest first."""
    rows = where(of_headline(mart, shown), billing_period=shown.period)
    columns = ("plan_covered_list_cost", "reservation_covered_list_cost", "on_demand_list_cost")
    table = rows.group_by("service_name").aggregate([(column, "sum") for column in columns])
    found = [
        Covered(row["service_name"], *(row[f"{column}_sum"] or ZERO for column in columns)) for row in table.to_pylist()
    ]
    return tuple(sorted((one for one in found if one.eligible), key=lambda one: (-one.eligible, one.service_name)))


def commitments(mart: pa.Table, shown: Headline) -> tuple[dict[str, Any], ...]:
    """Savings plans and reservations of the payers' newest month, what nobody used most of first.

    Of one whose fee is on another bill nobody knows what it costs: it comes last.
    """
    rows = where(of_headline(mart, shown), is_latest_period=True).to_pylist()
    return tuple(sorted(rows, key=_dearest))


def _dearest(row: dict[str, Any]) -> tuple[Decimal, Decimal, str]:
    unused, cost = row["unused_commitment_to_date_cost"] or ZERO, row["commitment_cost"] or ZERO
    return -unused, -cost, str(row["commitment_discount_id"])


def pipeline(found: pa.Table, realized: pa.Table, shown: Headline) -> tuple[Step, ...]:
    """Found, fit for an action, done, and confirmed by the bill. Amounts are of a month of 730 hours.

    What was done counts as it was estimated until the bill has shown it; what is confirmed as the bill shows it.
    """
    rows = where(of_headline(found, shown), is_latest_period=True, is_counted=True).to_pylist()
    acts = of_headline(realized, shown).to_pylist()
    fit = [row for row in rows if row["is_actionable"]]
    seen = [row for row in acts if row["status"] == "CONFIRMED"]
    return (
        Step("Found", len(rows), _sum(rows, "monthly_savings_cost")),
        Step("Fit for an action", len(fit), _sum(fit, "monthly_savings_cost")),
        Step("Done, as estimated", len(acts), _sum(acts, "estimated_monthly_savings_cost")),
        Step("Confirmed by the bill", len(seen), _sum(seen, "monthly_savings_cost")),
    )


def levers(mart: pa.Table, shown: Headline) -> tuple[Step, ...]:
    """What is found, by lever, the largest first."""
    rows = where(of_headline(mart, shown), is_latest_period=True, is_counted=True).to_pylist()
    found = []
    for lever in sorted({row["lever"] for row in rows}):
        own = [row for row in rows if row["lever"] == lever]
        found.append(Step(lever, len(own), _sum(own, "monthly_savings_cost")))
    return tuple(sorted(found, key=lambda step: -step.monthly))


def realized(mart: pa.Table, shown: Headline) -> tuple[dict[str, Any], ...]:
    """What actions saved, the newest first."""
    return tuple(sorted(of_headline(mart, shown).to_pylist(), key=lambda row: row["acted_at"], reverse=True))


def _sum(rows: list[dict[str, Any]], column: str) -> Decimal:
    return sum((row[column] for row in rows if row[column] is not None), ZERO)
