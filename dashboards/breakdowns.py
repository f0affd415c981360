"""What the month is made of by usage type, tag, cost category and way of buying: facts of the page. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from dashboards.figures import COLUMNS, ZERO, Slice, parts
from dashboards.scope import Headline, of_headline, to_date, where

# The page opens with the first; purchase options have a panel of their own, so they come last.
_TITLES = {"usage_type": "usage type", "purchase_option": "purchase option"}
_PREFIXES = {"tag:": "tag", "cost_category:": "cost category"}
# As many values as a reader scrolls through; the mart has the others.
LISTED = 40


@dataclass(frozen=True)
class Breakdown:
    """The month to date by the values of one dimension, the largest first; they add up to the headline."""

    dimension: str
    title: str
    parts: tuple[Slice, ...]


def breakdowns(mart: pa.Table, shown: Headline, today: date) -> tuple[Breakdown, ...]:
    """Every dimension of the headline's month, of the same days of each payer as the figures."""
    month = where(of_headline(mart, shown), billing_period=shown.period)
    rows = to_date(month, shown.payers, today)
    found = [
        # A charge without a usage type, and one that is no usage, says None.
        Breakdown(dimension, _title(dimension), parts(where(rows, dimension=dimension), "dimension_value", "None"))
        for dimension in sorted({str(name) for name in rows["dimension"].unique().to_pylist()}, key=_place)
    ]
    return tuple(found)


def cut(whole: tuple[Slice, ...], most: int) -> tuple[Slice, ...]:
    """The first parts, and the rest of them as one."""
    rest = whole[most:]
    if len(rest) < 2:
        return whole
    summed = (sum((getattr(part, column.removesuffix("_cost")) for part in rest), ZERO) for column in COLUMNS)
    return (*whole[:most], Slice("", f"{len(rest):,} others", *summed))


def _title(dimension: str) -> str:
    for prefix, word in _PREFIXES.items():
        if dimension.startswith(prefix):
            return f"{word} {dimension.removeprefix(prefix)}"
    return _TITLES.get(dimension, dimension)


def _place(dimension: str) -> tuple[int, str]:
    order = ("usage_type", "tag:", "cost_category:")
    return next((at for at, start in enumerate(order) if dimension.startswith(start)), len(order)), dimension
