"""Idle resources and rightsizing: each resource once, at its largest amount, so that no saving is counted twice."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from dashboards.figures import ZERO
from dashboards.scope import Headline, of_headline, where

Row = dict[str, Any]


@dataclass(frozen=True)
class Findings:
    """Findings on the headline's payers and currency, in their newest month. Amounts are per month of 730 hours.

    `rows` holds the best finding of each resource, the largest first; unknown amounts come last. `total` sums what is
    known. `unpriced` counts resources without an amount, `elsewhere` findings of bills that the headline leaves out.
    """

    rows: tuple[Row, ...]
    total: Decimal
    unpriced: int
    elsewhere: int


def findings(mart: pa.Table, shown: Headline, amount: str) -> Findings:
    """The findings of a mart by one of its amounts: `monthly_cost` or `monthly_savings_cost`, which may be null."""
    newest = where(mart, is_latest_period=True)
    here = of_headline(newest, shown)
    best: dict[tuple[str, ...], Row] = {}
    for row in sorted(here.to_pylist(), key=lambda row: _rank(row, amount)):
        # Two rules on one resource are two ways out, not two savings.
        key = (row["billing_account_id"], row["sub_account_id"], row["region_id"], row["resource_id"])
        best.setdefault(key, row)
    rows = tuple(sorted(best.values(), key=lambda row: _rank(row, amount)))
    known = [row[amount] for row in rows if row[amount] is not None]
    return Findings(rows, sum(known, ZERO), len(rows) - len(known), newest.num_rows - here.num_rows)


def _rank(row: Row, amount: str) -> tuple[bool, Decimal, str, str]:
    known = row[amount]
    return (known is None, -(known or ZERO), row["resource_id"], row["rule_id"])
