"""The verb `validate`."""

from __future__ import annotations

from typing import Any

import typer

from lake.errors import CheckFailedError
from lake.metering import reported
from lake.verdicts import VERDICT_LIFETIME
from lake.workspace import Workspace
from quality import run
from quality.run import MartReport, ValidationReport


def validate(ctx: typer.Context) -> None:
    """Check the published marts, and open or close the gate before actions.

    Every mart is held against its suite: unique rows, nothing missing, totals that agree to the last digit, accounts
    that the bill knows. The verdict of each mart is written to the lake, names the exact content it speaks of and is
    good for 26 hours. Actions refuse a mart without a fresh, green verdict.

    Exit code 0: every mart is green (warnings allowed). 1: at least one is red, and its verdict says so.
    """
    ws: Workspace = ctx.obj
    with reported(ws, "validate") as meter:
        report = run.validate(ws, meter)
    show(ws, report)
    red = [mart.mart for mart in report.marts if not mart.passed]
    if red:
        raise CheckFailedError(
            f"{len(red)} of {len(report.marts)} marts failed validation: {', '.join(red)}.",
            where=ws.store.location(report.results_key),
            todo="Mend the cause, then run `finops build` and `finops validate`. Until then no action runs on them.",
        )


def show(ws: Workspace, report: ValidationReport) -> None:
    """Tell a person and a machine what was found: a line per mart, then every expectation that does not hold."""
    rows = [
        (
            mart.mart,
            "green" if mart.passed else "red",
            mart.row_count,
            mart.evaluated,
            len(mart.failures) + len(mart.errors),
            len(mart.warnings),
            mart.data_through or None,
        )
        for mart in report.marts
    ]
    ws.out.table("Verdicts", ("mart", "verdict", "rows", "checked", "failed", "warnings", "usage through"), rows)
    for mart in report.marts:
        for line in _failures(mart):
            ws.out.say(line)
        for result in mart.warnings:
            ws.out.warn(f"{mart.mart}: does not hold: {result.expectation.description}.")
    if report.passed:
        ws.out.say(f"The gate is open until {ws.now + VERDICT_LIFETIME:%Y-%m-%d %H:%M} UTC.")
    ws.out.report("validate", _document(ws, report))


def _failures(mart: MartReport) -> list[str]:
    """One line per expectation that keeps the gate closed."""
    failed = [
        f"{mart.mart}: does not hold: {result.expectation.description}"
        + (f" ({result.unexpected_count} found)." if result.unexpected_count else ".")
        for result in mart.failures
    ]
    errors = [
        f"{mart.mart}: could not be checked: {result.expectation.description} ({result.observed})."
        for result in mart.errors
    ]
    return failed + errors


def _document(ws: Workspace, report: ValidationReport) -> dict[str, Any]:
    """The report for machines."""
    return {
        "passed": report.passed,
        "run_id": ws.run_id,
        "validated_at": ws.now,
        "expires_at": ws.now + VERDICT_LIFETIME,
        "engine": report.engine,
        "gx_version": report.gx_version,
        "results": ws.store.location(report.results_key),
        "marts": [
            {
                "mart": mart.mart,
                "passed": mart.passed,
                "row_count": mart.row_count,
                "evaluated": mart.evaluated,
                "data_through": mart.data_through or None,
                "failures": [result.expectation.description for result in mart.failures],
                "warnings": [result.expectation.description for result in mart.warnings],
                "errors": [result.expectation.description for result in mart.errors],
            }
            for mart in report.marts
        ],
    }
