"""Every fact of one page, gathered from the rows of the marts. Pure: tables and a day in, facts out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from dashboards import bought, breakdowns, cuts, figures, history, outlook, owned, shown, snapshots
from dashboards.bought import Covered, Step
from dashboards.breakdowns import Breakdown
from dashboards.figures import Daily, Mover, Reconciled, Slice, Totals
from dashboards.findings import Findings, findings
from dashboards.history import History
from dashboards.outlook import Anomaly, Forecast
from dashboards.owned import Tagged, Team, Unit
from dashboards.panels import columns_of
from dashboards.scope import Aside, Headline, asides, headline
from dashboards.snapshots import Snapshots

Rows = tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Facts:
    """What one page says, before it is put in words. `cuts` are its charts for each account alone."""

    scope: Headline
    totals: Totals
    daily: Daily
    movers: tuple[Mover, ...]
    accounts: tuple[Slice, ...]
    months: tuple[Slice, ...]
    purchases: tuple[Slice, ...]
    regions: tuple[Slice, ...]
    breakdowns: tuple[Breakdown, ...]
    forecasts: dict[str, Forecast]
    budgets: Rows
    causes: Rows
    anomalies: tuple[Anomaly, ...]
    coverage: tuple[Covered, ...]
    commitments: Rows
    teams: tuple[Team, ...]
    tags: tuple[Tagged, ...]
    units: tuple[Unit, ...]
    pipeline: tuple[Step, ...]
    levers: tuple[Step, ...]
    realized: Rows
    history: History
    snapshots: Snapshots
    idle: Findings
    rightsizing: Findings
    reconciled: Reconciled
    asides: tuple[Aside, ...]
    cuts: dict[str, cuts.Cut]

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
    daily = figures.daily(scope)
    accounts = figures.accounts(scope)
    months = figures.months(read["monthly_costs"], scope)
    found = {
        "idle": (findings(read["idle_resources"], scope, "monthly_cost"), "monthly_cost"),
        "rightsizing": (
            findings(read["rightsizing_recommendations"], scope, "monthly_savings_cost"),
            "monthly_savings_cost",
        ),
    }
    return Facts(
        scope=scope,
        totals=figures.totals(scope),
        daily=daily,
        movers=figures.movers(scope),
        accounts=accounts,
        months=months,
        purchases=figures.purchases(scope),
        regions=figures.regions(scope),
        breakdowns=breakdowns.breakdowns(read["cost_breakdowns"], scope, today),
        forecasts=outlook.forecasts(read["cost_forecasts"], scope),
        budgets=outlook.budgets(read["budget_adherence"], scope),
        causes=outlook.causes(read["cost_movers"], scope),
        anomalies=outlook.anomalies(read["cost_anomalies"], scope, daily.days[0].isoformat()),
        coverage=bought.coverage(read["commitment_coverage"], scope),
        commitments=bought.commitments(read["commitment_usage"], scope),
        teams=owned.teams(read["team_costs"], scope),
        tags=owned.tags(read["tag_coverage"], scope),
        units=owned.units(read["unit_costs"], scope),
        pipeline=bought.pipeline(read["savings"], read["realized_savings"], scope),
        levers=bought.levers(read["savings"], scope),
        realized=bought.realized(read["realized_savings"], scope),
        history=history.history(read["recommendation_history"], scope),
        snapshots=snapshots.snapshots(read["snapshots"], scope),
        idle=found["idle"][0],
        rightsizing=found["rightsizing"][0],
        reconciled=figures.reconciled(read["reconciliation"], scope),
        asides=asides(read["daily_costs"], scope, today),
        cuts=cuts.cuts(scope, daily, accounts, read["monthly_costs"], months, found),
    )
