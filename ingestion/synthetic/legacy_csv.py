"""Legacy CUR as csv in gzip or zip: slash headers, one column per tag and product fact, nothing where none applies."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from ingestion.synthetic.cells import OF_LINE, identity
from ingestion.synthetic.cur2_csv import java_double, printed, quoted
from ingestion.synthetic.ledger import Month
from ingestion.synthetic.legacy_columns import LegacyColumn, flat_cells
from ingestion.synthetic.lines import Line, LineKind
from ingestion.synthetic.words import keep


def write_csv(lines: Iterable[Line], columns: Sequence[LegacyColumn], month: Month, path: Path) -> None:
    """Write the lines as one csv.gz file with a header."""
    # A fixed time in the gzip header keeps the bytes the same from run to run.
    with path.open("wb") as file, gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as out:
        _write(lines, columns, month, out.write)


def write_zip(lines: Iterable[Line], columns: Sequence[LegacyColumn], month: Month, path: Path) -> None:
    """Write the lines as one csv with a header in a zip, under the name of the zip file."""
    name, _, _ = path.name.lstrip(".").partition(".csv.zip")
    # Again a fixed time.
    member = zipfile.ZipInfo(f"{name}.csv")
    member.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(path, "w") as archive, archive.open(member, "w", force_zip64=True) as out:
        _write(lines, columns, month, out.write)


def _write(lines: Iterable[Line], columns: Sequence[LegacyColumn], month: Month, write: Callable[[bytes], int]) -> None:
    place = {column.name: at for at, column in enumerate(columns)}
    of_line = [(place[name], read) for name, read in OF_LINE.items()]
    rendered: dict[LineKind, list[str]] = {}
    write((",".join(column.header for column in columns) + "\n").encode())
    for line in lines:
        constants = rendered.get(line.kind)
        if constants is None:
            constants = keep(rendered, line.kind, _constants(line.kind, columns, month))
        cells = constants.copy()
        for at, read in of_line:
            cells[at] = printed(read(line))
        for name, amount in line.numbers.items():
            cells[place[name]] = java_double(amount)
        for key, amount in line.discounts.items():
            cells[place[f"discount_{key}"]] = java_double(amount)
        write((",".join(cells) + "\n").encode())


def _constants(of: LineKind, columns: Sequence[LegacyColumn], month: Month) -> list[str]:
    flat, whole = flat_cells(of), month.period.month
    own = {
        "identity_line_item_id": identity(of),
        "bill_billing_period_start_date": printed(whole.start),
        "bill_billing_period_end_date": printed(whole.end),
    }
    return [quoted(own.get(at.name) or printed(flat.get(at.name, ""))) for at in columns]
