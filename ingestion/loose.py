"""Bill files outside of AWS's folder layouts, as people keep and send them: read where each is a bill by itself.

Nothing tells whether two loose files of one month are parts of a report, copies of it, or cuts that share rows. So
they are refused, and beside bills in AWS's layout a loose file is named and not read.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from ingestion import sniff, zips
from ingestion.bills import BillFolder, FoundBill, export_name
from ingestion.sources import FORMS
from lake.errors import BadBillError
from lake.store import StoredFile

# Telling what a loose file is may ask for its download; larger ones in S3 are only named.
LARGEST_LOOKED_AT = 32 * 1024 * 1024


@dataclass(frozen=True)
class _Loose:
    file: StoredFile
    source: str
    billing_period: str


def find(folder: BillFolder, keys: Iterable[str]) -> tuple[FoundBill, ...]:
    """The bills among these keys, one file each. Raises BadBillError where several files tell of one month."""
    months: dict[tuple[str, str, str], list[_Loose]] = defaultdict(list)
    for key in sorted(keys):
        one = _look(folder, folder.files[key])
        if one is not None:
            months[key.rpartition("/")[0], one.source, one.billing_period].append(one)
    for (_, _, period), found in months.items():
        if len(found) > 1:
            raise BadBillError(
                f"{len(found)} files of {period} lie here without a manifest, and nothing tells whether they are parts "
                "of one report, copies of it, or share rows.",
                where=", ".join(folder.where(one.file.key) for one in found[:5]) + (", …" if len(found) > 5 else ""),
                todo="Bring the report as AWS delivers it, with its manifest, or the one file that is the whole month.",
            )
    return tuple(_bill(found[0]) for found in months.values())


def _bill(one: _Loose) -> FoundBill:
    name = one.file.key.rpartition("/")[2]
    for ending in (".parquet", ".snappy", ".zip", ".gz", ".csv"):
        name = name.removesuffix(ending)
    return FoundBill(one.source, export_name(name), one.billing_period, (one.file,), "", one.file.key)


def _look(folder: BillFolder, file: StoredFile) -> _Loose | None:
    if not folder.is_local and file.size > LARGEST_LOOKED_AT:
        return None
    try:
        names, first = _first_row(folder, file)
    except BadBillError:
        return None
    for form in FORMS:
        told = {form.column_name(header): value for header, value in zip(names, first, strict=False)}
        period = _month(told.get(form.roles.period_start))
        if form.is_loose(names) and period:
            return _Loose(file, form.source, period)
    return None


def _first_row(folder: BillFolder, file: StoredFile) -> tuple[tuple[str, ...], tuple[object, ...]]:
    import pyarrow as pa

    path, key = folder.path(file.key), file.key
    try:
        if key.lower().endswith(".parquet"):
            return _first_of_parquet(str(path))
        with sniff.csv_text(path, key) as content:
            rows = csv.reader(content)
            return tuple(next(rows, ())), tuple(next(rows, ()))
    except (ValueError, csv.Error, pa.ArrowException, *zips.ERRORS) as error:
        raise BadBillError("The file's first row cannot be read.", where=folder.where(key)) from error


def _first_of_parquet(path: str) -> tuple[tuple[str, ...], tuple[object, ...]]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as parquet:
        names = tuple(parquet.schema_arrow.names)
        wanted = [name for name in names if name.lower() in {form.roles.period_start.lower() for form in FORMS}]
        batch = next(parquet.iter_batches(batch_size=1, columns=wanted), None)
        row = batch.to_pylist()[0] if batch is not None and batch.num_rows else {}
    return names, tuple(row.get(name) for name in names)


def _month(start: object) -> str:
    if isinstance(start, date | datetime):
        return f"{start:%Y-%m}"
    try:
        return f"{datetime.fromisoformat(str(start)):%Y-%m}"
    except ValueError:
        return ""
