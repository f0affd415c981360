"""A ledger written as FOCUS 1.2, in the folders of an AWS Data Export that keeps deliveries or overwrites them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path

from ingestion.synthetic.accounts import COMPANY
from ingestion.synthetic.files import ROWS_PER_FILE, Watch, unwatched, write_parts
from ingestion.synthetic.focus_columns import FOCUS_COLUMNS
from ingestion.synthetic.focus_files import WriteFocusFile, write_focus_csv, write_focus_parquet
from ingestion.synthetic.focus_lines import focus_lines
from ingestion.synthetic.ledger import Ledger, Month
from ingestion.synthetic.manifest import Delivery, FileFormat, write_manifests
from ingestion.synthetic.periods import midnight
from ingestion.synthetic.words import code

BUCKET = "example-cost-exports"
PREFIX = "focus"

_WRITERS: dict[FileFormat, tuple[str, WriteFocusFile]] = {
    "parquet": ("snappy.parquet", write_focus_parquet),
    "csv": ("csv.gz", write_focus_csv),
}


def write_focus(
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

    FOCUS has one layout for negotiated discounts, inside the costs, so `net_columns` changes nothing. With
    `overwrite` a delivery replaces the one before, else it lies beside it. Returns the manifest of each month that
    names its newest delivery. Raises OSError if `out` cannot be written.
    """
    return [
        _write_month(month, out, _delivery(ledger, month, file_format, overwrite), rows_per_file, watch)
        for month in ledger.months
    ]


def _write_month(month: Month, out: Path, delivery: Delivery, rows_per_file: int, watch: Watch) -> Path:
    ending, write = _WRITERS[delivery.file_format]
    keys = write_parts(
        focus_lines(month),
        rows_per_file,
        out,
        lambda number: delivery.file_key(number, ending),
        lambda lines, path: write(lines, month, path),
        watch,
    )
    return write_manifests(delivery, keys, out, FOCUS_COLUMNS)


def _delivery(ledger: Ledger, month: Month, file_format: FileFormat, overwrite: bool) -> Delivery:
    """The export's newest refresh of a month: the morning after its last usage, or some days after its end."""
    newest = ledger.months[-1].period.through
    refreshed_on = ledger.delivered_on or min(newest + timedelta(days=1), month.period.last + timedelta(days=8))
    words = f"focus/{ledger.seed}/{month.period.name}/{month.period.through}/{newest}/{file_format}/{refreshed_on}"
    refreshed_at = midnight(refreshed_on) + timedelta(hours=7, milliseconds=int(code(words, 6, "0123456789")))
    export, export_words = f"{month.payer.name}-focus", f"focus export/{ledger.seed}"
    if month.payer is not COMPANY:
        words, export_words = f"{words}/{export}", f"{export_words}/{export}"
    export_id = _uuid(export_words)
    return Delivery(
        bucket=BUCKET,
        prefix=PREFIX,
        export=export,
        arn=f"arn:aws:bcm-data-exports:us-east-1:{month.payer.account.id}:export/{export}-{export_id}",
        # AWS writes this partition in lower case, unlike that of CUR 2.0.
        partition=f"billing_period={month.period.name}",
        timestamp=f"{refreshed_at:%Y-%m-%dT%H:%M:%S}.{refreshed_at.microsecond // 1000:03d}Z",
        execution_id=_uuid(words),
        file_format=file_format,
        overwrite=overwrite,
    )


def _uuid(words: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, words))
