"""`finops build`."""

from __future__ import annotations

from dataclasses import asdict

import typer

from dbt_project.build import BuildReport, build
from lake.output import Output, money
from lake.workspace import Workspace


def build_command(ctx: typer.Context) -> None:
    """Compute the marts from the accepted bills, check them, and publish them.

    Every total is compared with the total of the bill's own files before anything is published. If a check fails, the
    marts of the last good build stay, and the exit code is 1.
    """
    ws: Workspace = ctx.obj
    with ws.store.locked():
        show(ws.out, build(ws))


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
                "yes" if total.is_reconciled else "NO",
            ]
            for total in report.totals
        ],
    )
    changed = [mart.mart for mart in report.marts if mart.is_changed]
    out.say(f"Published {', '.join(changed)}." if changed else "The marts are as they were.")
    for warning in report.warnings:
        out.warn(warning)
    out.report(
        "build",
        {
            "marts": [asdict(mart) for mart in report.marts],
            "totals": [asdict(total) for total in report.totals],
            "warnings": list(report.warnings),
            "check_count": report.check_count,
        },
    )
