"""What became of findings, month by month, and which have stood longest: facts of the page. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from dashboards.figures import MONTHS_SHOWN, ZERO
from dashboards.scope import Headline, last_day, of_headline


@dataclass(frozen=True)
class Many:
    """So many findings and what they were said to save a month."""

    count: int
    monthly: Decimal


@dataclass(frozen=True)
class Month:
    """What a month opened and closed: found for the first time, acted upon, and not found any more."""

    period: str
    opened: Many
    acted: Many
    gone: Many


@dataclass(frozen=True)
class History:
    """Findings, each by itself: of one resource several may stand. `longest` are open, what was missed most first.

    `is_whole` says whether `months` begin with the first month in which anything was found.
    """

    months: tuple[Month, ...]
    is_whole: bool
    open: Many
    acted: Many
    gone: Many
    longest: tuple[dict[str, Any], ...]

    @property
    def drawn(self) -> tuple[Month, ...]:
        """The months without the very first: what it found was there before, and would dwarf all others."""
        return self.months[1:] if self.is_whole and len(self.months) > 1 else self.months


def history(mart: pa.Table, shown: Headline) -> History:
    """Findings of the headline's payers. What went by itself is counted in the month after its last."""
    rows = of_headline(mart, shown).to_pylist()
    of = {state: [row for row in rows if row["state"] == state] for state in ("open", "acted", "gone")}
    periods = sorted(
        {row["first_billing_period"] for row in rows} | {_closed(row) for row in (*of["acted"], *of["gone"])}
    )
    months = [
        Month(
            period,
            _many([row for row in rows if row["first_billing_period"] == period], "first_monthly_savings_cost"),
            *(_many([row for row in of[state] if _closed(row) == period]) for state in ("acted", "gone")),
        )
        for period in periods[-MONTHS_SHOWN:]
    ]
    longest = sorted(of["open"], key=lambda row: (-_missed(row), row["resource_id"], row["rule_id"]))
    return History(
        months=tuple(months),
        is_whole=len(periods) == len(months),
        open=_many(of["open"]),
        acted=_many(of["acted"]),
        gone=_many(of["gone"]),
        longest=tuple(longest),
    )


def _closed(row: dict[str, Any]) -> str:
    if row["state"] == "acted":
        return f"{row['acted_at']:%Y-%m}"
    return f"{last_day(row['billing_period']) + timedelta(days=1):%Y-%m}"


def _missed(row: dict[str, Any]) -> Decimal:
    return Decimal(row["months_found"]) * (row["monthly_savings_cost"] or ZERO)


def _many(rows: list[dict[str, Any]], amount: str = "monthly_savings_cost") -> Many:
    return Many(len(rows), sum((row[amount] for row in rows if row[amount] is not None), ZERO))
