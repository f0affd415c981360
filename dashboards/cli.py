"""`finops dashboard`: draw the page and say where it is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lake.workspace import Workspace


def dashboard(
    ctx: typer.Context,
    to: Annotated[
        Path | None,
        typer.Option("--to", help="Also write the page to this file, to send or to publish.", dir_okay=False),
    ] = None,
) -> None:
    """Draw one HTML page from the marts.

    The page is one file that asks nothing of the network: open it in any browser, or send it by mail. It shows the
    newest month to date beside the same days of the month before, daily cost, what moved, idle resources,
    rightsizing, and for every mart whether its numbers are validated. It lies in the lake at dashboards/index.html.

    Run `finops build` before it, and `finops validate` for the green ticks.
    """
    from dashboards.page import draw

    ws: Workspace = ctx.obj
    report = draw(ws, to)
    ws.out.say(f"Dashboard of {report.period}, usage through {report.data_through}: {report.state}.")
    ws.out.say(f"Open {report.location}")
    ws.out.report(
        "dashboard",
        {
            "location": report.location,
            "bytes": report.bytes,
            "period": report.period,
            "data_through": report.data_through,
            "currency": report.currency,
            "billed_cost": report.billed_cost,
            "state": str(report.state),
            "marts": {one.mart: {"state": str(one.state), "reason": one.reason} for one in report.standings},
        },
    )
