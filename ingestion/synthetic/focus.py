"""A ledger written as FOCUS 1.2, in the folders of an AWS Data Export that keeps deliveries or overwrites them."""

from __future__ import annotations

from pathlib import Path

from ingestion.synthetic.data_export import delivery, refreshed_on
from ingestion.synthetic.files import ROWS_PER_FILE, Watch, unwatched, write_parts
from ingestion.synthetic.focus_columns import FOCUS_COLUMNS
from ingestion.synthetic.focus_files import WriteFocusFile, write_focus_csv, write_focus_parquet
from ingestion.synthetic.focus_lines import focus_lines
from ingestion.synthetic.ledger import Ledger, Month
from ingestion.synthetic.manifest import Delivery, FileFormat, write_manifests

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


def _write_month(month: Month, out: Path, newest: Delivery, rows_per_file: int, watch: Watch) -> Path:
    ending, write = _WRITERS[newest.file_format]
    keys = write_parts(
        focus_lines(month),
        rows_per_file,
        out,
        lambda number: newest.file_key(number, ending),
        lambda lines, path: write(lines, month, path),
        watch,
    )
    return write_manifests(newest, keys, out, FOCUS_COLUMNS)


def _delivery(ledger: Ledger, month: Month, file_format: FileFormat, overwrite: bool) -> Delivery:
    period, morning = month.period, refreshed_on(ledger, month)
    newest = ledger.months[-1].period.through
    return delivery(
        month,
        prefix=PREFIX,
        export=f"{month.payer.name}-focus",
        # AWS writes this partition in lower case, unlike that of CUR 2.0.
        partition=f"billing_period={period.name}",
        morning=morning,
        hour=7,
        words=(
            f"focus/{ledger.seed}/{period.name}/{period.through}/{newest}/{file_format}/{morning}",
            f"focus export/{ledger.seed}",
        ),
        file_format=file_format,
        overwrite=overwrite,
    )
