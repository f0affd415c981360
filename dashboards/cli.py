"""`finops dashboard` draws the page and says where it is; `finops report` prints marts or writes them as files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboards.formats import ReportFormat
from lake.errors import SettingsError
from lake.workspace import Workspace

FINDINGS = ("idle", "rightsizing", "savings")

if TYPE_CHECKING:
    import pyarrow as pa

    from dashboards.page import PageReport


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
    show(ws, draw(ws, to))


def show(ws: Workspace, report: PageReport) -> None:
    """Tell a person and a machine where the page is and whether its numbers are validated."""
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


def report(
    ctx: typer.Context,
    mart: Annotated[
        str | None,
        typer.Argument(
            help="costs, trends, commitments, allocation, idle, rightsizing, savings, or a mart. Without it: where the "
            "money went."
        ),
    ] = None,
    form: Annotated[
        ReportFormat | None,
        typer.Option("--format", help="How a mart is written. Default: as the name of --to ends, or table."),
    ] = None,
    to: Annotated[str | None, typer.Option(help="File or s3:// address to write to, instead of the terminal.")] = None,
    period: Annotated[
        str | None, typer.Option(help="Month to report on, YYYY-MM, or all. Default: the newest.")
    ] = None,
    team: Annotated[str | None, typer.Option(help="With allocation: the statement of one team.")] = None,
) -> None:
    """Print where the money went, or give a mart as a table or a file.

    `commitments` is a report of several marts: savings plans and reservations, how much of them was used, what they
    covered, saved and when they end. As csv, json or parquet it is the rows of all of them: `part` names the mart.

    `allocation` is the showback statement: what each team costs directly, what it received of shared costs, and what is
    nobody's and why; with --team what one team's cost is made of. As csv, json or parquet it is the mart team_costs.

    `idle`, `rightsizing` and `savings` tell what was paid for and did nothing, what would do in a smaller or cheaper
    type, and what all of it saves, each resource counted once.

    `unused-resources` needs no bill: of what `finops collect` landed it tells what nothing uses, by the rules that
    stand in docs/collecting.md. Where no bill was built, `rightsizing` does so for what is larger than it need be.

    `costs` tells what each account's services cost, and by how much more than in the same days of the month and of the
    year before. `trends` tells what a month is made of, what it will come to, what moved and why, and which days stood
    out.

    Amounts in csv and json keep every digit. Reports speak of the published marts, validated or not; `finops validate`
    and the page tell which they are.

    Example: finops report rightsizing_recommendations --format csv --to savings.csv
    """
    from dashboards import report as reports

    ws: Workspace = ctx.obj
    if mart is None:
        if to is not None or form not in (None, ReportFormat.TABLE):
            raise SettingsError(
                "Only a mart is written in a format or to a file, and none is named.",
                where="--to" if to is not None else "--format",
                todo="Name one, such as `finops report daily_costs`; for this overview as JSON there is --json.",
            )
        summaries = reports.summarize(ws.store, period)
        for summary in summaries:
            reports.show_summary(ws.out, summary)
        ws.out.report("report", {"summaries": [asdict(summary) for summary in summaries]})
        return
    if team is not None and mart != "allocation":
        raise SettingsError("Only the report on allocation is by team.", where="--team", todo="Use it with allocation.")
    if mart == "allocation":
        _give_allocation(ws, period, team, form, to)
    else:
        _give_report(ws, mart, period, form, to)


def _give_report(ws: Workspace, mart: str, period: str | None, form: ReportFormat | None, to: str | None) -> None:
    from dashboards import report as reports

    if mart == "commitments":
        _give_commitments(ws, period, form, to)
    elif mart == "unused-resources" or (mart == "rightsizing" and not _is_built(ws, mart)):
        _give_live(ws, mart, form, to)
    elif mart in FINDINGS:
        _give_findings(ws, mart, period, form, to)
    elif mart in ("costs", "trends"):
        _give_trends(ws, mart, period, form, to)
    else:
        _give(ws, mart, reports.of_period(reports.rows_of(ws.store, reports.known_mart(mart)), period), form, to)


def _is_built(ws: Workspace, name: str) -> bool:
    from dashboards.saving import REPORTS
    from lake.marts import read_mart

    return read_mart(ws.store, REPORTS[name][0]) is not None


def _give_findings(ws: Workspace, name: str, period: str | None, form: ReportFormat | None, to: str | None) -> None:
    from dashboards import report as reports
    from dashboards.saving import REPORTS, show_sums

    mart, _ = REPORTS[name]
    rows = reports.of_period(reports.rows_of(ws.store, mart), period)

    def show() -> dict[str, Any]:
        reports.show_rows(ws.out, mart, rows)
        show_sums(ws.out, name, rows)
        return {"mart": mart, "row_count": rows.num_rows, "to": to, "rows": rows.to_pylist()}

    _give(ws, mart, rows, form, to, show)


def _give_trends(ws: Workspace, name: str, period: str | None, form: ReportFormat | None, to: str | None) -> None:
    from dashboards import report as reports
    from dashboards import trends

    of = trends.COSTS if name == "costs" else trends.TRENDS
    newest = period or max(map(str, reports.rows_of(ws.store, "monthly_costs")["billing_period"].to_pylist()))
    marts = {mart: reports.of_period_if_any(reports.rows_of(ws.store, mart), newest) for mart in of}
    rows = trends.costs(marts) if name == "costs" else trends.trends(marts)

    def show() -> dict[str, Any]:
        (trends.show_costs if name == "costs" else trends.show_trends)(ws.out, rows)
        return {"report": name, "rows": rows.to_pylist()}

    _give(ws, name, rows, form, to, show)


def _give_allocation(
    ws: Workspace, period: str | None, team: str | None, form: ReportFormat | None, to: str | None
) -> None:
    from dashboards import allocation
    from dashboards import report as reports

    rows = allocation.of_team(reports.of_period(reports.rows_of(ws.store, allocation.COSTS), period), team)

    def show() -> dict[str, Any]:
        newest = period or max(map(str, rows["billing_period"].to_pylist()))
        coverage = reports.of_period_if_any(reports.rows_of(ws.store, allocation.COVERAGE), newest)
        allocation.show_allocation(ws.out, rows, coverage, team)
        return {"report": "allocation", "team": team, "rows": rows.to_pylist()}

    _give(ws, allocation.COSTS, rows, form, to, show)


def _give_commitments(ws: Workspace, period: str | None, form: ReportFormat | None, to: str | None) -> None:
    from dashboards import commitments
    from dashboards import report as reports

    marts = {mart: reports.of_period(reports.rows_of(ws.store, mart), period) for mart in commitments.SHOWN}

    def show() -> dict[str, Any]:
        commitments.show_commitments(ws.out, marts)
        return {mart: rows.to_pylist() for mart, rows in marts.items()}

    _give(ws, "commitments", commitments.as_one(marts), form, to, show)


def _give_live(ws: Workspace, name: str, form: ReportFormat | None, to: str | None) -> None:
    from dashboards.live.report import rows_of, warn_of_gaps
    from dashboards.live.report import show as print_live

    rows, known = rows_of(ws, name)
    warn_of_gaps(ws, known)

    def show() -> dict[str, Any]:
        print_live(ws.out, name, rows)
        return {"report": name, "row_count": rows.num_rows, "rows": rows.to_pylist()}

    _give(ws, name, rows, form, to, show)


def _give(
    ws: Workspace,
    name: str,
    rows: pa.Table,
    form: ReportFormat | None,
    to: str | None,
    show: Callable[[], dict[str, Any]] | None = None,
) -> None:
    """Write rows to a file or print them; `show` prints them as a table of its own and returns what machines get."""
    from dashboards import report as reports

    chosen = reports.form_for(form, to)
    document: dict[str, Any] = {"mart": name, "row_count": rows.num_rows, "to": to}
    if to is not None:
        reports.write_file(reports.render(rows, chosen), to)
        ws.out.say(f"Wrote {rows.num_rows:,} rows as {chosen} to {to}")
        ws.out.report("report", {**document, "rows": None})
        return
    if chosen is ReportFormat.TABLE and show is not None:
        ws.out.report("report", show())
        return
    if chosen is ReportFormat.TABLE:
        reports.show_rows(ws.out, name, rows)
    elif not ws.out.as_json:
        ws.out.raw(reports.render(rows, chosen))
    ws.out.report("report", {**document, "rows": rows.to_pylist()})
