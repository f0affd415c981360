"""`finops synth`: write a company's bills whose truth is known, to try the product without an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from ingestion.synthetic.discounts import AGREEMENT, NO_TERMS
from ingestion.synthetic.events.payers import PAYERS
from ingestion.synthetic.forms import FORMS, SHORT_NAMES
from ingestion.synthetic.ledger import MOST_MONTHS, build_ledger
from ingestion.synthetic.periods import months_before
from ingestion.synthetic.truth import Truth
from lake.errors import LakeError, SettingsError
from lake.output import money
from lake.workspace import Workspace

TRUTH_FILE = "truth.json"
DISCOUNTS = ("none", "lines", "net")


@dataclass(frozen=True)
class SynthResult:
    """What was written: each month's manifest (of legacy Parquet, which has none, its first file), and the truth."""

    manifests: tuple[Path, ...]
    truth_file: Path
    truth: Truth


def write_bills(
    ws: Workspace,
    out: Path,
    *,
    months: int,
    through: date | None,
    seed: int,
    file_format: str,
    wide: bool = False,
    payers: int = 1,
    discounts: str = "none",
) -> SynthResult:
    """Write the bills of `months` months that end on `through` (yesterday UTC by the workspace's clock if None).

    Raises SettingsError for a choice that does not exist and LakeError when `out` cannot be written.
    """
    write = FORMS[_form(file_format)]
    if not 1 <= payers <= len(PAYERS):
        raise SettingsError(f"There are no {payers} payers.", where="--payers", todo=f"Choose 1 to {len(PAYERS)}.")
    if discounts not in DISCOUNTS:
        raise SettingsError(
            f"Discounts cannot be shown as {discounts!r}.", where="--discounts", todo=f"One of: {', '.join(DISCOUNTS)}."
        )
    terms = NO_TERMS if discounts == "none" else AGREEMENT
    newest = through or ws.now.date() - timedelta(days=1)
    if newest >= ws.now.date():
        raise SettingsError(
            f"There is no usage on {newest} yet.", where="--through", todo="Give yesterday (UTC) or an earlier day."
        )
    try:
        with ws.out.progress("Making the ledger", total=2) as advance:
            first = months_before(newest, months - 1)
            ledger = build_ledger(first, months, newest, seed, wide=wide, payers=payers, terms=terms)
            advance(1, "Writing the bills")
            manifests = write(ledger, out, net_columns=discounts == "net")
            advance(1)
        truth_file = out / TRUTH_FILE
        truth_file.write_text(ledger.truth.as_json(), encoding="utf-8")
    except ValueError as error:
        raise SettingsError(
            f"These months cannot be made: {error}.", where="--months", todo=f"Choose 1 to {MOST_MONTHS}."
        ) from error
    except OSError as error:
        raise LakeError(
            f"The bills cannot be written: {error.strerror}.",
            where=str(error.filename or out),
            todo="Give a folder that you may write with --out.",
        ) from error
    return SynthResult(tuple(manifests), truth_file, ledger.truth)


def _form(name: str) -> str:
    chosen = SHORT_NAMES.get(name, name)
    if chosen not in FORMS:
        raise SettingsError(
            f"There is no form of bill {name!r}.", where="--format", todo="Choose one of: " + ", ".join(FORMS)
        )
    return chosen


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
    discounts: Annotated[str, typer.Option(help=f"Negotiated discounts: {', '.join(DISCOUNTS)}.")] = "none",
) -> None:
    """Write the bills of an example company, with resources to find in them and the truth beside them.

    They lie in the folders that AWS would make: last month whole and this month through yesterday. Every form tells
    the same ledger: CUR 2.0 as a Data Export that keeps its deliveries, legacy CUR as csv.gz with a manifest per
    delivery or as Parquet for Athena, without account names. What the marts must find, to the cent, is in truth.json.
    --wide adds an all-upfront reservation, an EC2 instance savings plan paid half upfront, a plan that was returned,
    a marketplace product, pods with split costs, a tag that comes in the second month and an instance that was resized.
    --payers 2 adds an organisation that was bought, one account of which moves over in mid-month and is on both bills;
    3 also a company in China that is invoiced in yuan. Each has an export and a truth of its own.
    --discounts takes an enterprise discount, a private rate and a bundled discount off, shown as lines of their own or
    in net columns and a map: the same invoice in both. Go on with: finops ingest --bills <folder>
    """
    ws: Workspace = ctx.obj
    result = write_bills(
        ws,
        out,
        months=months,
        through=_day(through),
        seed=seed,
        file_format=file_format,
        wide=wide,
        payers=payers,
        discounts=discounts,
    )
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
