"""Looks at a bill's files before a row of them is believed: whole, as named, with the columns we need."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingestion import sniff, zips
from ingestion.bills import BillFolder, FoundBill
from ingestion.dictionary import columns
from ingestion.sources import form
from lake.errors import BadBillError
from lake.store import StoredFile

if TYPE_CHECKING:
    import pyarrow as pa

_GZIP_MAGIC = b"\x1f\x8b"
_PARQUET_MAGIC = b"PAR1"
_BLOCK = 1024 * 1024
_AGAIN = "Copy the file again from AWS's bucket."


@dataclass(frozen=True)
class SourceFile:
    """One file of a bill, checked. `fields` tells for each column, as its form calls it, its name in the file and kind.

    Kinds are text, number, timestamp, map and other; every field of a csv is text. Columns that come to one name have
    `#2`, `#3` … behind it; none of them is in the form's dictionary. `null_words` stand for nothing in a csv.
    With `all_providers` the lines of other clouds are kept, else they are refused.
    """

    key: str
    path: Path
    where: str
    is_csv: bool
    is_gzip: bool
    fields: Mapping[str, tuple[str, str]]
    has_rows: bool
    is_zip: bool = False
    null_words: tuple[str, ...] = ()
    all_providers: bool = False


def check_file(folder: BillFolder, bill: FoundBill, file: StoredFile) -> SourceFile:
    """Check one file of a bill, without reading its rows. Raises BadBillError naming file and column."""
    path, where, key = folder.path(file.key), folder.where(file.key), file.key.lower()
    if file.size == 0:
        raise BadBillError("The file is empty, not even a header is in it.", where=where, todo=_AGAIN)
    try:
        return _checked(bill.source, file.key, path, where)
    except BadBillError:
        # A header may be wrong because its bytes are.
        if key.endswith(".csv.zip") or (key.endswith(".gz") and _first_bytes(path, where)[:2] == _GZIP_MAGIC):
            _require_whole(key, path, where)
        raise


def _checked(source: str, key: str, path: Path, where: str) -> SourceFile:
    if key.lower().endswith(".parquet"):
        checked = _check_parquet(source, key, path, where)
    elif key.lower().endswith((".csv", ".csv.gz", ".csv.zip")):
        checked = _check_csv(source, key, path, where)
    else:
        raise BadBillError(
            "A file of the bill is of a kind that cannot be read.",
            where=where,
            todo="Set the export to Parquet, or to csv with GZIP compression.",
        )
    missing = [column.name for column in columns(source) if column.is_required and column.name not in checked.fields]
    if missing:
        raise BadBillError(
            f"The file lacks required columns of a bill: {', '.join(missing)}.",
            where=where,
            todo="Select these columns in the export, or leave this file out if it is no bill.",
        )
    return checked


def damaged(key: str) -> str:
    """What to say of a file that cannot be unpacked or read, by its name."""
    if key.lower().endswith(".zip"):
        return "The zip file cannot be used"
    return "The gzip file is damaged or cut off" if key.lower().endswith(".gz") else "The csv file cannot be read"


def _require_whole(key: str, path: Path, where: str) -> None:
    try:
        with zips.content(path) if key.endswith(".zip") else gzip.open(path) as content:
            while content.read(_BLOCK):
                pass
    except zips.ERRORS as error:
        raise BadBillError(f"{damaged(key)}: {_first_line(error)}", where=where, todo=_AGAIN) from error


def _check_parquet(source: str, key: str, path: Path, where: str) -> SourceFile:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if _first_bytes(path, where) != _PARQUET_MAGIC:
        raise BadBillError("The file is named Parquet but is not.", where=where, todo=_AGAIN)
    try:
        with pq.ParquetFile(path) as parquet:
            schema, rows = parquet.schema_arrow, parquet.metadata.num_rows
    except (OSError, pa.ArrowException) as error:
        raise BadBillError(f"The Parquet file is damaged: {_first_line(error)}", where=where, todo=_AGAIN) from error
    fields = _by_name(source, [(field.name, _kind(field.type)) for field in schema], where, is_csv=False)
    return SourceFile(key, path, where, is_csv=False, is_gzip=False, fields=fields, has_rows=rows > 0)


def _kind(kind: pa.DataType) -> str:
    from pyarrow import types

    if types.is_dictionary(kind):
        return _kind(kind.value_type)
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return "text"
    if types.is_floating(kind) or types.is_integer(kind) or types.is_decimal(kind):
        return "number"
    if types.is_timestamp(kind) or types.is_date(kind):
        return "timestamp"
    return "map" if types.is_map(kind) else "other"


def _check_csv(source: str, key: str, path: Path, where: str) -> SourceFile:
    is_gzip, is_zip = key.lower().endswith(".gz"), key.lower().endswith(".zip")
    starts_as_gzip = _first_bytes(path, where)[:2] == _GZIP_MAGIC
    if is_gzip and not starts_as_gzip:
        raise BadBillError("The file is named .gz but is not compressed with gzip.", where=where, todo=_AGAIN)
    if starts_as_gzip and not is_gzip:
        raise BadBillError("The file is compressed with gzip but not named .gz.", where=where, todo=_AGAIN)
    try:
        names, has_rows = _head(path, key)
    except (ValueError, csv.Error, *zips.ERRORS) as error:
        what = damaged("" if isinstance(error, ValueError | csv.Error) else key)
        raise BadBillError(f"{what}: {_first_line(error)}", where=where, todo=_AGAIN) from error
    if not names:
        raise BadBillError("The file is empty, not even a header is in it.", where=where, todo=_AGAIN)
    fields = _by_name(source, [(name, "text") for name in names], where, is_csv=True)
    words = form(source).null_words
    return SourceFile(key, path, where, True, is_gzip, fields, has_rows, is_zip=is_zip, null_words=words)


def _head(path: Path, key: str) -> tuple[list[str], bool]:
    with sniff.csv_text(path, key) as content:
        rows = csv.reader(content)
        return next(rows, []), any(rows)


def _by_name(source: str, fields: list[tuple[str, str]], where: str, *, is_csv: bool) -> dict[str, tuple[str, str]]:
    """Fields by the name that their form gives them. Case and signs of a header are lost in it: two may become one."""
    own = form(source)
    prefixes = tuple(fold.prefix for fold in own.folds)
    named: dict[str, tuple[str, str]] = {}
    seen: Counter[str] = Counter()
    for header, kind in fields:
        name = own.column_name(header)
        seen[name] += 1
        if seen[name] == 1:
            named[name] = (header, kind)
        # Tag keys that differ in case alone share a column in AWS's own Parquet, too. An amount can stand there once.
        elif is_csv and name.startswith(prefixes) and (header, kind) not in named.values():
            named[f"{name}#{seen[name]}"] = (f"{header}#{seen[name]}", kind)
        else:
            raise BadBillError(f"The file has columns twice: {name}.", where=where)
    return named


def _first_bytes(path: Path, where: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(4)
    except OSError as error:
        raise BadBillError(f"The file cannot be read: {error.strerror}.", where=where) from error


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
