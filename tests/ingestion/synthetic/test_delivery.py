"""Files and manifests lie as AWS lays them, and the same ledger writes the same bill."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ingestion.synthetic import cur2
from ingestion.synthetic.columns import COLUMNS
from ingestion.synthetic.cur2 import write_cur2
from ingestion.synthetic.ledger import Ledger, build_ledger
from tests.ingestion.synthetic.conftest import JUNE, MAY


def _small(seed: int = 7) -> Ledger:
    return build_ledger(date(2026, 6, 1), 1, date(2026, 6, 2), seed)


def _files(out: Path) -> list[Path]:
    return sorted(path for path in out.rglob("*") if path.is_file())


def _rows(out: Path) -> object:
    return pq.read_table(next(out.rglob("*.parquet")), partitioning=None)


def test_manifest_names_exactly_what_is_there(bucket: Path) -> None:
    export = bucket / "cur2" / "company-hourly"
    for period in (MAY, JUNE):
        folder = export / "metadata" / f"BILLING_PERIOD={period}"
        newest = folder / "company-hourly-Manifest.json"
        manifest = json.loads(newest.read_text())
        (kept,) = folder.glob("*/company-hourly-Manifest.json")
        assert kept.read_text() == newest.read_text()
        assert kept.parent.name.endswith(manifest["executionId"])
        named = [uri.removeprefix("s3://example-cost-exports/") for uri in manifest["dataFiles"]]
        there = (export / "data" / f"BILLING_PERIOD={period}").rglob("*.parquet")
        assert sorted(named) == sorted(path.relative_to(bucket).as_posix() for path in there)
        assert [column["name"] for column in manifest["columns"]] == [name for name, _ in COLUMNS]
        assert set(manifest) == {"executionId", "exportArn", "columns", "dataFiles"}


def test_parquet_has_real_maps_doubles_texts_and_naive_milliseconds(bucket: Path) -> None:
    schema = pq.read_schema(next(bucket.rglob("*.parquet")))
    types = {field.name: str(field.type) for field in schema}
    assert types["product"].startswith("map<string, string")
    assert types["discount"].startswith("map<string, double")
    assert types["line_item_unblended_cost"] == "double"
    assert types["line_item_unblended_rate"] == "string"
    assert types["line_item_usage_start_date"] == "timestamp[ms]"


def test_no_manifest_appears_when_its_files_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setitem(cur2._WRITERS, "parquet", ("snappy.parquet", fail))
    with pytest.raises(OSError, match="disk full"):
        write_cur2(_small(), tmp_path)
    assert _files(tmp_path) == []


def test_large_months_are_split_into_several_files_without_losing_a_row(tmp_path: Path) -> None:
    ledger = _small()
    (manifest,) = write_cur2(ledger, tmp_path, rows_per_file=1000)
    named = json.loads(manifest.read_text())["dataFiles"]
    assert len(named) == -(-ledger.truth.periods[0].row_count // 1000)
    rows = sum(pq.read_metadata(path).num_rows for path in tmp_path.rglob("*.parquet"))
    assert rows == ledger.truth.periods[0].row_count


@pytest.mark.parametrize("file_format", ["parquet", "csv"])
def test_same_seed_writes_the_same_bytes(tmp_path: Path, file_format: cur2.FileFormat) -> None:
    written = []
    for name in ("first", "second"):
        write_cur2(_small(), tmp_path / name, file_format=file_format)
        files = _files(tmp_path / name)
        written.append([(path.relative_to(tmp_path / name), path.read_bytes()) for path in files])
    assert written[0] == written[1]


def test_another_seed_writes_another_bill(tmp_path: Path) -> None:
    write_cur2(_small(), tmp_path / "seven")
    write_cur2(_small(seed=8), tmp_path / "eight")
    assert _rows(tmp_path / "seven") != _rows(tmp_path / "eight")
    assert _small().truth.periods[0].billed != _small(seed=8).truth.periods[0].billed


def test_a_newer_delivery_leaves_the_older_one_beside_it(tmp_path: Path) -> None:
    write_cur2(_small(), tmp_path)
    (newest,) = write_cur2(build_ledger(date(2026, 6, 1), 1, date(2026, 6, 3), 7), tmp_path)
    assert len(list(tmp_path.rglob("*.parquet"))) == 2
    (named,) = json.loads(newest.read_text())["dataFiles"]
    assert "/2026-06-04T06:" in named
