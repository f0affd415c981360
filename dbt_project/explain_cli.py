"""`finops explain`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from lake.errors import CheckFailedError
from lake.metering import reported
from lake.output import Output
from lake.workspace import Workspace

if TYPE_CHECKING:
    from dbt_project.explain import Explanation


class MetricName(StrEnum):
    """The measures a person may ask about."""

    BILLED = "billed"
    LIST = "list"
    CONTRACTED = "contracted"
    AMORTIZED = "amortized"
    EFFECTIVE = "effective"
    UNUSED_COMMITMENT = "unused-commitment"


def explain(
    ctx: typer.Context,
    metric: Annotated[MetricName, typer.Argument(help="The measure to explain.")],
    period: Annotated[str | None, typer.Option(help="Only the bill of this month, YYYY-MM.")] = None,
    day: Annotated[datetime | None, typer.Option(help="Only charges of this UTC day.", formats=["%Y-%m-%d"])] = None,
    account: Annotated[str | None, typer.Option(help="Only this account.")] = None,
    service: Annotated[str | None, typer.Option(help="Only this service, as the marts name it.")] = None,
    region: Annotated[str | None, typer.Option(help="Only this region; global where a line has none.")] = None,
    resource: Annotated[str | None, typer.Option(help="Only this resource, by its id on the bill.")] = None,
    rows: Annotated[int, typer.Option(help="How many lines of the bill to show, largest amounts first.", min=0)] = 10,
) -> None:
    """Take a number apart: its formula, the kinds of line it takes, and the lines of the bill behind it.

    The total is added up anew from the waist and shown beside what the published marts say for the same question; the
    lines name the file of the bill they stand in. The exit code is 1 if a mart tells another number. With --profile aws
    it needs a --period: Athena is paid for what it reads.

    Example: finops explain amortized --period 2026-07 --service "Amazon Relational Database Service"
    """
    from dbt_project.explain import METRICS, Filters
    from dbt_project.explain import explain as take_apart

    ws: Workspace = ctx.obj
    filters = Filters(period, day.date() if day else None, account, service, region, resource)
    with reported(ws, "explain"):
        explanation = take_apart(ws, METRICS[metric], filters, rows)
    show(ws.out, explanation)
    if explanation.differing:
        told = "; ".join(f"{one.mart} says {one.amount:f} {one.currency}" for one in explanation.differing)
        mine = ", ".join(f"{amount:f} {currency}" for currency, amount in explanation.totals.items())
        raise CheckFailedError(
            f"The marts tell another number: {told}; the lines of the bill add up to {mine}.",
            where=ws.store.uri,
            todo="Run `finops build`: the marts and the waist are of different builds.",
        )


def show(out: Output, told: Explanation) -> None:
    """Tell a person and a machine how a number comes about."""
    asked = ", ".join(f"{name} {value}" for name, value in told.filters.asked().items()) or "all of the bill"
    out.table(
        f"{told.metric.mart_column} of {asked}: what each kind of line adds",
        ["Kind of line", "Formula, in columns of the bill", "Lines", "Amount", ""],
        [
            [kind.charge_kind, kind.formula, f"{kind.charge_count:,}", f"{kind.amount:z,.10f}", kind.currency]
            for kind in told.kinds
        ],
    )
    marts = [[one.mart, f"{one.amount:z,.10f}", one.currency] for one in told.in_marts]
    totals = [["these lines", f"{amount:z,.10f}", currency] for currency, amount in sorted(told.totals.items())]
    out.table("The same number", ["As told by", "Amount", ""], totals + marts)
    if not told.in_marts:
        out.say("No mart tells this: none tells the cost of one resource.")
    _show_lines(out, told)
    out.report("explain", _document(told))


def _show_lines(out: Output, told: Explanation) -> None:
    files = sorted({line.source_file for line in told.lines})
    out.table(
        f"The {len(told.lines)} largest of {told.line_count:,} lines",
        ["File", "From (UTC)", "Account", "Line type", "Usage type", "Resource", "Amount", ""],
        [
            [
                f"[{files.index(line.source_file) + 1}]",
                f"{line.charge_period_start:%Y-%m-%d %H:%M}",
                line.sub_account_id,
                line.line_item_type,
                line.usage_type,
                line.resource_id,
                f"{line.amount:z,.10f}",
                line.currency,
            ]
            for line in told.lines
        ],
    )
    for number, name in enumerate(files, 1):
        out.say(f"[{number}] {name}")


def _document(told: Explanation) -> dict[str, object]:
    return {
        "metric": told.metric.name,
        "column": told.metric.mart_column,
        "filters": told.filters.asked(),
        "totals": told.totals,
        "kinds": [asdict(kind) for kind in told.kinds],
        "marts": [asdict(one) for one in told.in_marts],
        "agrees_with_marts": not told.differing,
        "line_count": told.line_count,
        "lines": [asdict(line) for line in told.lines],
    }
