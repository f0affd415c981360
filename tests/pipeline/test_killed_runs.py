"""Kill -9 at any point of `finops run`, run it again: the same marts as if nothing had happened, nothing half-written.

The lake holds an older delivery of the month when the killed run brings a newer one: "as it was" and "as it will
be" are what a reader may see, nothing between.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ingestion.synthetic.cur2 import write_cur2
from ingestion.synthetic.ledger import build_ledger
from lake.tables import MART_NAMES
from tests.support import command

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kills")]

ROOT = Path(__file__).parents[2]
# A lake of one month has nothing to compare, no budgets, acts and drivers: these marts are empty before and after.
EMPTY = {"cost_comparisons", "cost_movers", "cost_anomalies", "budget_adherence", "realized_savings", "unit_costs"}
VERDICTS = len(MART_NAMES)
MARTS = VERDICTS - len(EMPTY)
# What a kill while a bill is landed leaves, the tests of landing tell; while it is computed, those of Athena.
MOMENTS = [
    "after:4",  # one mart is new, the others old
    f"after:{6 + MARTS}",  # some verdicts are written, some not
]


def run(lake: Path, bills: Path, kill_at: str | None = None) -> subprocess.CompletedProcess[str]:
    arguments = ["--quiet", "--lake", str(lake), "run", "--bills", str(bills)]
    if kill_at is None:
        return command.finops(*arguments)
    start = [sys.executable, "-m", "tests.support.kill_at", kill_at]
    return subprocess.run([*start, *arguments], capture_output=True, text=True, cwd=ROOT, check=False, timeout=300)


def marts(lake: Path) -> dict[str, str]:
    """Each mart's content; when a delivery was accepted is the one thing that two runs of the same bill differ in."""
    found = {}
    for path in sorted((lake / "marts").rglob("*.parquet")):
        content = path.read_bytes()
        if path.stem == "restatements":
            rows = pq.read_table(path).drop_columns(["previous_accepted_at", "current_accepted_at"])
            content = str(rows.to_pylist()).encode()
        # Here, every mart is one file: the bill is of one month.
        found[path.stem] = hashlib.sha256(content).hexdigest()
    return found


def pointers(lake: Path) -> dict[str, str]:
    return {
        path.parent.name: json.loads(path.read_text())["delivery_id"]
        for path in (lake / "landing" / "deliveries").glob("**/current.json")
    }


@pytest.fixture(scope="module")
def lakes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """The bills of the newer delivery, a lake with the older one, and a lake after an undisturbed run of the newer."""
    folder = tmp_path_factory.mktemp("kills")
    for through in (5, 7):
        ledger = build_ledger(date(2026, 3, 1), 1, date(2026, 3, through), seed=3)
        write_cur2(ledger, folder / f"bills{through}")
    assert run(folder / "old", folder / "bills5").returncode == 0
    shutil.copytree(folder / "old", folder / "new")
    assert run(folder / "new", folder / "bills7").returncode == 0
    assert marts(folder / "old").keys() == marts(folder / "new").keys() == set(MART_NAMES)
    assert {mart for mart in MART_NAMES if marts(folder / "old")[mart] == marts(folder / "new")[mart]} == EMPTY
    return folder / "bills7", folder / "old", folder / "new"


def test_killed_runs_leave_whole_files_and_the_next_run_ends_in_the_same_marts(
    lakes: tuple[Path, Path, Path], tmp_path: Path
):
    """Each run here goes on where the one before it was killed."""
    bills, old, new = lakes
    lake = tmp_path / "lake"
    shutil.copytree(old, lake)

    for moment in MOMENTS:
        killed = run(lake, bills, kill_at=moment)
        assert killed.returncode == -signal.SIGKILL, f"{moment} never came: {killed.stderr}"
        assert_nothing_is_half_written(lake, old, new)
    assert 0 < new_verdicts(lake, old) < VERDICTS

    again = run(lake, bills)
    assert again.returncode == 0, again.stderr
    assert marts(lake) == marts(new)
    assert pointers(lake) == pointers(new)
    assert not list((lake / ".scratch").glob("*"))


def assert_nothing_is_half_written(lake: Path, old: Path, new: Path) -> None:
    assert pointers(lake) in (pointers(old), pointers(new))
    for mart, content in marts(lake).items():
        assert content in (marts(old)[mart], marts(new)[mart]), f"{mart} is neither old nor new"
    for path in (lake / "landing").glob("**/*.parquet"):
        assert pq.ParquetFile(path).metadata is not None
    for path in lake.glob("**/*.json"):
        if "engine" not in path.parts:
            json.loads(path.read_text())


def new_verdicts(lake: Path, old: Path) -> int:
    """How many verdicts the killed run wrote."""

    def written(of: Path) -> set[str]:
        return {str(path.relative_to(of)) for path in (of / "verdicts").rglob("*.json")}

    return len(written(lake) - written(old))
