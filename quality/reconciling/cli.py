"""The verb `reconcile`."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lake.errors import CheckFailedError
from lake.output import Cell
from lake.tables import MART_NAMES
from lake.workspace import Workspace
from quality.reconciling.amounts import ALL, LANDING, WAIST, Bill

if TYPE_CHECKING:
    from quality.reconciling.comparison import Comparison
    from quality.reconciling.reconcile import ReconcileReport

_NAMED_AT_MOST = 5


def reconcile(
    ctx: typer.Context,
    against: Annotated[
        list[Path] | None,
        typer.Option(
            help="Totals to compare with; may be given several times. What the AWS CLI answers to `aws ce "
            "get-cost-and-usage` or `aws invoicing list-invoice-summaries`, saved as JSON, or a csv with the columns "
            "billing_period, billing_account_id, currency, amount, source.",
            metavar="FILE",
        ),
    ] = None,
    period: Annotated[str | None, typer.Option(help="Only this month, YYYY-MM.")] = None,
    payer: Annotated[str | None, typer.Option(help="Only this payer account.")] = None,
    collected: Annotated[
        bool,
        typer.Option("--collected", help="Compare with what `finops collect cost_explorer` was told, too."),
    ] = False,
) -> None:
    """Prove that every total is the total of the bill, to the last digit, outside dbt.

    Per payer, month and currency: what the bill's files held when they were accepted = the landed rows = the waist =
    every cost mart, each added up anew from what lies in the lake now; per invoice where a table tells invoices (the
    table shows them where a month has several, --json always). Exports of the same month that do not count are listed
    with the reason.

    Amounts of --against may be off by a cent each: invoices are rounded. Cost Explorer's are compared per month, and
    per account where grouped by LINKED_ACCOUNT; it names no payer, so choose one with --payer where a month has
    several. Invoicing's are compared per invoice. An invoice or an account that is left out, where others of its month
    are told, differs. --collected takes the whole months that Cost Explorer told when it was collected.

    Exit code 0: everything agrees. 1: something differs, and is named. Example: finops reconcile --against costs.json
    """
    from quality.reconciling import reconcile as proof

    ws: Workspace = ctx.obj
    report = proof.reconcile(ws, against=against or (), period=period, payer=payer, collected=collected)
    show(ws, report)
    wrong = report.differing
    if wrong:
        named = [one.told() for one in wrong[:_NAMED_AT_MOST]]
        more = f"; and {len(wrong) - len(named)} more" if len(wrong) > len(named) else ""
        raise CheckFailedError(
            f"{len(wrong)} of {len(report.comparisons)} totals differ: {'; '.join(named)}{more}.",
            where=ws.store.uri,
            todo="Run `finops build` if a bill came since; if landing differs, ingest the bill into a new lake.",
        )


def show(ws: Workspace, report: ReconcileReport) -> None:
    """Tell a person and a machine: a table of the comparisons, then what does not count and why."""
    shown = _shown(report)
    rows = [cells for one in shown for cells in ([_files(one)] if one.place == LANDING else []) + [_cells(one)]]
    # Invoices stand between payer and currency, where there are any.
    told = any(one.bill != one.bill.month for one in shown)
    ws.out.table(
        "Every total beside the bill",
        [
            *("Month", "Payer", *(["Invoice"] if told else []), "", "Total of", "Measure", "Amount", "Bill lines"),
            *("Compared with", "Off by 0.000001", ""),
        ],
        [row if told else [*row[:2], *row[3:]] for row in rows],
    )
    for one in report.not_counted:
        share = one.share
        ws.out.say(
            f"Not counted: {share.export_name} ({share.source}) of {share.billing_period}, "
            f"payer {share.billing_account_id}: {one.why}."
        )
    for held in report.held_back:
        ws.out.warn(f"{held.told()}. The marts tell the last good numbers of it.")
    if not report.differing:
        ws.out.say(f"All {len(report.comparisons)} totals agree.")
    ws.out.report("reconcile", _document(report))


def _shown(report: ReconcileReport) -> list[Comparison]:
    """Months, and their invoices where a month has more than one, where one differs and where a person told it."""
    invoices: dict[Bill, set[str]] = defaultdict(set)
    for one in report.comparisons:
        if one.bill != one.bill.month:
            invoices[one.bill.month].add(one.bill.invoice_id)
    return [
        one
        for one in report.comparisons
        if one.bill == one.bill.month
        or len(invoices[one.bill.month]) > 1
        or not one.is_equal
        or one.place not in (LANDING, WAIST, *MART_NAMES)
    ]


def _bill(one: Comparison) -> list[Cell]:
    period, payer, currency, invoice_id = one.bill
    return [period, payer, {ALL: None, "": "none yet"}.get(invoice_id, invoice_id), currency]


def _files(one: Comparison) -> list[Cell]:
    """What the landed rows and all that follows must equal."""
    amount, lines = f"{one.expected.cost:z,.10f}", f"{one.expected.charge_count:,}"
    return [*_bill(one), "the bill's files", one.measure, amount, lines, None, None, None]


def _cells(one: Comparison) -> list[Cell]:
    lines = one.actual_charge_count
    return [
        *_bill(one),
        f"{one.place}, account {one.sub_account_id}" if one.sub_account_id else one.place,
        one.measure,
        f"{one.actual_cost:z,.10f}",
        None if lines is None else f"{lines:,}",
        one.compared_with,
        f"{one.difference_micros:,}",
        _verdict(one) + (", not final" if one.is_estimated else ""),
    ]


def _verdict(one: Comparison) -> str:
    return "equal" if one.is_equal else "LEFT OUT" if one.is_left_out else "DIFFERS"


def _document(report: ReconcileReport) -> dict[str, Any]:
    return {
        "is_reconciled": not report.differing,
        "held_back": [asdict(held) for held in report.held_back],
        "comparisons": [
            {
                **one.bill._asdict(),
                "sub_account_id": one.sub_account_id or None,
                "place": one.place,
                "measure": one.measure,
                "compared_with": one.compared_with,
                "expected_cost": one.expected.cost,
                "actual_cost": one.actual_cost,
                "difference_micros": one.difference_micros,
                "tolerance": one.tolerance,
                "expected_charge_count": one.expected.charge_count,
                "actual_charge_count": one.actual_charge_count,
                "is_estimated": one.is_estimated,
                "is_left_out": one.is_left_out,
                "is_equal": one.is_equal,
            }
            for one in report.comparisons
        ],
        "not_counted": [
            {
                "billing_period": one.share.billing_period,
                "billing_account_id": one.share.billing_account_id,
                "source": one.share.source,
                "export_name": one.share.export_name,
                "delivery_id": one.share.delivery_id,
                "totals": [{"billing_currency": currency, **total._asdict()} for currency, total in one.share.totals],
                "why": one.why,
            }
            for one in report.not_counted
        ],
    }
