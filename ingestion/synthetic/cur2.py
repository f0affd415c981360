"""A ledger written as CUR 2.0, in the folders of an AWS Data Export that keeps every delivery (create new)."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Literal

from ingestion.synthetic.accounts import PAYER
from ingestion.synthetic.cur2_csv import write_csv
from ingestion.synthetic.cur2_parquet import write_parquet
from ingestion.synthetic.ledger import Ledger, Month
from ingestion.synthetic.lines import Line, Typesetter
from ingestion.synthetic.manifest import Delivery, write_manifests
from ingestion.synthetic.periods import midnight
from ingestion.synthetic.wording import code

FileFormat = Literal["parquet", "csv"]
FILE_FORMATS: tuple[FileFormat, ...] = ("parquet", "csv")

BUCKET = "example-cost-exports"
PREFIX = "cur2"
EXPORT = "company-hourly"
ROWS_PER_FILE = 1_000_000

_WRITERS: dict[FileFormat, tuple[str, Callable[[Sequence[Line], Month, Path], None]]] = {
    "parquet": ("snappy.parquet", write_parquet),
    "csv": ("csv.gz", write_csv),
}


def write_cur2(
    ledger: Ledger, out: Path, *, file_format: FileFormat = "parquet", rows_per_file: int = ROWS_PER_FILE
) -> list[Path]:
    """Write every month of a ledger below `out`, as it would lie in the root of the bucket.

    Returns the manifest of each month that names its newest delivery. Files appear whole, manifests after the files
    that they name. The same ledger writes the same paths and rows again. Raises OSError if `out` cannot be written.
    """
    return [_write_month(ledger, month, out, file_format, rows_per_file) for month in ledger.months]


def _write_month(ledger: Ledger, month: Month, out: Path, file_format: FileFormat, rows_per_file: int) -> Path:
    delivery = _delivery(ledger, month, file_format)
    ending, write = _WRITERS[file_format]
    typesetter = Typesetter(month.period)
    lines = [typesetter.line(event) for event in month.events]
    keys = []
    for number, start in enumerate(range(0, len(lines), rows_per_file), start=1):
        key = f"{delivery.data_folder}/{EXPORT}-{number:05d}.{ending}"
        target = out / key
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            write(lines[start : start + rows_per_file], month, aside)
            aside.replace(target)
        finally:
            aside.unlink(missing_ok=True)
        keys.append(key)
    return write_manifests(delivery, keys, out, maps_are_text=file_format == "csv")


def _delivery(ledger: Ledger, month: Month, file_format: FileFormat) -> Delivery:
    """The export's newest refresh of a month: the morning after its last usage, or some days after its end."""
    newest = ledger.months[-1].period.through
    refreshed_on = min(newest + timedelta(days=1), month.period.last + timedelta(days=8))
    words = f"{ledger.seed}/{month.period.name}/{month.period.through}/{newest}/{file_format}"
    refreshed_at = midnight(refreshed_on) + timedelta(hours=6, milliseconds=int(code(words, 6, "0123456789")))
    return Delivery(
        bucket=BUCKET,
        prefix=PREFIX,
        export=EXPORT,
        arn=f"arn:aws:bcm-data-exports:us-east-1:{PAYER.id}:export/{EXPORT}-{_uuid(f'export/{ledger.seed}')}",
        partition=f"BILLING_PERIOD={month.period.name}",
        timestamp=f"{refreshed_at:%Y-%m-%dT%H:%M:%S}.{refreshed_at.microsecond // 1000:03d}Z",
        execution_id=_uuid(words),
    )


def _uuid(words: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, words))
