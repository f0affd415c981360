"""`finops synth`: write a company's bills whose truth is known, to try the product without an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from ingestion.synthetic.cur2 import FILE_FORMATS, FileFormat, write_cur2
from ingestion.synthetic.ledger import MOST_MONTHS, build_ledger
from ingestion.synthetic.periods import months_before
from ingestion.synthetic.truth import Truth
from lake.errors import LakeError, SettingsError
from lake.output import money
from lake.workspace import Workspace

TRUTH_FILE = "truth.json"


@dataclass(frozen=True)
class SynthResult:
    """What was written: the manifests, the file with the truth, and the truth itself."""

    manifests: tuple[Path, ...]
    truth_file: Path
    truth: Truth


def write_bills(
    ws: Workspace, out: Path, *, months: int, through: date | None, seed: int, file_format: str
) -> SynthResult:
    """Write the bills of `months` months that end on `through` (yesterday UTC by the workspace's clock if None).

    Raises SettingsError for a choice that does not exist and LakeError when `out` cannot be written.
    """
    chosen = _format(file_format)
    newest = through or ws.now.date() - timedelta(days=1)
    if newest >= ws.now.date():
        raise SettingsError(
            f"There is no usage on {newest} yet.", where="--through", todo="Give yesterday (UTC) or an earlier day."
        )
    try:
        with ws.out.progress("Making the ledger", total=2) as advance:
            ledger = build_ledger(months_before(newest, months - 1), months, newest, seed)
            advance(1, "Writing the bills")
            manifests = write_cur2(ledger, out, file_format=chosen)
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


def _format(name: str) -> FileFormat:
    for known in FILE_FORMATS:
        if known == name:
            return known
    raise SettingsError(
        f"There is no file format {name!r}.", where="--format", todo="Choose one of: " + ", ".join(FILE_FORMATS)
    )


def synth(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option(help="Folder for the bills, as the root of an export bucket.")],
    months: Annotated[int, typer.Option(help=f"How many months, the newest one to date (1 to {MOST_MONTHS}).")] = 2,
    through: Annotated[
        str | None, typer.Option(help="Last day with usage, YYYY-MM-DD UTC.", show_default="yesterday")
    ] = None,
    seed: Annotated[int, typer.Option(help="Names of resources and noise; the same seed, the same bills.")] = 7,
    file_format: Annotated[str, typer.Option("--format", help="parquet or csv: the forms of CUR 2.0.")] = "parquet",
) -> None:
    """Write the bills of an example company, with resources to find in them and the truth beside them.

    They are CUR 2.0 in the folders of an AWS Data Export: last month whole and this month through yesterday. What the
    marts must find, to the cent, is in truth.json. Go on with: finops ingest --bills <folder>
    """
    ws: Workspace = ctx.obj
    result = write_bills(ws, out, months=months, through=_day(through), seed=seed, file_format=file_format)
    _show(ws, result)
    ws.out.report(
        "synth",
        {
            "out": str(out),
            "manifests": [str(path) for path in result.manifests],
            "truth": str(result.truth_file),
            "periods": [
                {"billing_period": at.billing_period, "rows": at.row_count, "billed": at.billed}
                for at in result.truth.periods
            ],
        },
    )


def _show(ws: Workspace, result: SynthResult) -> None:
    columns = ("period", "through", "lines", "billed", "amortized", "unused commitment")
    rows: list[tuple[str | int, ...]] = [
        (at.billing_period, str(at.through), at.row_count, *map(money, (at.billed, at.amortized, at.unused_commitment)))
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
