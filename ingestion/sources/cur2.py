"""CUR 2.0 from AWS Data Exports: csv.gz or Parquet, listed by the manifest of each billing period."""

from __future__ import annotations

from collections.abc import Sequence

from ingestion import sniff
from ingestion.bills import BillFolder
from ingestion.sources import data_exports
from ingestion.sources.form import Finding, Form
from ingestion.sources.roles import CUR

SOURCE = "cur2"


def find(folder: BillFolder) -> Finding:
    """The folder's CUR 2.0 bills, one per export and period."""
    return data_exports.find(folder, SOURCE, sniff.CUR)


def is_loose(headers: Sequence[str]) -> bool:
    """Whether a file with such headers is of this form; the legacy report has tags and product facts as columns."""
    return sniff.form_of(headers) == sniff.CUR and bool({"resource_tags", "product"} & {one.lower() for one in headers})


FORM = Form(SOURCE, "CUR 2.0 (Data Exports, csv.gz or Parquet)", find, CUR, is_loose=is_loose)
