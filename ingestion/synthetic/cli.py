"""`finops synth`: write a company's bills whose truth is known, to try the product without an account."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from ingestion.synthetic.files import ROWS_PER_FILE
from ingestion.synthetic.forms import FORMS
from ingestion.synthetic.ledger import MOST_MONTHS
from ingestion.synthetic.truth import Truth
from ingestion.synthetic.writing import DISCOUNTS, SynthResult, write_bills, write_series
from lake.errors import SettingsError
from lake.output import money
from lake.workspace import Workspace


def synth(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option(help="Folder for the bills, as the root of an export bucket.")],
    months: Annotated[int, typer.Option(help=f"How many months, the newest one to date (1 to {MOST_MONTHS}).")] = 2,
    through: Annotated[
        str | None, typer.Option(help="Last day with usage, YYYY-MM-DD UTC.", show_default="yesterday")
    ] = None,
    seed: Annotated[int, typer.Option(help="Names of resources and noise; the same seed, the same bills.")] = 7,
    file_format: Annotated[
        str, typer.Option("--format", help=f"The form of bill: {', '.join(FORMS)}.")
    ] = "cur2-parquet",
    payers: Annotated[int, typer.Option(help="How many payers, each with a bill of its own (1 to 3).")] = 1,
    wide: Annotated[bool, typer.Option("--wide", help="Also what few companies have: see above.")] = False,
    surprises: Annotated[bool, typer.Option("--surprises", help="Also what nobody expected: see above.")] = False,
    discounts: Annotated[str, typer.Option(help=f"Negotiated discounts: {', '.join(DISCOUNTS)}.")] = "none",
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="A delivery replaces the one before, instead of lying beside it.")
    ] = False,
    rows_per_file: Annotated[int, typer.Option(help="Rows in a file, so that a bill is in several.")] = ROWS_PER_FILE,
    scale: Annotated[int, typer.Option(help="So many times the company: see above. 60,000 rows a month each.")] = 1,
    restatements: Annotated[
        bool, typer.Option("--restatements", help="One month in its five deliveries, a folder each: see above.")
    ] = False,
) -> None:
    """Write the bills of an example company, with resources to find in them and the truth beside them.

    They lie in the folders that AWS would make: last month whole and this month through yesterday. What the marts must
    find, to the cent, is in truth.json. Go on with: finops ingest --bills FOLDER

    The forms of --format tell the same ledger. cur2-parquet, cur2-csv: a Data Export of CUR 2.0. focus-parquet,
    focus-csv: one of FOCUS 1.2. legacy-csv, legacy-zip, legacy-parquet-manifest: the legacy report with its manifest.
    legacy-parquet: the same for Athena, without one. Exports keep their deliveries, or replace them with --overwrite.

    --wide adds savings plans of every kind and payment option, one of them shared by accounts, one for databases, one
    returned; reservations that cover other sizes of their family, of one zone, convertible for three years and of
    databases; a marketplace product and a fee billed ahead; split costs of pods and tasks; a tag and a cost category
    that come in the second month; a gateway that falls idle and an instance that was resized.
    --surprises adds, from the 41st day on, usage that runs away, a large machine for two days, a database that ends and
    a price that doubles; give it three months at least.
    --payers 2 adds an organisation that was bought, one account of which moves over in mid-month and is on both bills;
    3 also a company in China that is invoiced in yuan. Each has an export and a truth of its own.
    --discounts takes an enterprise discount, a private rate and a bundled discount off, shown as lines of their own or
    in net columns and a map: the same invoice in both. FOCUS knows one way, inside the costs, and takes either.

    --scale 20 has each company twenty times, in accounts of their own with resources, noise and amounts of their own:
    over a million rows a month. All totals in truth.json are added up from events, and memory stays as small.

    --restatements writes the newest month whose story is over, as the bucket lay after each of five deliveries:
    1-open-10 and 2-open-20 to date, 3-over without support and invoice number, 4-support with both, 5-refund after
    money was given back. Ingest one folder after the other to replay it. --months and --surprises do not apply.
    """
    ws: Workspace = ctx.obj
    day = _day(through)
    choices: dict[str, Any] = {
        **{"through": day, "seed": seed, "file_format": file_format, "wide": wide, "discounts": discounts},
        **{"overwrite": overwrite, "rows_per_file": rows_per_file, "payers": payers, "scale": scale},
    }
    if restatements:
        _tell_series(ws, write_series(ws, out, **choices))
        return
    _tell(ws, out, write_bills(ws, out, months=months, surprises=surprises, **choices))


def _tell_series(ws: Workspace, written: list[tuple[Path, Truth]]) -> None:
    told = [(folder, at) for folder, truth in written for at in truth.periods]
    columns = ("delivery", "period", "payer", "through", "lines", "billed")
    ws.out.table(
        "One month in its deliveries",
        columns,
        [
            (
                *(folder.name, at.billing_period, at.billing_account_id, str(at.through), at.row_count),
                money(at.billed, at.billing_currency),
            )
            for folder, at in told
        ],
    )
    for folder, _ in written:
        ws.out.say(f"finops ingest --bills {folder}")
    ws.out.report(
        "synth",
        {
            "deliveries": [
                {
                    "folder": str(folder),
                    "billing_period": at.billing_period,
                    "billing_account_id": at.billing_account_id,
                    "rows": at.row_count,
                    "billed": at.billed,
                    "currency": at.billing_currency,
                }
                for folder, at in told
            ]
        },
    )


def _tell(ws: Workspace, out: Path, result: SynthResult) -> None:
    _show(ws, result)
    ws.out.report(
        "synth",
        {
            "out": str(out),
            "manifests": [str(path) for path in result.manifests],
            "truth": str(result.truth_file),
            "periods": [
                {
                    "billing_period": at.billing_period,
                    "billing_account_id": at.billing_account_id,
                    "rows": at.row_count,
                    "billed": at.billed,
                    "currency": at.billing_currency,
                }
                for at in result.truth.periods
            ],
        },
    )


def _show(ws: Workspace, result: SynthResult) -> None:
    columns = ("period", "payer", "through", "lines", "billed", "amortized", "unused commitment")
    rows: list[tuple[str | int, ...]] = [
        (
            *(at.billing_period, at.billing_account_id, str(at.through), at.row_count),
            *(money(it, at.billing_currency) for it in (at.billed, at.amortized, at.unused_commitment)),
        )
        for at in result.truth.periods
    ]
    ws.out.table("Bills of the example company", columns, rows)
    ws.out.say(
        f"{len(result.truth.idle)} idle resources and {len(result.truth.rightsizing)} cheaper types are in them."
    )
    for manifest in result.manifests:
        ws.out.say(f"bill:  {manifest}")
    ws.out.say(f"truth: {result.truth_file}")


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"{text!r} is no day.", where="--through", todo="Write it as YYYY-MM-DD.") from None
