"""A ledger written as FOCUS 1.2, in the folders of an AWS Data Export that keeps every delivery (create new)."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Literal

from ingestion.synthetic.accounts import COMPANY
from ingestion.synthetic.files import file_parts, write_whole
from ingestion.synthetic.focus_columns import FOCUS_COLUMNS
from ingestion.synthetic.focus_files import WriteFocusFile, write_focus_csv, write_focus_parquet
from ingestion.synthetic.focus_lines import focus_lines
from ingestion.synthetic.ledger import Ledger, Month
from ingestion.synthetic.manifest import Delivery, write_manifests
from ingestion.synthetic.periods import midnight
from ingestion.synthetic.words import code

FocusFormat = Literal["parquet", "csv"]

BUCKET = "example-cost-exports"
PREFIX = "focus"
ROWS_PER_FILE = 1_000_000

_WRITERS: dict[FocusFormat, tuple[str, WriteFocusFile]] = {
    "parquet": ("snappy.parquet", write_focus_parquet),
    "csv": ("csv.gz", write_focus_csv),
}


def write_focus(
    ledger: Ledger,
    out: Path,
    *,
    file_format: FocusFormat = "parquet",
    rows_per_file: int = ROWS_PER_FILE,
    net_columns: bool = False,
) -> list[Path]:
    """Write every payer's months of a ledger below `out`, as it would lie in the root of the bucket.

    FOCUS has one layout for negotiated discounts, inside the costs, so `net_columns` changes nothing. Returns the
    manifest of each month that names its newest delivery. Raises OSError if `out` cannot be written.
    """
    return [_write_month(ledger, month, out, file_format, rows_per_file) for month in ledger.months]


def _write_month(ledger: Ledger, month: Month, out: Path, file_format: FocusFormat, rows_per_file: int) -> Path:
    delivery = _delivery(ledger, month, file_format)
    ending, write = _WRITERS[file_format]
    keys = []
    for number, part in enumerate(file_parts(focus_lines(month), rows_per_file), start=1):
        key = f"{delivery.data_folder}/{month.payer.name}-focus-{number:05d}.{ending}"
        write_whole(out / key, lambda aside: write(part, month, aside))  # noqa: B023
        keys.append(key)
    return write_manifests(delivery, keys, out, maps_are_text=file_format == "csv", columns=FOCUS_COLUMNS)


def _delivery(ledger: Ledger, month: Month, file_format: FocusFormat) -> Delivery:
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
    )


def _uuid(words: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, words))
