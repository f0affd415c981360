"""The headline tiles: one figure each, with the exact decimal behind it and one line that says what it means."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from dashboards import shown
from dashboards.facts import Facts
from dashboards.figures import Change, Reconciled
from dashboards.findings import Findings
from dashboards.outlook import Forecast
from dashboards.panels import panel
from dashboards.scope import Headline


@dataclass(frozen=True)
class Tile:
    """One tile. `value` is the exact decimal, `figure` what is shown. `tone` is good, bad or plain.

    `mark` is a short coloured lead of the line `note`; `more` is a second, quieter line. `by_account` says whether the
    figure follows the account that a reader chose.
    """

    id: str
    title: str
    mart: str
    measure: str
    value: str
    figure: str
    note: str
    mark: str = ""
    tone: str = "plain"
    more: str = ""
    by_account: bool = False


def tiles(facts: Facts, validated: frozenset[str]) -> tuple[Tile, ...]:
    """All tiles in the order of the panels. Only marts in `validated` may have anything green."""
    sums, currency = facts.totals, facts.scope.currency
    amortized = f"amortized {shown.money(sums.amortized, currency)}"
    is_trusted = panel("billed").mart in validated
    return (
        _cost(facts, "billed", sums.billed, _compared(facts, sums.compared_billed, is_trusted), _through(facts.scope)),
        _cost(facts, "effective", sums.effective, _compared(facts, sums.compared_effective, is_trusted), amortized),
        _forecast(facts),
        _budget(facts),
        _unused(facts),
        _found("idle_waste", facts.idle, currency),
        _found("savings", facts.rightsizing, currency),
        _reconciled(facts.reconciled, panel("reconciled").mart in validated),
    )


def _cost(facts: Facts, tile: str, amount: Decimal, compared: tuple[str, str, str], more: str) -> Tile:
    one = panel(tile)
    mark, tone, note = compared
    return Tile(
        id=tile,
        title=f"{one.title}, {facts.days_now}",
        mart=one.mart,
        measure=one.measure,
        value=shown.exact(amount),
        figure=shown.money(amount, facts.scope.currency),
        note=note,
        mark=mark,
        tone=tone,
        more=more,
        by_account=True,
    )


def _compared(facts: Facts, change: Change, is_trusted: bool) -> tuple[str, str, str]:
    # Mark, tone and note of a change. A fall is good news only where the numbers are validated.
    scope = facts.scope
    if change.amount is None:
        return "", "plain", f"no bill of {shown.month(scope.previous_period)} to compare with"
    arrow = "▲" if change.amount > 0 else "▼" if change.amount < 0 else "="
    size = shown.percent(change.pct) if change.pct is not None else shown.money(abs(change.amount), scope.currency)
    tone = "bad" if change.amount > 0 else "good" if change.amount < 0 and is_trusted else "plain"
    compared = sum(payer.is_previous_known for payer in scope.payers)
    only = f", {compared} of {len(scope.payers)} payers" if compared < len(scope.payers) else ""
    return f"{arrow} {size}", tone, f"against {facts.days_before}{only}"


def _through(scope: Headline) -> str:
    return "whole month" if scope.is_complete else f"usage through {scope.through.day} {scope.through:%b}"


def _unused(facts: Facts) -> Tile:
    sums = facts.totals
    one = panel("unused")
    part = shown.share(sums.unused, sums.effective)
    note = f"{shown.percent(part)} of effective cost" if sums.unused else "no commitment went unused"
    return Tile(
        id=one.id,
        title=one.title,
        mart=one.mart,
        measure=one.measure,
        value=shown.exact(sums.unused),
        figure=shown.money(sums.unused, facts.scope.currency),
        note=note,
        more=f"{facts.days_now}; reserved, and used by nobody" if sums.unused else facts.days_now,
        by_account=True,
    )


def _forecast(facts: Facts) -> Tile:
    one, currency = panel("forecast"), facts.scope.currency
    effective = facts.forecasts.get("effective")
    if effective is None:
        return Tile(one.id, one.title, one.mart, one.measure, "", shown.UNKNOWN, "too little is known")
    interval = "no interval: too few months to try it on"
    if effective.low is not None and effective.high is not None:
        interval = f"{shown.money(effective.low, currency)} to {shown.money(effective.high, currency)}, in four of five"
    billed = facts.forecasts.get("billed")
    return Tile(
        id=one.id,
        title=f"Expected for {shown.month(effective.ends_on[:7])}",
        mart=one.mart,
        measure=one.measure,
        value=shown.exact(effective.expected),
        figure=shown.money(effective.expected, currency),
        note=interval,
        more=f"effective{_error(effective)}" + (f"; billed {shown.money(billed.expected, currency)}" if billed else ""),
    )


def _error(forecast: Forecast) -> str:
    return "" if forecast.error_pct is None else f", off by {forecast.error_pct:.1f}% before"


def _budget(facts: Facts) -> Tile:
    # The budget that is nearest to its limit: it is the one that needs somebody.
    one, currency = panel("budget"), facts.scope.currency
    worst = facts.budgets[0] if facts.budgets else None
    if worst is None or worst["used_pct"] is None:
        note = "nobody tells what was spent" if worst else "no budget was collected"
        return Tile(one.id, one.title, one.mart, one.measure, "", shown.UNKNOWN, note)
    over = worst["adherence"] == "over"
    mark = {"over": "✗ over", "expected to be over": "! expected to be over"}.get(worst["adherence"], "")
    return Tile(
        id=one.id,
        title=f"{one.title}, nearest to its limit",
        mart=one.mart,
        measure=one.measure,
        value=str(worst["used_pct"]),
        figure=f"{worst['used_pct']:.1f}%",
        note=f"of {shown.money(worst['limit_cost'], currency)}",
        mark=mark,
        tone="bad" if over else "warn" if mark else "plain",
        more=f"{worst['budget_name']}; {shown.count(len(facts.budgets), 'budget')} in all",
    )


def _found(tile: str, found: Findings, currency: str) -> Tile:
    one = panel(tile)
    note = f"a month, {shown.count(len(found.rows), 'resource')}" if found.rows else "nothing found"
    if found.unpriced:
        note += f", {found.unpriced:,} without a price"
    covered = sum(1 for row in found.rows if row.get("is_covered_by_commitment"))
    more = f"{covered:,} of them under a commitment" if covered else ""
    return Tile(
        id=one.id,
        title=one.title,
        mart=one.mart,
        measure=one.measure,
        value=shown.exact(found.total),
        figure=shown.money(found.total, currency),
        note=note,
        more=more or ("each resource counted once" if found.rows else ""),
        by_account=True,
    )


def _reconciled(check: Reconciled, is_trusted: bool) -> Tile:
    one = panel("reconciled")
    figure = {True: "Yes", False: "No", None: "Not checked"}[check.is_reconciled]
    difference = f"{shown.money(check.worst, check.currency, places=6)} difference"
    mark, tone = "", "plain"
    if check.is_reconciled is False:
        mark, tone = f"✗ {check.differing:,} of {check.comparisons:,} totals differ;", "bad"
    elif check.is_reconciled and is_trusted:
        mark, tone = "✓", "good"
    return Tile(
        id=one.id,
        title=one.title,
        mart=one.mart,
        measure=one.measure,
        value=shown.exact(check.worst),
        figure=figure,
        note=difference if check.comparisons else "the reconciliation is empty",
        mark=mark,
        tone=tone,
        more=f"{shown.count(check.bill_lines, 'bill line')}, {shown.count(check.comparisons, 'total')}"
        if check.comparisons
        else "",
    )
