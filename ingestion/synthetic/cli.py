"""`finops synth`: write a company's bills whose truth is known, to try the product without an account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from ingestion.synthetic.discounts import AGREEMENT, NO_TERMS, Terms
from ingestion.synthetic.events.payers import PAYERS
from ingestion.synthetic.files import ROWS_PER_FILE, Watch
from ingestion.synthetic.forms import FORMS, SHORT_NAMES
from ingestion.synthetic.ledger import MOST_MONTHS, build_ledger
from ingestion.synthetic.periods import months_before
from ingestion.synthetic.restatements import last_replayable, restatement_series, write_restatements
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
    overwrite: bool = False,
    rows_per_file: int = ROWS_PER_FILE,
    scale: int = 1,
) -> SynthResult:
    """Write the bills of `months` months that end on `through` (yesterday UTC by the workspace's clock if None).

    Raises SettingsError for a choice that does not exist and LakeError when `out` cannot be written.
    """
    write = FORMS[_form(file_format)]
    if not 1 <= payers <= len(PAYERS):
        raise SettingsError(f"There are no {payers} payers.", where="--payers", todo=f"Choose 1 to {len(PAYERS)}.")
    if scale < 1:
        raise SettingsError(f"No company is there {scale} times.", where="--scale", todo="Choose 1 or more.")
    terms, layout = _terms(discounts), _layout(discounts, overwrite, rows_per_file)
    newest = _newest(ws, through)
    with _told_plainly(out):
        first = months_before(newest, months - 1)
        facts: dict[str, Any] = {"wide": wide, "payers": payers, "terms": terms, "scale": scale}
        with ws.out.progress("Making the ledger") as advance:
            ledger = build_ledger(first, months, newest, seed, **facts, watch=_counting(advance, "events made"))
        # A month has about as many rows in every form.
        rows = sum(at.row_count for at in ledger.truth.periods)
        with ws.out.progress("Writing the bills", total=rows) as advance:
            manifests = write(ledger, out, **layout, watch=_counting(advance, f"of {rows:,} rows written"))
        truth_file = out / TRUTH_FILE
        truth_file.write_text(ledger.truth.as_json(), encoding="utf-8")
    return SynthResult(tuple(manifests), truth_file, ledger.truth)


def write_series(
    ws: Workspace,
    out: Path,
    *,
    through: date | None,
    seed: int,
    file_format: str,
    wide: bool = False,
    discounts: str = "none",
    overwrite: bool = False,
    rows_per_file: int = ROWS_PER_FILE,
) -> list[tuple[Path, Truth]]:
    """Write the deliveries of the newest month that was delivered five times by `through`, a bucket for each.

    Returns each bucket, the oldest first, and what is true of it. Raises as `write_bills` does.
    """
    write = FORMS[_form(file_format)]
    terms, layout = _terms(discounts), _layout(discounts, overwrite, rows_per_file)
    steps = restatement_series(last_replayable(_newest(ws, through)), seed, wide=wide, terms=terms)
    with _told_plainly(out), ws.out.progress("Writing the deliveries", total=len(steps)) as advance:
        written = []
        for step, folder in zip(steps, write_restatements(steps, out, write, **layout), strict=True):
            written.append((folder, step.ledger.truth))
            advance(1)
    return written


def _counting(advance: Callable[[float, str], None], words: str) -> Watch:
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        advance(more, f"{done:,} {words}")

    return count


@contextmanager
def _told_plainly(out: Path) -> Iterator[None]:
    try:
        yield
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


def _newest(ws: Workspace, through: date | None) -> date:
    newest = through or ws.now.date() - timedelta(days=1)
    if newest >= ws.now.date():
        raise SettingsError(
            f"There is no usage on {newest} yet.", where="--through", todo="Give yesterday (UTC) or an earlier day."
        )
    return newest


def _terms(discounts: str) -> Terms:
    if discounts not in DISCOUNTS:
        raise SettingsError(
            f"Discounts cannot be shown as {discounts!r}.", where="--discounts", todo=f"One of: {', '.join(DISCOUNTS)}."
        )
    return NO_TERMS if discounts == "none" else AGREEMENT


def _layout(discounts: str, overwrite: bool, rows_per_file: int) -> dict[str, Any]:
    if rows_per_file < 1:
        raise SettingsError(f"No file holds {rows_per_file} rows.", where="--rows-per-file", todo="Choose 1 or more.")
    return {"net_columns": discounts == "net", "overwrite": overwrite, "rows_per_file": rows_per_file}


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
    returned; reservations that cover other sizes of their family; a marketplace product and a fee billed ahead; split
    costs of pods and tasks; a tag and a cost category that come in the second month; a gateway that falls idle and an
    instance that was resized.
    --payers 2 adds an organisation that was bought, one account of which moves over in mid-month and is on both bills;
    3 also a company in China that is invoiced in yuan. Each has an export and a truth of its own.
    --discounts takes an enterprise discount, a private rate and a bundled discount off, shown as lines of their own or
    in net columns and a map: the same invoice in both. FOCUS knows one way, inside the costs, and takes either.

    --scale 20 has the company twenty times, in accounts of their own with resources, noise and amounts of their own:
    over a million rows a month. All totals in truth.json are added up from events, and memory stays as small.

    --restatements writes the newest month whose story is over, as the bucket lay after each of five deliveries:
    1-open-10 and 2-open-20 to date, 3-over without support and invoice number, 4-support with both, 5-refund after
    money was given back. Ingest one folder after the other to replay it. --months, --payers and
    --scale do not apply.
    """
    ws: Workspace = ctx.obj
    day = _day(through)
    choices: dict[str, Any] = {
        **{"through": day, "seed": seed, "file_format": file_format, "wide": wide, "discounts": discounts},
        **{"overwrite": overwrite, "rows_per_file": rows_per_file},
    }
    if restatements:
        _tell_series(ws, write_series(ws, out, **choices))
        return
    _tell(ws, out, write_bills(ws, out, months=months, payers=payers, scale=scale, **choices))


def _tell_series(ws: Workspace, written: list[tuple[Path, Truth]]) -> None:
    told = [(folder, truth.periods[0]) for folder, truth in written]
    columns = ("delivery", "period", "through", "lines", "billed")
    ws.out.table(
        "One month in its deliveries",
        columns,
        [
            (folder.name, at.billing_period, str(at.through), at.row_count, money(at.billed, at.billing_currency))
            for folder, at in told
        ],
    )
    for folder, _ in told:
        ws.out.say(f"finops ingest --bills {folder}")
    ws.out.report(
        "synth",
        {
            "deliveries": [
                {"folder": str(folder), "billing_period": at.billing_period, "rows": at.row_count, "billed": at.billed}
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
