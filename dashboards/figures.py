"""The page's figures: exact decimal sums over the published marts. Pure: tables in, facts out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dashboards.scope import Headline, of_headline, where

ZERO = Decimal(0)
MICRO = Decimal("0.000001")
OTHER = "Other services"

# The measures that a reader may choose, and the one the page opens with.
MEASURES = ("billed", "amortized", "effective")
MEASURE = "effective"
COLUMNS = tuple(f"{measure}_cost" for measure in MEASURES)

WINDOW_DAYS = 90
TOP_SERVICES = 8
MONTHS_SHOWN = 13


@dataclass(frozen=True)
class Change:
    """An amount now and before. `before` is None when no bill of the month before is known."""

    now: Decimal
    before: Decimal | None

    @property
    def amount(self) -> Decimal | None:
        """Now minus before."""
        return None if self.before is None else self.now - self.before

    @property
    def pct(self) -> Decimal | None:
        """The change in percent of before; None when that is unknown, zero or a net credit."""
        if self.before is None or self.before <= 0:
            return None
        return (self.now - self.before) / self.before * 100


@dataclass(frozen=True)
class Totals:
    """Sums of the headline month to date; `compared` pairs billed and effective cost with the same days before."""

    billed: Decimal
    effective: Decimal
    amortized: Decimal
    unused: Decimal
    compared_billed: Change
    compared_effective: Change


@dataclass(frozen=True)
class Mover:
    """One service's cost, month against the same days of the month before, under each measure."""

    service_name: str
    billed: Change
    amortized: Change
    effective: Change


@dataclass(frozen=True)
class Series:
    """One service's cost, one amount per day of the window, under each measure."""

    name: str
    billed: tuple[Decimal, ...]
    amortized: tuple[Decimal, ...]
    effective: tuple[Decimal, ...]


@dataclass(frozen=True)
class Daily:
    """Cost of every UTC day of the window by service: the largest ones, then the rest as one."""

    days: tuple[date, ...]
    series: tuple[Series, ...]

    def total(self, day: int, measure: str) -> Decimal:
        """All services on the day at that index, under one of `MEASURES`."""
        return sum((getattr(one, measure)[day] for one in self.series), ZERO)


@dataclass(frozen=True)
class Slice:
    """A part of a total: an account, a month or a way of buying."""

    key: str
    name: str
    billed: Decimal
    amortized: Decimal
    effective: Decimal


@dataclass(frozen=True)
class Reconciled:
    """Whether every total equals what it must equal. `worst` is the largest difference, with its own currency.

    `is_reconciled` is None when nothing was compared. `bill_lines` counts the lines of the bills' own files.
    """

    is_reconciled: bool | None
    worst: Decimal
    currency: str
    comparisons: int
    differing: int
    bill_lines: int
    rows: tuple[dict[str, Any], ...]


def total(rows: pa.Table, column: str) -> Decimal:
    """The exact sum of a decimal column; zero when there are no rows."""
    return pc.sum(rows[column]).as_py() or ZERO


def totals(shown: Headline) -> Totals:
    """The headline figures."""
    known = any(payer.is_previous_known for payer in shown.payers)

    def compared(column: str) -> Change:
        return Change(total(shown.comparable, column), total(shown.previous, column) if known else None)

    return Totals(
        billed=total(shown.current, "billed_cost"),
        effective=total(shown.current, "effective_cost"),
        amortized=total(shown.current, "amortized_cost"),
        unused=total(shown.current, "unused_commitment_to_date_cost"),
        compared_billed=compared("billed_cost"),
        compared_effective=compared("effective_cost"),
    )


def movers(shown: Headline) -> tuple[Mover, ...]:
    """Every service of either month, the largest change first; empty when no month before is known."""
    if not any(payer.is_previous_known for payer in shown.payers):
        return ()
    nothing = (ZERO,) * len(COLUMNS)
    now, before = (sums(rows, "service_name") for rows in (shown.comparable, shown.previous))
    found = [
        Mover(name, *map(Change, now.get(name, nothing), before.get(name, nothing)))
        for name in now.keys() | before.keys()
    ]
    return tuple(sorted(found, key=lambda mover: (-abs(mover.effective.amount or ZERO), mover.service_name)))


def daily(shown: Headline, window: int = WINDOW_DAYS, top: int = TOP_SERVICES) -> Daily:
    """Cost by day and service over the days that end with the newest one, from the first that has charges."""
    through: date = pc.max(shown.past["charged_on"]).as_py()
    late = pc.greater(shown.past["charged_on"], pa.scalar(through - timedelta(days=window)))
    rows = shown.past.filter(late)
    first: date = pc.min(rows["charged_on"]).as_py()
    days = tuple(first + timedelta(days=offset) for offset in range((through - first).days + 1))
    weights = {name: costs[MEASURES.index(MEASURE)] for name, costs in sums(rows, "service_name").items()}
    ranked = sorted(weights, key=lambda name: (-abs(weights[name]), name))
    named = set(ranked[:top])
    cells: dict[tuple[str, date], list[Decimal]] = defaultdict(lambda: [ZERO] * len(COLUMNS))
    grouped = rows.group_by(["service_name", "charged_on"]).aggregate([(column, "sum") for column in COLUMNS])
    for row in grouped.to_pylist():
        name = row["service_name"] if row["service_name"] in named else OTHER
        cell = cells[name, row["charged_on"]]
        for index, column in enumerate(COLUMNS):
            cell[index] += row[f"{column}_sum"]
    order = ranked[:top] + ([OTHER] if len(ranked) > top else [])
    return Daily(days, tuple(_series(name, days, cells) for name in order))


def accounts(shown: Headline) -> tuple[Slice, ...]:
    """Cost of each account in the month to date, the largest first."""
    grouped = shown.current.group_by("sub_account_id")
    table = grouped.aggregate([*((column, "sum") for column in COLUMNS), ("sub_account_name", "max")])
    found = []
    for row in table.to_pylist():
        # Where the bill names an account only now and then, the name wins over the digits.
        key = str(row["sub_account_id"])
        found.append(Slice(key, row["sub_account_name_max"] or key, *(row[f"{column}_sum"] for column in COLUMNS)))
    return tuple(sorted(found, key=lambda part: (-part.effective, part.key)))


def purchases(shown: Headline) -> tuple[Slice, ...]:
    """Cost of usage by the way it was bought, the largest first."""
    return parts(where(shown.current, charge_category="Usage"), "purchase_option")


def regions(shown: Headline) -> tuple[Slice, ...]:
    """Cost of the month to date by region, the largest first; what has no place is `global`."""
    return parts(shown.current, "region_id")


def parts(rows: pa.Table, column: str, nameless: str = "") -> tuple[Slice, ...]:
    """Cost by what a column says, the largest first. `nameless` is what it says where there is none: `(none)`."""
    found = [
        Slice(key, "(none)" if nameless and key == nameless else key, *costs)
        for key, costs in sums(rows, column).items()
    ]
    return tuple(sorted(found, key=lambda part: (-part.effective, part.name)))


def months(monthly: pa.Table, shown: Headline) -> tuple[Slice, ...]:
    """The bills of the headline's payers and currency by month, oldest first, no month after the headline's."""
    found = sums(of_headline(monthly, shown), "billing_period")
    kept = sorted(period for period in found if period <= shown.period)[-MONTHS_SHOWN:]
    return tuple(Slice(period, period, *found[period]) for period in kept)


def reconciled(rows: pa.Table, shown: Headline) -> Reconciled:
    """The verdict of the reconciliation mart; its `rows` are those that differ and those of the headline month."""
    found = rows.to_pylist()
    # Of several currencies with the same difference, usually zero, the headline's own is named.
    worst: dict[str, Any] = max(
        found,
        key=lambda row: (abs(row["difference_micros"]), row["billing_currency"] == shown.currency),
        default={"difference_micros": 0, "billing_currency": shown.currency},
    )
    differing = [row for row in found if not row["is_reconciled"]]
    whole = [row for row in found if row["invoice_id"] == "all"]
    here = [row for row in whole if row["is_reconciled"] and row["billing_period"] == shown.period]
    files = [row for row in whole if row["compared_with"] == "landing" and row["measure"] == "billed_cost"]
    waist = [row for row in files if row["table_name"] == "int_charges"] or files
    return Reconciled(
        is_reconciled=not differing if found else None,
        worst=worst["difference_micros"] * MICRO,
        currency=worst["billing_currency"],
        comparisons=len(found),
        differing=len(differing),
        bill_lines=sum(row["expected_charge_count"] for row in waist),
        rows=(*differing, *here),
    )


def sums(rows: pa.Table, key: str) -> dict[str, tuple[Decimal, ...]]:
    """The sums of `COLUMNS` by the values of another column."""
    table = rows.group_by(key).aggregate([(column, "sum") for column in COLUMNS])
    return {str(row[key]): tuple(row[f"{column}_sum"] for column in COLUMNS) for row in table.to_pylist()}


def _series(name: str, days: Sequence[date], cells: dict[tuple[str, date], list[Decimal]]) -> Series:
    amounts = [cells.get((name, day), [ZERO] * len(COLUMNS)) for day in days]
    return Series(name, *(_column(amounts, index) for index in range(len(COLUMNS))))


def _column(amounts: Iterable[Sequence[Decimal]], index: int) -> tuple[Decimal, ...]:
    return tuple(each[index] for each in amounts)
