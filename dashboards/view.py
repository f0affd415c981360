"""The facts as the template wants them: headings, sentences, and rows of cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from dashboards import breakdowns, shown, view_bought, view_found, view_lists
from dashboards.charts import account_label
from dashboards.facts import Facts
from dashboards.figures import MEASURES, ZERO, Slice
from dashboards.grids import ChartView, Grid, Section
from dashboards.panels import PANELS, panel

LISTED = 10
LIST_CAP = 200
_HEADS = tuple(measure.capitalize() for measure in MEASURES)


def context(facts: Facts) -> dict[str, Any]:
    """The template's words and tables, all plain text: the template escapes them."""
    scope = facts.scope
    return {
        "period": scope.period,
        "period_shown": shown.month(scope.period),
        "through": scope.through.isoformat(),
        "through_shown": shown.day(scope.through),
        "currency": scope.currency,
        "measures": _HEADS,
        "sections": _sections(facts),
        "account_options": tuple(
            (part.key, account_label(part, facts.accounts)) for part in facts.accounts if part.key in facts.cuts
        ),
        "teams": tuple(team for team in facts.teams if team.name is not None),
        "team_grids": {team.slug: view_lists.team_grid(team, scope.currency) for team in facts.teams if team.slug},
        "teams_total": sum((team.total for team in facts.teams), ZERO),
        "idle": facts.idle,
        "rightsizing": facts.rightsizing,
        "listed": LISTED,
        "list_cap": LIST_CAP,
        "reconciled": facts.reconciled,
        "notes": _notes(facts),
        "panels": tuple((one, one.explain.format(period=scope.period)) for one in PANELS),
    }


def _sections(facts: Facts) -> tuple[Section, ...]:
    """Charts and lists in the order in which they stand: pairs share a row."""
    pairs: tuple[tuple[Section, Section], ...] = (
        (view_lists.causes(facts), view_lists.anomalies(facts)),
        (_regions(facts), _breakdowns(facts)),
        (view_lists.teams(facts), view_lists.tags(facts)),
        (view_bought.coverage(facts), view_bought.commitments(facts)),
        (view_bought.budgets(facts), view_lists.units(facts)),
        (view_bought.pipeline(facts), view_bought.realized(facts)),
        (view_found.history(facts), view_found.longest(facts)),
        (view_found.snapshot_ages(facts), view_found.snapshots(facts)),
    )
    rows = [_row(*pair) for pair in pairs]
    # What has nothing to show says so in a line, below all that has.
    empty = [replace(one, width="c4") for pair in pairs for one in pair if one.is_empty]
    money = (_accounts(facts), _months(facts), _purchases(facts))
    return (_daily(facts), _movers(facts), *rows[0], *money, *(one for row in rows[1:] for one in row), *empty)


def _row(one: Section, other: Section) -> tuple[Section, ...]:
    full = [each for each in (one, other) if not each.is_empty]
    return tuple(full) if len(full) != 1 else (replace(full[0], width="c12"),)


def _daily(facts: Facts) -> ChartView:
    days, currency = facts.daily.days, facts.scope.currency
    totals = [[facts.daily.total(i, measure) for measure in MEASURES] for i in range(len(days))]
    top = facts.daily.series[0].name if facts.daily.series else "nothing"
    rows = tuple(
        (day.isoformat(), *(shown.money(amount, currency) for amount in amounts))
        for day, amounts in reversed(list(zip(days, totals, strict=True)))
    )
    marked = f" Diamonds mark {shown.count(len(facts.anomalies), 'anomaly', 'anomalies')}." if facts.anomalies else ""
    return ChartView(
        id="daily",
        title=panel("daily").title,
        sub=f"cost, {shown.day(days[0])} to {shown.day(days[-1])}, UTC days.",
        label=f"Stacked areas: cost of each day by service from {days[0]} to {days[-1]}. Largest: {top}. "
        f"Newest day {rows[0][3]} effective, {rows[0][1]} billed.{marked}",
        grid=_grid("All services, by day", ("Day", *_HEADS), rows),
        width="c8",
        is_measured=True,
        by_account=True,
        lead=marked.strip(),
    )


def _movers(facts: Facts) -> ChartView:
    scope = facts.scope
    now, before = facts.days_now, facts.days_before
    first = facts.movers[0] if facts.movers else None
    lead = ""
    if first is not None and first.effective.amount is not None:
        verb = "grew" if first.effective.amount > 0 else "shrank"
        size = shown.money(abs(first.effective.amount), scope.currency)
        lead = f"Most of all {first.service_name} {verb}, by {size}."
    rows = tuple(
        (
            mover.service_name,
            *(
                shown.money(getattr(mover, measure).amount, scope.currency, signed=True)
                for measure in ("billed", "amortized")
            ),
            shown.money(mover.effective.before, scope.currency),
            shown.money(mover.effective.now, scope.currency),
            shown.money(mover.effective.amount, scope.currency, signed=True),
            "new" if not mover.effective.before else _signed_percent(mover.effective.pct),
        )
        for mover in facts.movers
    )
    return ChartView(
        id="movers",
        title=panel("movers").title,
        sub=f"cost, {now} against {before}.",
        label=f"Bars: the services whose cost changed most, {before} and {now}.",
        grid=_grid(
            "Every service",
            ("Service", "Billed change", "Amortized change", f"Effective, {before}", now, "Change", "%"),
            rows,
        ),
        width="c4",
        is_empty=not facts.movers,
        swatches=(("--before", before), ("--s1", now)),
        is_measured=True,
        by_account=True,
        lead=lead,
        empty=f"No bill of {shown.month(scope.previous_period)} in the lake to compare with.",
    )


def _accounts(facts: Facts) -> ChartView:
    rows = tuple((part.name, part.key, *told) for part, told in _shares(facts.accounts, facts))
    return ChartView(
        id="accounts",
        title=panel("accounts").title,
        sub=f"cost, {facts.days_now}; {shown.count(len(rows), 'account')}.",
        label=f"Bars: cost by account. Largest: {account_label(facts.accounts[0], facts.accounts)}.",
        grid=Grid("Every account", ("Account", "Id", *_HEADS, "Share"), frozenset({2, 3, 4, 5}), rows),
        width="c4",
        is_measured=True,
    )


def _months(facts: Facts) -> ChartView:
    rows = tuple((shown.month(part.key), *_amounts(part, facts)) for part in reversed(facts.months))
    open_month = "" if facts.scope.is_complete else f"; {shown.month(facts.scope.period)} is not finished"
    expected = "Dashed: what is expected." if facts.forecasts else ""
    return ChartView(
        id="months",
        title=panel("months").title,
        sub=f"cost by month of the invoice{open_month}.",
        label="Bars: cost by month of the invoice.",
        grid=_grid("Every month shown", ("Month", *_HEADS), rows),
        width="c4",
        is_empty=not rows,
        is_measured=True,
        by_account=True,
        lead=expected,
        empty="No month has a bill.",
    )


def _purchases(facts: Facts) -> ChartView:
    rows = tuple((part.name, *told) for part, told in _shares(facts.purchases, facts))
    return ChartView(
        id="purchases",
        title=panel("purchases").title,
        sub=f"cost of usage, {facts.days_now}.",
        label="Bars: cost of usage by the way it was bought.",
        grid=_grid("Every way of buying", ("Bought as", *_HEADS, "Share"), rows),
        width="c4",
        is_empty=not rows,
        is_measured=True,
        by_account=True,
        empty="No usage is on this bill.",
    )


def _regions(facts: Facts) -> ChartView:
    rows = tuple((part.name, *told) for part, told in _shares(facts.regions, facts))
    return ChartView(
        id="regions",
        title=panel("regions").title,
        sub=f"cost, {facts.days_now}. What has no place is global.",
        label=f"Bars: cost by region. Largest: {facts.regions[0].name}.",
        grid=_grid("Every region", ("Region", *_HEADS, "Share"), rows),
        width="c4",
        is_empty=not rows,
        is_measured=True,
        by_account=True,
        empty="No charge is in any region.",
    )


def _breakdowns(facts: Facts) -> ChartView:
    # Each dimension is the whole bill, so its shares are of the same sum.
    rows = tuple(
        (one.title, part.name, *told)
        for one in facts.breakdowns
        for part, told in _shares(breakdowns.cut(one.parts, breakdowns.LISTED), facts)
    )
    return ChartView(
        id="breakdowns",
        title=panel("breakdowns").title,
        sub=f"cost, {facts.days_now}. Each way to divide it adds up to all of it.",
        label="Bars: cost by usage type, tag, cost category or purchase option, whichever is chosen.",
        grid=Grid(
            f"Every way to divide it, the largest {breakdowns.LISTED} of each",
            ("By", "Value", *_HEADS, "Share"),
            frozenset({2, 3, 4, 5}),
            rows,
        ),
        width="c8",
        is_empty=not rows,
        is_measured=True,
        empty="The mart has no cost of this month.",
        choose="By",
        choices=tuple((one.dimension, one.title) for one in facts.breakdowns),
    )


def _shares(parts: Sequence[Slice], facts: Facts) -> Iterator[tuple[Slice, tuple[str, ...]]]:
    """Each part with its amounts and its share of all of them."""
    whole = sum((part.effective for part in parts), ZERO)
    for part in parts:
        yield part, (*_amounts(part, facts), shown.percent(shown.share(part.effective, whole)))


def _grid(caption: str, columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Grid:
    return Grid(caption, columns, frozenset(range(1, len(columns))), rows)


def _amounts(part: Slice, facts: Facts) -> tuple[str, ...]:
    return tuple(shown.money(getattr(part, measure), facts.scope.currency) for measure in MEASURES)


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


def _signed_percent(pct: Decimal | None) -> str:
    return shown.percent(pct) if pct is None else ("+" if pct > 0 else "−" if pct < 0 else "") + shown.percent(pct)
