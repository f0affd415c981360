"""Snapshots as the page shows them: what they cost by age, which are left over, which are the dearest. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from dashboards.figures import ZERO
from dashboards.scope import Headline, of_headline, where

STANDINGS = ("there", "gone", "unknown")
# Up to so many days: the usual terms for which backups are kept.
AGES = ((30, "Up to 30 days"), (90, "31–90 days"), (180, "91–180 days"), (365, "181–365 days"))
OLDER = "More than a year"
NOT_KNOWN = "Age not known"


@dataclass(frozen=True)
class Age:
    """Snapshots of an age: what they cost a month, by whether their volume is there, gone or unknown."""

    name: str
    count: int
    there: Decimal
    gone: Decimal
    unknown: Decimal

    @property
    def monthly(self) -> Decimal:
        """All of them."""
        return self.there + self.gone + self.unknown


@dataclass(frozen=True)
class Snapshots:
    """Snapshots of the payers' newest month that are not known to be deleted; `rows` have the dearest first.

    Left over is one whose volume is gone, of which no image is made, and which nobody is known to manage.
    """

    ages: tuple[Age, ...]
    rows: tuple[dict[str, Any], ...]
    monthly: Decimal
    left_over: int
    left_over_monthly: Decimal


def snapshots(mart: pa.Table, shown: Headline) -> Snapshots:
    """What the snapshots come to a month of 730 hours."""
    newest = where(of_headline(mart, shown), is_latest_period=True).to_pylist()
    rows = [row for row in newest if row["snapshot_standing"] != "gone"]
    rows.sort(key=lambda row: (-(row["monthly_cost"] or ZERO), row["snapshot_id"]))
    left = [row for row in rows if is_left_over(row)]
    return Snapshots(_ages(rows), tuple(rows), _sum(rows), len(left), _sum(left))


def is_left_over(row: dict[str, Any]) -> bool:
    """Whether nothing that is known needs the snapshot. What is unknown is not known to be unneeded."""
    return row["source_volume_standing"] == "gone" and row["image_standing"] == "unused" and not row["managed_by"]


def _ages(rows: list[dict[str, Any]]) -> tuple[Age, ...]:
    found = []
    for name in (*(name for _, name in AGES), OLDER, NOT_KNOWN):
        own = [row for row in rows if _age(row["age_days"]) == name]
        parts = [_sum([row for row in own if row["source_volume_standing"] == standing]) for standing in STANDINGS]
        if own:
            found.append(Age(name, len(own), *parts))
    return tuple(found)


def _age(days: int | None) -> str:
    if days is None:
        return NOT_KNOWN
    return next((name for most, name in AGES if days <= most), OLDER)


def _sum(rows: list[dict[str, Any]]) -> Decimal:
    return sum((row["monthly_cost"] for row in rows if row["monthly_cost"] is not None), ZERO)
