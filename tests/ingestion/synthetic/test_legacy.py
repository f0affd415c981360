"""The legacy forms: AWS's folders, names and blanks, and the same bill as CUR 2.0."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from ingestion.dictionary import columns
from ingestion.synthetic.ledger import Ledger, build_ledger
from ingestion.synthetic.legacy import write_legacy
from ingestion.synthetic.legacy_columns import header

ROW = dict[str, str]


@pytest.fixture(scope="module")
def days() -> Ledger:
    """June 2026 to its second day."""
    return build_ledger(date(2026, 6, 1), 1, date(2026, 6, 2), 7)


@pytest.fixture(scope="module")
def bucket_of_legacy(days: Ledger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("legacy")
    write_legacy(days, out, file_format="csv")
    write_legacy(days, out, file_format="parquet")
    return out


def _printed(out: Path) -> list[ROW]:
    with gzip.open(next(out.rglob("*.csv.gz")), "rt", newline="") as file:
        return list(csv.DictReader(file))


def test_headers_are_the_ones_that_aws_writes() -> None:
    named = [column for column in columns("legacy_cur") if column.csv_name]
    assert len(named) > 150
    assert {column.name: header(column.name) for column in named} == {column.name: column.csv_name for column in named}
    assert header("resource_tags_user_cost_center") == "resourceTags/user:CostCenter"


def test_parquet_has_no_null_anywhere_and_utc_milliseconds(bucket_of_legacy: Path) -> None:
    path = next(bucket_of_legacy.rglob("*.parquet"))
    assert path.parent.relative_to(bucket_of_legacy).as_posix() == "cur/company-hourly/company-hourly/year=2026/month=6"
    schema = pq.read_schema(path)
    assert not any(field.nullable for field in schema)
    assert {str(field.type) for field in schema} == {"string", "double", "timestamp[ms, tz=UTC]"}
    assert not [name for name in schema.names if "account_name" in name]


def test_manifest_names_period_files_and_columns(bucket_of_legacy: Path) -> None:
    folder = bucket_of_legacy / "cur" / "company-hourly" / "20260601-20260701"
    text = (folder / "company-hourly-Manifest.json").read_text()
    manifest = json.loads(text)
    assert manifest["billingPeriod"] == {"start": "20260601T000000.000Z", "end": "20260701T000000.000Z"}
    assert (folder / manifest["assemblyId"] / "company-hourly-Manifest.json").read_text() == text
    (key,) = manifest["reportKeys"]
    assert key == f"cur/company-hourly/20260601-20260701/{manifest['assemblyId']}/company-hourly-1.csv.gz"
    with gzip.open(bucket_of_legacy / key, "rt") as file:
        assert file.readline().strip().split(",") == [f"{at['category']}/{at['name']}" for at in manifest["columns"]]


def test_large_months_are_chunks_each_with_its_header_and_no_row_is_lost(days: Ledger, tmp_path: Path) -> None:
    (newest,) = write_legacy(days, tmp_path, file_format="csv", rows_per_file=1000)
    keys = json.loads(newest.read_text())["reportKeys"]
    texts = [gzip.decompress((tmp_path / key).read_bytes()).decode().splitlines() for key in keys]
    assert [key.rpartition("-")[2] for key in keys] == [f"{at}.csv.gz" for at in range(1, len(keys) + 1)]
    assert len(keys) > 3
    assert len({lines[0] for lines in texts}) == 1
    assert sum(len(lines) - 1 for lines in texts) == days.truth.periods[0].row_count


def test_csv_and_parquet_tell_the_same_cell_by_cell(bucket_of_legacy: Path) -> None:
    printed = _printed(bucket_of_legacy)
    typed = pq.read_table(next(bucket_of_legacy.rglob("*.parquet")), partitioning=None)
    heads = {header(name): name for name in typed.column_names}
    assert list(printed[0]) == list(heads)
    for text, row in zip(printed, typed.to_pylist(), strict=True):
        for head, cell in text.items():
            value = row[heads[head]]
            if isinstance(value, float):
                assert float(cell or 0) == value, head
            elif isinstance(value, str):
                assert cell == value, head
            else:
                assert cell == f"{value:%Y-%m-%dT%H:%M:%S.000Z}", head


def test_the_total_is_the_ledger_s(days: Ledger, bucket_of_legacy: Path) -> None:
    path = next(bucket_of_legacy.rglob("*.parquet"))
    told = duckdb.sql(f"select count(*), sum(line_item_unblended_cost::decimal(38, 10)) from '{path}'").fetchone()
    assert told == (days.truth.periods[0].row_count, days.truth.periods[0].billed)


def test_what_does_not_apply_is_blank_in_csv_and_not_zero(bucket_of_legacy: Path) -> None:
    taxes = [row for row in _printed(bucket_of_legacy) if row["lineItem/LineItemType"] == "Tax"]
    assert taxes
    for row in taxes:
        assert row["reservation/EffectiveCost"] == row["savingsPlan/UsedCommitment"] == row["product/region"] == ""
        assert row["lineItem/UsageAmount"] == "1.0"


def test_columns_come_with_their_first_use(tmp_path: Path) -> None:
    """No negotiated prices and no containers: then AWS writes no such columns at all."""
    write_legacy(build_ledger(date(2026, 6, 1), 1, date(2026, 6, 1), 7), tmp_path, file_format="csv")
    heads = list(_printed(tmp_path)[0])
    assert not [head for head in heads if head.startswith(("discount/", "splitLineItem/")) or "/Net" in head]
    assert "product/instanceType" in heads
    assert "product/feeCode" not in heads
