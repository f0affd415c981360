"""`finops deliveries`: what was accepted and when, and the removal of what is not needed any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated

import typer

from ingestion import prune
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
    is_applied: Annotated[bool, typer.Option("--apply", help="With --prune: delete them. Without: a dry run.")] = False,
) -> None:
    """List every accepted delivery of every export and month, or prune those that were superseded.

    OPEN: its month was not over. PROVISIONAL: lines that cost something have no invoice id yet. FINAL: all of them
    have. RESTATED: it changed a month that had been final. What is pruned can no longer be rebuilt with
    `finops build --as-of`; the current delivery of a month and the one before it are never pruned.

    Example: finops deliveries --prune --keep 3 --older-than 90 --apply
    """
    ws: Workspace = ctx.obj
    if is_applied and not is_prune:
        raise SettingsError("--apply deletes nothing by itself.", where="--apply", todo="Give it with --prune.")
    known = history(ws.store, period=period, export=export)
    if not is_prune:
        _show(ws.out, known)
        return
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
            one.delivery.billing_period,
            one.delivery.export_name,
            one.delivery.source,
            one.delivery.delivery_id,
            f"{one.delivery.row_count:,}",
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
