"""Every fact of one page, gathered from the rows of the marts. Pure: tables and a day in, facts out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from dashboards import figures, shown
from dashboards.figures import Daily, Mover, Reconciled, Slice, Totals
from dashboards.findings import Findings, findings
from dashboards.panels import columns_of
from dashboards.scope import Aside, Headline, asides, headline


@dataclass(frozen=True)
class Facts:
    """What one page says, before it is put in words."""

    scope: Headline
    totals: Totals
    daily: Daily
    movers: tuple[Mover, ...]
    accounts: tuple[Slice, ...]
    months: tuple[Slice, ...]
    purchases: tuple[Slice, ...]
    idle: Findings
    rightsizing: Findings
    reconciled: Reconciled
    asides: tuple[Aside, ...]

    @property
    def days_now(self) -> str:
        """The days of the headline: `1–22 Nov`, or `Nov 2026` for a whole month."""
        return shown.days_of(self.scope.period, self._last_day)

    @property
    def days_before(self) -> str:
        """The days they are compared with: `1–22 Oct`, or `Oct 2026`."""
        return shown.days_of(self.scope.previous_period, self._last_day)

    @property
    def _last_day(self) -> int | None:
        return None if self.scope.is_complete else self.scope.through.day


def gather(rows: Mapping[str, pa.Table], today: date) -> Facts:
    """The facts of the marts by name, for a UTC day. Raises LakeError if no charge is dated by then."""
    read = {mart: table.select(columns_of(mart)) for mart, table in rows.items()}
    scope = headline(read["daily_costs"], today)
    return Facts(
        scope=scope,
        totals=figures.totals(scope),
        daily=figures.daily(scope),
        movers=figures.movers(scope),
        accounts=figures.accounts(scope),
        months=figures.months(read["monthly_costs"], scope),
        purchases=figures.purchases(scope),
        idle=findings(read["idle_resources"], scope, "monthly_cost"),
        rightsizing=findings(read["rightsizing_recommendations"], scope, "monthly_savings_cost"),
        reconciled=figures.reconciled(read["reconciliation"], scope),
        asides=asides(read["daily_costs"], scope, today),
    )
