"""`finops deliveries`: what was accepted and when, and the removal of what is not needed any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated

import typer

from ingestion import dropping, prune
from ingestion.history import CURRENT, PastDelivery, history
from lake.errors import SettingsError
from lake.output import Output, money
from lake.workspace import Workspace


def deliveries_command(
    ctx: typer.Context,
    period: Annotated[str | None, typer.Option(help="Only this billing period.", metavar="YYYY-MM")] = None,
    export: Annotated[str | None, typer.Option(help="Only this export or report.", metavar="NAME")] = None,
    is_prune: Annotated[
        bool, typer.Option("--prune", help="Name the superseded deliveries that --keep and --older-than let go.")
    ] = False,
    keep: Annotated[
        int, typer.Option(help="With --prune: superseded deliveries kept per export and period, at least 1.")
    ] = 2,
    older_than: Annotated[
        int, typer.Option(help="With --prune: only what was superseded so many days ago, at least 1.", metavar="DAYS")
    ] = 1,
    is_drop: Annotated[
        bool, typer.Option("--drop", help="Do without the month of --period and --export: readers see it no more.")
    ] = False,
    is_restore: Annotated[bool, typer.Option("--restore", help="Take back the month that --drop gave up.")] = False,
    is_applied: Annotated[
        bool, typer.Option("--apply", help="With --prune, --drop or --restore: do it. Without: a dry run.")
    ] = False,
) -> None:
    """List every accepted delivery of every export and month, prune those that were superseded, or drop a month.

    OPEN: its month was not over. PROVISIONAL: lines that cost something have no invoice id yet. FINAL: all of them
    have. RESTATED: it changed a month that had been final. What is pruned can no longer be rebuilt with
    `finops build --as-of`; the current delivery of a month and the one before it are never pruned.

    A month that is dropped keeps its files and its records: --restore takes it back, and so does delivering it again.
    That is for months whose files are gone where they were read in place. The next `finops build` does without it.

    Example: finops deliveries --prune --keep 3 --older-than 90 --apply
    Example: finops deliveries --drop --period 2026-04 --export daily --apply
    """
    ws: Workspace = ctx.obj
    asked = [name for name, is_asked in (("prune", is_prune), ("drop", is_drop), ("restore", is_restore)) if is_asked]
    if len(asked) > 1 or (is_applied and not asked):
        raise SettingsError(
            "One thing at a time.", where=" ".join(f"--{name}" for name in asked) or "--apply",
            todo="Give one of --prune, --drop and --restore; with --apply it is done.",
        )  # fmt: skip
    if is_drop or is_restore:
        _drop(ws, period, export, is_restore=is_restore, is_applied=is_applied)
    elif is_prune:
        _prune(ws, period, export, keep=keep, older_than=older_than, is_applied=is_applied)
    else:
        _show(ws.out, history(ws.store, period=period, export=export))


def _drop(ws: Workspace, period: str | None, export: str | None, *, is_restore: bool, is_applied: bool) -> None:
    find, do = (dropping.restorable, dropping.restore) if is_restore else (dropping.droppable, dropping.drop)
    if not period or not export:
        raise SettingsError(
            "Which month of which export?",
            where="--restore" if is_restore else "--drop",
            todo="Give --period YYYY-MM and --export NAME, as `finops deliveries` tells them.",
        )
    chosen = find(ws, period, export)
    if is_applied:
        with ws.store.locked():
            # Looked at again under the lock: a swap may have come between.
            chosen = find(ws, period, export)
            do(ws, chosen)
    word = "restored" if is_restore else "dropped"
    names = ("period", "export", "source", "delivery", "rows", "total")
    rows = [
        (
            *_told(one),
            _total(one),
        )
        for one in chosen
    ]
    ws.out.table(word.capitalize() if is_applied else f"Would be {word}", names, rows)
    ws.out.say("Now run `finops build`." if is_applied else "A dry run: nothing was changed. Add --apply to do it.")
    ws.out.report("deliveries", {word: [one.document() for one in chosen], "is_applied": is_applied})


def _prune(
    ws: Workspace, period: str | None, export: str | None, *, keep: int, older_than: int, is_applied: bool
) -> None:
    known = history(ws.store, period=period, export=export)
    doomed = prune.prunable(known, keep=keep, older_than_days=older_than, now=ws.now)
    if is_applied and doomed:
        with ws.store.locked():
            # Looked at again under the lock: a swap may have come between.
            known = history(ws.store, period=period, export=export)
            doomed = prune.prunable(known, keep=keep, older_than_days=older_than, now=ws.now)
            prune.remove(ws.store, doomed)
    _show_pruned(ws.out, doomed, is_applied=is_applied)


def _show(out: Output, known: Sequence[PastDelivery]) -> None:
    rows = [
        (
            one.delivery.billing_period,
            one.delivery.export_name,
            one.delivery.source,
            one.delivery.delivery_id,
            one.delivery.execution_id or None,
            _minute(one.delivery.accepted_at),
            f"{one.delivery.row_count:,}",
            _total(one),
            one.delivery.status or None,
            _state(one),
        )
        for one in known
    ]
    names = ("period", "export", "source", "delivery", "execution", "accepted at", "rows", "total", "status", "state")
    out.table("Deliveries (times are UTC)", names, rows)
    out.report("deliveries", {"deliveries": [one.document() for one in known]})


def _told(one: PastDelivery) -> tuple[str, ...]:
    """Which delivery it is: period, export, source, delivery, rows."""
    told = one.delivery
    return told.billing_period, told.export_name, told.source, told.delivery_id, f"{told.row_count:,}"


def _total(one: PastDelivery) -> str:
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for payer in one.delivery.payers:
        totals[payer.billing_currency] += payer.unblended_cost
    return ", ".join(money(totals[currency], currency) for currency in sorted(totals))


def _state(one: PastDelivery) -> str:
    if one.state == CURRENT and len(one.spans) > 1:
        return f"{CURRENT} again since {_minute(one.spans[-1].since)}"
    return one.state


def _minute(moment: str) -> str:
    return f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M}"


def _show_pruned(out: Output, doomed: Sequence[PastDelivery], *, is_applied: bool) -> None:
    rows = [
        (
            *_told(one),
            one.state,
            _minute(one.ended_at),
        )
        for one in doomed
    ]
    if rows:
        names = ("period", "export", "source", "delivery", "rows", "state", "since")
        out.table("Pruned" if is_applied else "Would be pruned", names, rows)
    else:
        out.say("There is nothing to prune.")
    if rows and not is_applied:
        out.say("A dry run: nothing was deleted. Add --apply to delete.")
    out.report("deliveries", {"pruned": [one.document() for one in doomed], "is_applied": is_applied})
