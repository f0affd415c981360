"""`finops build`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from dbt_project.build import BuildReport, build
from lake.errors import SettingsError
from lake.metering import reported
from lake.output import Output, money
from lake.workspace import Workspace


def build_command(
    ctx: typer.Context,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            help="Build from the deliveries that were current then: a day (its end) or a time, UTC, ISO 8601.",
            metavar="MOMENT",
        ),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(
            help="With --as-of: folder or s3:// prefix for that past lake. Default: past/<moment> in the lake.",
            metavar="PATH",
        ),
    ] = None,
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Compute every month anew, not only those whose bill changed.")
    ] = False,
) -> None:
    """Compute the marts from the accepted bills, check them, and publish them.

    Every total is compared with the total of the bill's own files before anything is published. A payer's month of
    which a total or an identity does not hold is held back: of it the last good numbers stay, other months go on, and
    the exit code is 1. If a model fails, all marts of the last good build stay.

    Only months whose bill changed since the last build are computed and checked; all of them when finops itself, its
    rates or its settings changed. --full-refresh computes all of them whatever changed.

    With --as-of the marts of today are left alone. The past becomes a lake of its own, which every verb reads with
    --lake; it needs little space, for its bills are the same files. Example: finops build --as-of 2026-03-05
    """
    ws: Workspace = ctx.obj
    if as_of is None:
        if to is not None:
            raise SettingsError("--to is for the past only.", where="--to", todo="Give it with --as-of MOMENT.")
        with ws.store.locked(), reported(ws, "build"):
            report = build(ws, full_refresh=full_refresh)
        show(ws.out, report)
        report.raise_if_held_back()
        return
    from dbt_project.past import build_past

    past, report = build_past(ws, as_of, to)
    show(ws.out, report)
    ws.out.say(f"The lake as of {past.moment:%Y-%m-%d %H:%M:%S} UTC: finops --lake {past.lake} report")
    ws.out.report("past", {"as_of": past.moment, "lake": past.lake, "delivery_ids": list(past.delivery_ids)})
    report.raise_if_held_back()


def show(out: Output, report: BuildReport) -> None:
    """Tell a person and a machine what a build made."""
    out.table(
        "Every cent accounted for",
        ["Month", "Payer", "Bill lines", "Billed", "Amortized", "Equals the bill"],
        [
            [
                total.billing_period,
                total.billing_account_id,
                f"{total.charge_count:,}",
                money(total.billed_cost, total.currency),
                money(total.amortized_cost, total.currency),
                "HELD BACK" if total.is_held_back else "yes" if total.is_reconciled else "NO",
            ]
            for total in report.totals
        ],
    )
    changed = [mart.mart for mart in report.marts if mart.is_changed]
    out.say(f"Published {', '.join(changed)}." if changed else "The marts are as they were.")
    for warning in report.warnings:
        out.warn(warning)
    for one in report.held_back:
        out.warn(one.told())
    out.report(
        "build",
        {
            "marts": [asdict(mart) for mart in report.marts],
            "totals": [asdict(total) for total in report.totals],
            "warnings": list(report.warnings),
            "check_count": report.check_count,
            "held_back": [asdict(one) for one in report.held_back],
        },
    )
