"""What `finops synth` writes: bills of some months, or one month in its deliveries, and the truth beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ingestion.synthetic.discounts import AGREEMENT, NO_TERMS, Terms
from ingestion.synthetic.events.payers import PAYERS
from ingestion.synthetic.files import ROWS_PER_FILE, Watch
from ingestion.synthetic.forms import FORMS, SHORT_NAMES
from ingestion.synthetic.ledger import MOST_MONTHS, build_ledger
from ingestion.synthetic.periods import months_before
from ingestion.synthetic.restatements import last_replayable, restatement_series, write_restatements
from ingestion.synthetic.truth import Truth
from lake.errors import LakeError, SettingsError
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
    surprises: bool = False,
) -> SynthResult:
    """Write the bills of `months` months that end on `through` (yesterday UTC by the workspace's clock if None).

    Raises SettingsError for a choice that does not exist and LakeError when `out` cannot be written.
    """
    write, layout = FORMS[_form(file_format)], _layout(discounts, overwrite, rows_per_file)
    facts, newest = _facts(wide, payers, discounts, scale), _newest(ws, through)
    facts["surprises"] = surprises
    with _told_plainly(out):
        first = months_before(newest, months - 1)
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
    payers: int = 1,
    discounts: str = "none",
    overwrite: bool = False,
    rows_per_file: int = ROWS_PER_FILE,
    scale: int = 1,
) -> list[tuple[Path, Truth]]:
    """Write the deliveries of the newest month that was delivered five times by `through`, a bucket for each.

    Returns each bucket, the oldest first, and what is true of it. Raises as `write_bills` does.
    """
    write, layout = FORMS[_form(file_format)], _layout(discounts, overwrite, rows_per_file)
    facts = _facts(wide, payers, discounts, scale)
    steps = restatement_series(last_replayable(_newest(ws, through)), seed, **facts)
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


def _facts(wide: bool, payers: int, discounts: str, scale: int) -> dict[str, Any]:
    if not 1 <= payers <= len(PAYERS):
        raise SettingsError(f"There are no {payers} payers.", where="--payers", todo=f"Choose 1 to {len(PAYERS)}.")
    if scale < 1:
        raise SettingsError(f"No company is there {scale} times.", where="--scale", todo="Choose 1 or more.")
    return {"wide": wide, "payers": payers, "terms": _terms(discounts), "scale": scale}


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
