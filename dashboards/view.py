"""The facts as the template wants them: headings, sentences, and rows of cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from dashboards import shown
from dashboards.charts import account_label
from dashboards.facts import Facts
from dashboards.figures import ZERO
from dashboards.panels import panel

LISTED = 10
LIST_CAP = 200


@dataclass(frozen=True)
class Grid:
    """A table: headings, which of them are numbers, and rows of text. `caption` says what the rows are."""

    caption: str
    columns: tuple[str, ...]
    numbers: frozenset[int]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class ChartView:
    """A chart's words: `label` is what a screen reader says for the picture."""

    id: str
    title: str
    sub: str
    label: str
    grid: Grid
    width: str
    is_empty: bool = False
    swatches: tuple[str, ...] = field(default=())


def context(facts: Facts) -> dict[str, Any]:
    """The template's words and tables, all plain text: the template escapes them."""
    scope = facts.scope
    return {
        "period": scope.period,
        "period_shown": shown.month(scope.period),
        "through": scope.through.isoformat(),
        "through_shown": shown.day(scope.through),
        "currency": scope.currency,
        "charts": (_daily(facts), _movers(facts), _accounts(facts), _months(facts), _purchases(facts)),
        "idle": facts.idle,
        "rightsizing": facts.rightsizing,
        "listed": LISTED,
        "list_cap": LIST_CAP,
        "reconciled": facts.reconciled,
        "notes": _notes(facts),
    }


def _daily(facts: Facts) -> ChartView:
    days, currency = facts.daily.days, facts.scope.currency
    totals = [(facts.daily.total(i, "effective"), facts.daily.total(i, "billed")) for i in range(len(days))]
    top = facts.daily.series[0].name if facts.daily.series else "nothing"
    rows = tuple(
        (day.isoformat(), shown.money(effective, currency), shown.money(billed, currency))
        for day, (effective, billed) in reversed(list(zip(days, totals, strict=True)))
    )
    return ChartView(
        id="daily",
        title=panel("daily").title,
        sub=f"{shown.day(days[0])} to {shown.day(days[-1])}, UTC days. "
        "Effective cost spreads commitments over the days they cover.",
        label=f"Stacked areas: cost of each day by service from {days[0]} to {days[-1]}. Largest: {top}. "
        f"Newest day {rows[0][1]} effective, {rows[0][2]} billed.",
        grid=Grid("All services, by day", ("Day", "Effective", "Billed"), frozenset({1, 2}), rows),
        width="c8",
    )


def _movers(facts: Facts) -> ChartView:
    scope = facts.scope
    now, before = facts.days_now, facts.days_before
    first = facts.movers[0] if facts.movers else None
    sub = f"No bill of {shown.month(scope.previous_period)} in the lake to compare with."
    if first is not None and first.change.amount is not None:
        verb = "grew" if first.change.amount > 0 else "shrank"
        size = shown.money(abs(first.change.amount), scope.currency)
        sub = f"Billed cost, {now} against {before}. Most of all {first.service_name} {verb}, by {size}."
    rows = tuple(
        (
            mover.service_name,
            shown.money(mover.change.before, scope.currency),
            shown.money(mover.change.now, scope.currency),
            shown.money(mover.change.amount, scope.currency, signed=True),
            "new" if not mover.change.before else _signed_percent(mover.change.pct),
        )
        for mover in facts.movers
    )
    return ChartView(
        id="movers",
        title=panel("movers").title,
        sub=sub,
        label=f"Bars: the services whose billed cost changed most, {before} and {now}.",
        grid=Grid("Every service", ("Service", before, now, "Change", "%"), frozenset({1, 2, 3, 4}), rows),
        width="c4",
        is_empty=not facts.movers,
        swatches=(before, now),
    )


def _accounts(facts: Facts) -> ChartView:
    currency = facts.scope.currency
    whole = sum((part.billed or ZERO for part in facts.accounts), ZERO)
    rows = tuple(
        (
            part.name,
            part.key,
            shown.money(part.billed, currency),
            shown.money(part.effective, currency),
            shown.percent(shown.share(part.billed or ZERO, whole)),
        )
        for part in facts.accounts
    )
    return ChartView(
        id="accounts",
        title=panel("accounts").title,
        sub=f"Billed cost, {facts.days_now}; {shown.count(len(rows), 'account')}.",
        label=f"Bars: billed cost by account. Largest: {account_label(facts.accounts[0], facts.accounts)}.",
        grid=Grid("Every account", ("Account", "Id", "Billed", "Effective", "Share"), frozenset({2, 3, 4}), rows),
        width="c4",
    )


def _months(facts: Facts) -> ChartView:
    currency = facts.scope.currency
    rows = tuple((shown.month(part.key), shown.money(part.billed, currency)) for part in reversed(facts.months))
    open_month = "" if facts.scope.is_complete else f"; {shown.month(facts.scope.period)} is not finished"
    return ChartView(
        id="months",
        title=panel("months").title,
        sub=f"Billed cost by month of the invoice{open_month}.",
        label="Bars: billed cost by month of the invoice.",
        grid=Grid("Every month shown", ("Month", "Billed"), frozenset({1}), rows),
        width="c4",
        is_empty=not rows,
    )


def _purchases(facts: Facts) -> ChartView:
    currency = facts.scope.currency
    whole = sum((part.effective or ZERO for part in facts.purchases), ZERO)
    rows = tuple(
        (part.name, shown.money(part.effective, currency), _share(part.effective, whole)) for part in facts.purchases
    )
    return ChartView(
        id="purchases",
        title=panel("purchases").title,
        sub=f"Effective cost of usage, {facts.days_now}.",
        label="Bars: effective cost of usage by the way it was bought.",
        grid=Grid("Every way of buying", ("Bought as", "Effective", "Share"), frozenset({1, 2}), rows),
        width="c4",
        is_empty=not rows,
    )


def _notes(facts: Facts) -> tuple[str, ...]:
    scope = facts.scope
    late = [payer for payer in scope.payers if payer.through < scope.through and not payer.is_complete]
    notes = [f"Payer {one.billing_account_id}: usage only through {shown.day(one.through)}." for one in late]
    for aside in facts.asides:
        amount = f"{shown.money(aside.billed_cost, aside.billing_currency)} billed in {shown.month(aside.period)}"
        why = (
            f"is billed in {aside.billing_currency}; currencies are never added up"
            if aside.billing_currency != scope.currency
            else "has no newer bill in the lake"
        )
        notes.append(f"Not in the figures below: payer {aside.billing_account_id} {why}. {amount}.")
    return tuple(notes)


def _share(part: Decimal | None, whole: Decimal) -> str:
    return shown.percent(shown.share(part or ZERO, whole))


def _signed_percent(pct: Decimal | None) -> str:
    return shown.percent(pct) if pct is None else ("+" if pct > 0 else "−" if pct < 0 else "") + shown.percent(pct)
