"""What a file is, told by the names of its columns."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from ingestion import zips
from ingestion.bills import BillFolder
from lake.errors import BadBillError
from lake.store import StoredFile

CUR = "CUR"
LEGACY_CSV = "legacy CUR csv"
FOCUS = "FOCUS"
HUB = "Cost Optimization Hub recommendations"
NO_BILL = "no bill that we know"

SUFFIXES = (".csv", ".csv.gz", ".csv.zip", ".zip", ".parquet")


def form_of(names: Iterable[str]) -> str:
    """The form of bill that has such columns, whatever their case."""
    known = {name.strip().lower() for name in names}
    if {"billedcost", "chargeperiodstart"} & known:
        return FOCUS
    if {"lineitem/unblendedcost", "identity/lineitemid", "lineitem/lineitemtype"} & known:
        return LEGACY_CSV
    if {"line_item_unblended_cost", "line_item_line_item_type", "line_item_usage_account_id"} & known:
        return CUR
    return HUB if "recommendation_id" in known else NO_BILL


def column_names(folder: BillFolder, file: StoredFile) -> tuple[str, ...]:
    """The names of a file's columns. Raises BadBillError for a file whose header cannot be read."""
    path = folder.path(file.key)
    try:
        if file.key.lower().endswith(".parquet"):
            import pyarrow.parquet as pq

            return tuple(pq.read_schema(path).names)
        return csv_header(path, file.key)
    except (ValueError, csv.Error, *zips.ERRORS) as error:
        raise BadBillError("The file's header cannot be read.", where=folder.where(file.key)) from error


def csv_header(path: Path, key: str) -> tuple[str, ...]:
    """The first row of a csv file, () if there is none. Raises ValueError, csv.Error or one of zips.ERRORS."""
    with csv_text(path, key) as content:
        return tuple(next(csv.reader(content), ()))


def csv_text(path: Path, key: str) -> TextIO:
    """A csv file opened as text, unpacked as the ending of its key says, a byte order mark skipped."""
    if key.lower().endswith(".zip"):
        return zips.text(path)
    if key.lower().endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")
