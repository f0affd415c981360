"""A ledger written as the legacy Cost and Usage Report: csv.gz with a manifest, or Parquet in folders for Athena."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

from ingestion.synthetic.accounts import COMPANY
from ingestion.synthetic.files import file_parts, write_whole
from ingestion.synthetic.ledger import Ledger, Month
from ingestion.synthetic.legacy_columns import LegacyColumn, legacy_columns
from ingestion.synthetic.legacy_csv import write_csv
from ingestion.synthetic.legacy_parquet import write_parquet
from ingestion.synthetic.lines import Line, LineKind
from ingestion.synthetic.typesetting import month_lines

LegacyFormat = Literal["parquet", "csv"]

BUCKET = "example-cost-reports"
PREFIX = "cur"
ROWS_PER_FILE = 1_000_000

_Columns = Sequence[LegacyColumn]
_WRITERS: dict[LegacyFormat, Callable[[Iterable[Line], _Columns, Month, Path], None]] = {
    "parquet": write_parquet,
    "csv": write_csv,
}


def write_legacy(
    ledger: Ledger,
    out: Path,
    *,
    file_format: LegacyFormat = "csv",
    rows_per_file: int = ROWS_PER_FILE,
    net_columns: bool = False,
) -> list[Path]:
    """Write every payer's months of a ledger below `out`, as it would lie in the root of the bucket.

    `net_columns` puts negotiated discounts into columns of every line; else they are lines of their own.
    Returns per month the manifest that names its newest delivery or, of Parquet, which has none, the first file.
    Files appear whole, manifests after the files that they name. Raises OSError if `out` cannot be written.
    """
    return [_write_month(ledger, month, out, file_format, rows_per_file, net_columns) for month in ledger.months]


def _write_month(
    ledger: Ledger, month: Month, out: Path, file_format: LegacyFormat, rows_per_file: int, net_columns: bool
) -> Path:
    columns = _columns(month_lines(month, net_columns=net_columns))
    lines = month_lines(month, net_columns=net_columns)
    words = f"legacy/{ledger.seed}/{month.period.name}/{month.period.through}/{ledger.delivered_on}"
    if month.payer is not COMPANY:
        words += f"/{month.payer.export}"
    assembly = str(uuid.uuid5(uuid.NAMESPACE_URL, words))
    folder = _parquet_folder(month) if file_format == "parquet" else f"{_period_folder(month)}/{assembly}"
    keys = []
    for number, part in enumerate(file_parts(lines, rows_per_file), start=1):
        ending = f"{number:05d}.snappy.parquet" if file_format == "parquet" else f"{number}.csv.gz"
        key = f"{folder}/{month.payer.export}-{ending}"
        write_whole(out / key, partial(_WRITERS[file_format], part, columns, month))
        keys.append(key)
    return out / keys[0] if file_format == "parquet" else _write_manifests(month, assembly, columns, keys, out)


def _columns(lines: Iterable[Line]) -> tuple[LegacyColumn, ...]:
    """The month's columns: known only when every line of it is."""
    kinds: dict[LineKind, None] = {}
    numbers: dict[str, None] = {}
    for line in lines:
        kinds[line.kind] = None
        numbers.update(dict.fromkeys(line.numbers))
        numbers.update(dict.fromkeys(f"discount_{key}" for key in line.discounts))
    return legacy_columns(kinds, numbers)


def _period_folder(month: Month) -> str:
    whole = month.period.month
    return f"{PREFIX}/{month.payer.export}/{whole.start:%Y%m%d}-{whole.end:%Y%m%d}"


def _parquet_folder(month: Month) -> str:
    first, report = month.period.first, month.payer.export
    return f"{PREFIX}/{report}/{report}/year={first.year}/month={first.month}"


def _write_manifests(month: Month, assembly: str, columns: _Columns, keys: Sequence[str], out: Path) -> Path:
    """The manifest kept with the delivery, then the one that readers follow."""
    whole, report = month.period.month, month.payer.export
    content = {
        "assemblyId": assembly,
        "account": month.payer.account.id,
        "columns": [dict(zip(("category", "name"), at.header.split("/", 1), strict=True)) for at in columns],
        "charset": "UTF-8",
        "compression": "GZIP",
        "contentType": "text/csv",
        "reportId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"report/{report}")),
        "reportName": report,
        "billingPeriod": {"start": f"{whole.start:%Y%m%dT%H%M%S}.000Z", "end": f"{whole.end:%Y%m%dT%H%M%S}.000Z"},
        "bucket": BUCKET,
        "reportKeys": list(keys),
        "additionalArtifactKeys": [],
    }
    text = json.dumps(content, indent=1)
    name = f"{report}-Manifest.json"
    newest = out / _period_folder(month) / name
    for path in (out / _period_folder(month) / assembly / name, newest):
        write_whole(path, lambda aside: aside.write_text(text, encoding="utf-8"))
    return newest
