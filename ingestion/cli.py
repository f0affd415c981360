"""`finops ingest`: bills into the lake."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lake.output import Output, money
from lake.workspace import Workspace

if TYPE_CHECKING:
    from decimal import Decimal

    from ingestion.deliveries import PayerTotal
    from ingestion.land import IngestReport


AllProviders = Annotated[
    bool,
    typer.Option("--all-providers", help="Keep the lines of other clouds in a FOCUS bill; else it is refused."),
]


Copy = Annotated[
    bool,
    typer.Option(
        "--copy", help="Copy every bill into the lake; else, with --profile aws, those are read in place that can be."
    ),
]


def ingest(
    ctx: typer.Context,
    bills: Annotated[
        str,
        typer.Option("--bills", help="Folder or s3://bucket/prefix into which AWS delivers its bills.", metavar="PATH"),
    ],
    all_providers: AllProviders = False,
    copy: Copy = False,
) -> None:
    """Check the AWS bills in a folder or S3 prefix and land them in the lake.

    Read are CUR 2.0 from AWS Data Exports (csv.gz or Parquet, found by the manifests in metadata/BILLING_PERIOD=.../)
    and the legacy Cost and Usage Report as csv.gz, csv.zip or Parquet (by the manifests in .../20181001-20181101/, or
    in .../year=2018/month=10/), and FOCUS 1.0 and 1.2 from AWS Data Exports. A folder may hold all of them, and many
    months. One file alone will do as well.

    A bill is one export of one month. It is accepted whole or not at all: if one bill in the folder is bad, none is
    taken and the lake stays as it was. The same delivery again changes nothing; a newer one replaces its month.

    With --profile aws a Parquet export in S3 that is set to create new versions is checked as any other, but not
    copied: Athena reads it where AWS delivered it, so its files must stay there. --copy copies it after all, any time.

    Example: finops ingest --bills s3://my-billing-bucket/cur
    """
    from ingestion import land

    ws: Workspace = ctx.obj
    # Looked at before the lock: a wrong path shall not create a lake.
    seen = land.survey(ws, bills, all_providers=all_providers, copy=copy)
    with ws.store.locked():
        report = land.ingest(ws, bills, seen)
    show(ws.out, report)


def show(out: Output, report: IngestReport) -> None:
    """Tell a person and a machine what was landed, and what in the folder was not read."""
    rows = [
        (
            one.delivery.export_name,
            one.delivery.billing_period,
            one.delivery.source,
            "landed" if one.is_new else "unchanged",
            one.kept,
            f"{one.delivery.row_count:,}",
            payer.billing_account_id,
            money(_billed(payer), payer.billing_currency),
        )
        for one in report.deliveries
        for payer in one.delivery.payers
    ]
    out.table("Bills", ("export", "period", "source", "state", "kept", "rows", "payer", "billed cost"), rows)
    for one in report.deliveries:
        if one.delivery.unknown_columns:
            out.warn(
                f"{one.delivery.export_name} {one.delivery.billing_period} has columns that are not kept: "
                + ", ".join(one.delivery.unknown_columns)
            )
        if one.why_copied:
            out.say(f"{one.delivery.export_name} {one.delivery.billing_period} was copied: {one.why_copied}.")
    for seen in report.unsupported:
        out.warn(f"not read: {seen.form} at {seen.where}")
    out.report("ingest", _document(report))


def _billed(payer: PayerTotal) -> Decimal:
    # Records of older lakes know no difference between what a line costs and what is invoiced for it.
    return payer.unblended_cost if payer.billed_cost is None else payer.billed_cost


def _document(report: IngestReport) -> dict[str, Any]:
    return {
        "bills": report.bills,
        "row_count": report.row_count,
        "deliveries": [
            {
                "form": one.form,
                "is_new": one.is_new,
                "kept": one.kept,
                "why_copied": one.why_copied,
                **asdict(one.delivery),
            }
            for one in report.deliveries
        ],
        "unsupported": [asdict(one) for one in report.unsupported],
    }
