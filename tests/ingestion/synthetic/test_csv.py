"""The csv form says the same as the Parquet form, in the way AWS prints it."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ingestion.synthetic.cur2 import write_cur2
from ingestion.synthetic.cur2_csv import java_double
from ingestion.synthetic.ledger import build_ledger


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "0.0"),
        ("24", "24.0"),
        ("1.08", "1.08"),
        ("0.0104", "0.0104"),
        ("0.001", "0.001"),
        ("0.0008341542", "8.341542E-4"),
        ("0.0000016", "1.6E-6"),
        ("0.00001", "1.0E-5"),
        ("-0.0000000007", "-7.0E-10"),
        ("9999999.5", "9999999.5"),
        ("10000000", "1.0E7"),
        ("310000000", "3.1E8"),
    ],
)
def test_doubles_print_as_java_prints_them(amount: str, text: str) -> None:
    assert java_double(Decimal(amount)) == text


def test_csv_and_parquet_say_the_same(tmp_path: Path) -> None:
    ledger = build_ledger(date(2026, 6, 1), 1, date(2026, 6, 1), 7)
    write_cur2(ledger, tmp_path / "csv", file_format="csv")
    write_cur2(ledger, tmp_path / "parquet")
    with gzip.open(next((tmp_path / "csv").rglob("*.csv.gz")), "rt", newline="") as file:
        printed = list(csv.DictReader(file))
    typed = pq.read_table(next((tmp_path / "parquet").rglob("*.parquet")), partitioning=None)
    assert list(printed[0]) == typed.column_names
    assert len(printed) == typed.num_rows == ledger.truth.periods[0].row_count
    for text_row, row in zip(printed, typed.to_pylist(), strict=True):
        assert {name: _read(name, text, row[name]) for name, text in text_row.items()} == {
            name: dict(cell) if isinstance(cell, list) else cell or None if isinstance(cell, str) else cell
            for name, cell in row.items()
        }


def _read(name: str, text: str, like: object) -> object:
    if name in ("product", "resource_tags", "tags", "cost_category", "discount"):
        return json.loads(text)
    if isinstance(like, float):
        return float(text)
    if hasattr(like, "isoformat"):
        return type(like).fromisoformat(text.removesuffix("Z"))
    return text or None


def test_manifest_of_csv_calls_maps_strings_and_empty_text_is_quoted(tmp_path: Path) -> None:
    (manifest,) = write_cur2(build_ledger(date(2026, 6, 1), 1, date(2026, 6, 1), 7), tmp_path, file_format="csv")
    types = {column["name"]: column["type"] for column in json.loads(manifest.read_text())["columns"]}
    assert types["product"] == types["resource_tags"] == "string"
    first = gzip.decompress(next(tmp_path.rglob("*.csv.gz")).read_bytes()).decode().split("\n")[1]
    assert first.count('""') >= 5
    assert ",{}," in first
