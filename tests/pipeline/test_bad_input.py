"""What a user sees of bad input: one clear error, exit code 2, and the lake as it was."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ingestion import test_bad_bills as bad
from tests.ingestion.bills import cur2_csv, line

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


KINDS = [
    bad.an_absent_folder,
    bad.an_empty_folder,
    bad.a_file_that_is_no_bill,
    bad.a_spreadsheet,
    bad.truncated_gzip,
    bad.parquet_without_costs,
    bad.manifest_naming_an_absent_file,
    bad.account_damaged_by_a_spreadsheet,
]


def finops(lake: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "finops", "--lake", str(lake), *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)


def content(lake: Path) -> dict[str, str]:
    return {
        str(path.relative_to(lake)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(lake.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("spoil", KINDS, ids=lambda spoil: spoil.__name__)
def test_a_bad_bill_ends_with_one_readable_error_and_the_lake_as_it_was(tmp_path: Path, spoil: Callable[[Path], None]):
    lake, good, bills = tmp_path / "lake", tmp_path / "good", tmp_path / "bills"
    good.mkdir()
    bills.mkdir()
    cur2_csv(good, [line()])
    assert finops(lake, "ingest", "--bills", str(good)).returncode == 0
    before = content(lake)

    spoil(bills)
    done = finops(lake, "run", "--bills", str(bills))

    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "where: " in done.stderr and "to do: " in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert content(lake) == before


def test_the_error_is_one_json_document_for_a_machine(tmp_path: Path):
    done = finops(tmp_path / "lake", "--json", "run", "--bills", str(tmp_path / "nothing"))
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["exit_code"] == 2
    assert not (tmp_path / "lake").exists()
