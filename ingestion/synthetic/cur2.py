"""A ledger written as CUR 2.0, in the folders of an AWS Data Export that keeps deliveries or overwrites them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from ingestion.synthetic.cur2_csv import write_csv
from ingestion.synthetic.cur2_parquet import write_parquet
from ingestion.synthetic.data_export import delivery, refreshed_on
from ingestion.synthetic.files import ROWS_PER_FILE, Watch, unwatched, write_parts
from ingestion.synthetic.ledger import Ledger, Month
from ingestion.synthetic.lines import Line
from ingestion.synthetic.manifest import Delivery, FileFormat, write_manifests
from ingestion.synthetic.typesetting import month_lines

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
    month: Month, out: Path, newest: Delivery, rows_per_file: int, net_columns: bool, watch: Watch
) -> Path:
    ending, write = _WRITERS[newest.file_format]
    keys = write_parts(
        month_lines(month, net_columns=net_columns),
        rows_per_file,
        out,
        lambda number: newest.file_key(number, ending),
        lambda lines, path: write(lines, month, path),
        watch,
    )
    return write_manifests(newest, keys, out)


def _delivery(ledger: Ledger, month: Month, file_format: FileFormat, overwrite: bool) -> Delivery:
    period, newest = month.period, ledger.months[-1].period.through
    words = f"{ledger.seed}/{period.name}/{period.through}/{newest}/{file_format}"
    if ledger.delivered_on:
        words += f"/{ledger.delivered_on}"
    return delivery(
        month,
        prefix=PREFIX,
        export=month.payer.export,
        partition=f"BILLING_PERIOD={period.name}",
        morning=refreshed_on(ledger, month),
        hour=6,
        words=(words, f"export/{ledger.seed}"),
        file_format=file_format,
        overwrite=overwrite,
    )
