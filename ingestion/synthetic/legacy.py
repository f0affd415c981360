"""A ledger written as the legacy Cost and Usage Report: csv or Parquet with a manifest, or Parquet for Athena."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ingestion.synthetic.accounts import COMPANY
from ingestion.synthetic.files import ROWS_PER_FILE, Watch, unwatched, write_parts, write_whole
from ingestion.synthetic.ledger import Ledger, Month
from ingestion.synthetic.legacy_columns import LegacyColumn, flat_cells, legacy_columns
from ingestion.synthetic.legacy_csv import write_csv, write_zip
from ingestion.synthetic.legacy_parquet import write_parquet
from ingestion.synthetic.lines import Line, LineKind
from ingestion.synthetic.typesetting import month_lines
from ingestion.synthetic.words import keep

LegacyFormat = Literal["parquet", "csv", "zip"]

BUCKET = "example-cost-reports"
PREFIX = "cur"

_Columns = Sequence[LegacyColumn]
_WRITERS: dict[LegacyFormat, Callable[[Iterable[Line], _Columns, Month, Path], None]] = {
    "parquet": write_parquet,
    "csv": write_csv,
    "zip": write_zip,
}
# As manifests call each format: compression, type of content.
_KINDS: dict[LegacyFormat, tuple[str, str]] = {
    "parquet": ("Parquet", "Parquet"),
    "csv": ("GZIP", "text/csv"),
    "zip": ("ZIP", "text/csv"),
}


@dataclass(frozen=True)
class _Report:
    """How the report is set up: the form of its files, whether it overwrites them, and if there is a manifest."""

    file_format: LegacyFormat
    overwrite: bool
    manifest: bool

    def folder(self, month: Month, assembly: str) -> str:
        """Key of the folder with a month's files: Athena's own, one per delivery, or one per month."""
        if self.file_format == "parquet" and (self.overwrite or not self.manifest):
            first = month.period.first
            return f"{PREFIX}/{month.payer.export}/{month.payer.export}/year={first.year}/month={first.month}"
        return _period_folder(month) if self.overwrite else f"{_period_folder(month)}/{assembly}"

    def name(self, month: Month, number: int) -> str:
        """The name of one of a month's files, counted from one."""
        if self.file_format == "parquet":
            return f"{month.payer.export}-{number:05d}.snappy.parquet"
        return f"{month.payer.export}-{number}.csv.{'gz' if self.file_format == 'csv' else 'zip'}"


def write_legacy(
    ledger: Ledger,
    out: Path,
    *,
    file_format: LegacyFormat = "csv",
    rows_per_file: int = ROWS_PER_FILE,
    net_columns: bool = False,
    overwrite: bool = False,
    watch: Watch = unwatched,
    manifest: bool | None = None,
) -> list[Path]:
    """Write every payer's months of a ledger below `out`, as it would lie in the root of the bucket.

    `net_columns` puts negotiated discounts into columns of every line; else they are lines of their own. With
    `overwrite` a delivery replaces the one before, else it lies beside it. Parquet has a manifest only if `manifest`
    says so; without, it always overwrites, in the folders that were made for Athena.
    Returns per month the manifest that names its newest delivery or, where there is none, the first file.
    Files appear whole, manifests after the files that they name. Raises OSError if `out` cannot be written.
    """
    has_manifest = file_format != "parquet" if manifest is None else manifest
    report = _Report(file_format, overwrite, has_manifest)
    return [_write_month(ledger, month, out, report, rows_per_file, net_columns, watch) for month in ledger.months]


def _write_month(
    ledger: Ledger, month: Month, out: Path, report: _Report, rows_per_file: int, net_columns: bool, watch: Watch
) -> Path:
    columns = _columns(month_lines(month, net_columns=net_columns))
    words = f"legacy/{ledger.seed}/{month.period.name}/{month.period.through}/{ledger.delivered_on}"
    if month.payer is not COMPANY:
        words += f"/{month.payer.export}"
    assembly = str(uuid.uuid5(uuid.NAMESPACE_URL, words))
    write = _WRITERS[report.file_format]
    keys = write_parts(
        month_lines(month, net_columns=net_columns),
        rows_per_file,
        out,
        lambda number: f"{report.folder(month, assembly)}/{report.name(month, number)}",
        lambda lines, path: write(lines, columns, month, path),
        watch,
    )
    return _write_manifests(month, assembly, columns, keys, out, report) if report.manifest else out / keys[0]


def _columns(lines: Iterable[Line]) -> tuple[LegacyColumn, ...]:
    """The month's columns: known only when every line of it is."""
    seen: dict[LineKind, None] = {}
    used: set[str] = set()
    numbers: dict[str, None] = {}
    for line in lines:
        if line.kind not in seen:
            keep(seen, line.kind, None)
            used.update(name for name, cell in flat_cells(line.kind).items() if cell)
        if line.numbers:
            numbers.update(dict.fromkeys(line.numbers))
        if line.discounts:
            numbers.update(dict.fromkeys(f"discount_{key}" for key in line.discounts))
    return legacy_columns(used, numbers)


def _period_folder(month: Month) -> str:
    whole = month.period.month
    return f"{PREFIX}/{month.payer.export}/{whole.start:%Y%m%d}-{whole.end:%Y%m%d}"


def _write_manifests(
    month: Month, assembly: str, columns: _Columns, keys: Sequence[str], out: Path, report: _Report
) -> Path:
    """The manifest kept with the delivery, where deliveries are kept, then the one that readers follow."""
    whole, name = month.period.month, month.payer.export
    compression, content_type = _KINDS[report.file_format]
    content = {
        "assemblyId": assembly,
        "account": month.payer.account.id,
        "columns": [dict(zip(("category", "name"), at.header.split("/", 1), strict=True)) for at in columns],
        "charset": "UTF-8",
        "compression": compression,
        "contentType": content_type,
        "reportId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"report/{name}")),
        "reportName": name,
        "billingPeriod": {"start": f"{whole.start:%Y%m%dT%H%M%S}.000Z", "end": f"{whole.end:%Y%m%dT%H%M%S}.000Z"},
        "bucket": BUCKET,
        "reportKeys": list(keys),
        "additionalArtifactKeys": [],
    }
    text = json.dumps(content, indent=1)
    file_name = f"{name}-Manifest.json"
    newest = out / _period_folder(month) / file_name
    kept = () if report.overwrite else (out / _period_folder(month) / assembly / file_name,)
    for path in (*kept, newest):
        write_whole(path, lambda aside: aside.write_text(text, encoding="utf-8"))
    return newest
