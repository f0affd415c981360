"""A ledger written as CUR 2.0, in the folders of an AWS Data Export that keeps deliveries or overwrites them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

from ingestion.synthetic.accounts import COMPANY
from ingestion.synthetic.cur2_csv import write_csv
from ingestion.synthetic.cur2_parquet import write_parquet
from ingestion.synthetic.files import ROWS_PER_FILE, Watch, unwatched, write_parts
from ingestion.synthetic.ledger import Ledger, Month
from ingestion.synthetic.lines import Line
from ingestion.synthetic.manifest import Delivery, FileFormat, write_manifests
from ingestion.synthetic.periods import midnight
from ingestion.synthetic.typesetting import month_lines
from ingestion.synthetic.words import code

FILE_FORMATS: tuple[FileFormat, ...] = ("parquet", "csv")

BUCKET = "example-cost-exports"
PREFIX = "cur2"

_WRITERS: dict[FileFormat, tuple[str, Callable[[Iterable[Line], Month, Path], None]]] = {
    "parquet": ("snappy.parquet", write_parquet),
    "csv": ("csv.gz", write_csv),
}


def write_cur2(
    ledger: Ledger,
    out: Path,
    *,
    file_format: FileFormat = "parquet",
    rows_per_file: int = ROWS_PER_FILE,
    net_columns: bool = False,
    overwrite: bool = False,
    watch: Watch = unwatched,
) -> list[Path]:
    """Write every payer's months of a ledger below `out`, as it would lie in the root of the bucket.

    `net_columns` puts negotiated discounts into net columns and a map; else they are lines of their own. With
    `overwrite` a delivery replaces the one before, else it lies beside it.
    Returns the manifest of each month that names its newest delivery. Files appear whole, manifests after the files
    that they name. The same ledger writes the same paths and rows again. Raises OSError if `out` cannot be written.
    """
    return [
        _write_month(month, out, _delivery(ledger, month, file_format, overwrite), rows_per_file, net_columns, watch)
        for month in ledger.months
    ]


def _write_month(
    month: Month, out: Path, delivery: Delivery, rows_per_file: int, net_columns: bool, watch: Watch
) -> Path:
    ending, write = _WRITERS[delivery.file_format]
    keys = write_parts(
        month_lines(month, net_columns=net_columns),
        rows_per_file,
        out,
        lambda number: delivery.file_key(number, ending),
        lambda lines, path: write(lines, month, path),
        watch,
    )
    return write_manifests(delivery, keys, out)


def _delivery(ledger: Ledger, month: Month, file_format: FileFormat, overwrite: bool) -> Delivery:
    """The export's newest refresh of a month: the morning after its last usage, or some days after its end."""
    newest = ledger.months[-1].period.through
    refreshed_on = ledger.delivered_on or min(newest + timedelta(days=1), month.period.last + timedelta(days=8))
    payer, export = month.payer.account.id, month.payer.export
    words = f"{ledger.seed}/{month.period.name}/{month.period.through}/{newest}/{file_format}"
    if ledger.delivered_on:
        words += f"/{ledger.delivered_on}"
    refreshed_at = midnight(refreshed_on) + timedelta(hours=6, milliseconds=int(code(words, 6, "0123456789")))
    export_id = _uuid(_of_payer(month, f"export/{ledger.seed}"))
    return Delivery(
        bucket=BUCKET,
        prefix=PREFIX,
        export=export,
        arn=f"arn:aws:bcm-data-exports:us-east-1:{payer}:export/{export}-{export_id}",
        partition=f"BILLING_PERIOD={month.period.name}",
        timestamp=f"{refreshed_at:%Y-%m-%dT%H:%M:%S}.{refreshed_at.microsecond // 1000:03d}Z",
        execution_id=_uuid(_of_payer(month, words)),
        file_format=file_format,
        overwrite=overwrite,
    )


def _of_payer(month: Month, words: str) -> str:
    """Every payer's ids are its own; those of the first one are as old as the ledger."""
    return words if month.payer is COMPANY else f"{words}/{month.payer.export}"


def _uuid(words: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, words))
