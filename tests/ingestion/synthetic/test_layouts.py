"""The ways in which an export may lie in its bucket: whichever it is, the same rows are landed."""

from __future__ import annotations

import gzip
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from ingestion.synthetic.forms import FORMS
from ingestion.synthetic.ledger import Ledger, build_ledger
from ingestion.synthetic.manifest import FileFormat

ROWS = 1500


def _through(day: int) -> Ledger:
    return build_ledger(date(2026, 6, 1), 1, date(2026, 6, day), 7)


@pytest.fixture(scope="module")
def two_days() -> Ledger:
    return _through(2)


def _landed(bills: Path, lake: Path) -> list[tuple[Any, ...]]:
    """Every landed cell of every row, but for the names of the delivery and its files."""
    from ingestion.land import ingest
    from tests.pipeline.conftest import workspace

    ws = workspace(lake)
    with ws.store.locked():
        ingest(ws, str(bills))
    (pointer,) = (lake / "landing" / "deliveries").rglob("current.json")
    told = json.loads(pointer.read_text())
    files = f"{lake}/landing/{told['source']}/billing_period=2026-06/delivery={told['delivery_id']}/*.parquet"
    return duckdb.sql(
        "select * exclude (delivery_id, source_file) "
        f"from read_parquet('{files}', hive_partitioning = false) order by all"
    ).fetchall()


@pytest.mark.parametrize(
    ("form", "like"),
    [
        ("cur2-parquet", "cur2-parquet"),
        ("cur2-csv", "cur2-csv"),
        ("legacy-csv", "legacy-csv"),
        ("legacy-zip", "legacy-csv"),
        ("legacy-parquet-manifest", "legacy-parquet"),
    ],
)
def test_kept_or_overwritten_whole_or_in_chunks_the_same_rows_are_landed(
    two_days: Ledger, tmp_path: Path, form: str, like: str
) -> None:
    FORMS[like](two_days, tmp_path / "plain")
    wanted = _landed(tmp_path / "plain", tmp_path / "lake-of-plain")
    assert len(wanted) == two_days.truth.periods[0].row_count
    for overwrite in (False, True):
        bills = tmp_path / f"overwrite-{overwrite}"
        (told,) = FORMS[form](two_days, bills, overwrite=overwrite, rows_per_file=ROWS)
        manifest = json.loads(told.read_text())
        assert len(manifest.get("dataFiles") or manifest["reportKeys"]) == -(-len(wanted) // ROWS)
        assert _landed(bills, tmp_path / f"lake-{overwrite}") == wanted


@pytest.mark.parametrize("form", ["cur2-parquet", "cur2-csv", "legacy-csv", "legacy-zip", "focus-csv"])
def test_an_export_that_overwrites_leaves_no_name_of_a_delivery_in_its_folders(
    two_days: Ledger, tmp_path: Path, form: str
) -> None:
    FORMS[form](two_days, tmp_path, overwrite=True)
    names = [path.relative_to(tmp_path).parts for path in tmp_path.rglob("*") if path.is_file()]
    assert len(names) == 2, "one file and one manifest"
    assert not [part for name in names for part in name if len(part) >= 36], "no timestamp, no UUID"


@pytest.mark.parametrize("form", ["cur2-parquet", "cur2-csv", "legacy-csv"])
def test_an_export_that_shrinks_leaves_chunks_without_rows_that_no_manifest_names(tmp_path: Path, form: str) -> None:
    FORMS[form](_through(2), tmp_path / "bills", overwrite=True, rows_per_file=1000)
    before = {path.name: path.stat().st_size for path in (tmp_path / "bills").rglob("company-hourly-*[0-9].*")}
    (told,) = FORMS[form](_through(1), tmp_path / "bills", overwrite=True, rows_per_file=1000)
    manifest = json.loads(told.read_text())
    named = {key.rpartition("/")[2] for key in manifest.get("dataFiles") or manifest["reportKeys"]}
    left = {path.name: path for path in (tmp_path / "bills").rglob("company-hourly-*[0-9].*") if path.name not in named}
    assert left
    assert {*left, *named} == set(before)
    for path in left.values():
        assert (pq.read_metadata(path).num_rows if path.suffix == ".parquet" else _data_lines(path)) == 0
    assert len(_landed(tmp_path / "bills", tmp_path / "lake")) == _through(1).truth.periods[0].row_count


def _data_lines(path: Path) -> int:
    return len(gzip.decompress(path.read_bytes()).decode().splitlines()) - 1


def test_a_zip_holds_one_csv_of_its_own_name(two_days: Ledger, tmp_path: Path) -> None:
    (told,) = FORMS["legacy-zip"](two_days, tmp_path)
    manifest = json.loads(told.read_text())
    assert (manifest["compression"], manifest["contentType"]) == ("ZIP", "text/csv")
    (key,) = manifest["reportKeys"]
    assert zipfile.ZipFile(tmp_path / key).namelist() == [key.rpartition("/")[2].removesuffix(".zip")]


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_the_same_ledger_writes_the_same_focus_bytes(two_days: Ledger, tmp_path: Path, file_format: FileFormat) -> None:
    written = []
    for name in ("first", "second"):
        FORMS[f"focus-{file_format}"](two_days, tmp_path / name)
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        written.append([(path.relative_to(tmp_path / name), path.read_bytes()) for path in files])
    assert written[0] == written[1]
