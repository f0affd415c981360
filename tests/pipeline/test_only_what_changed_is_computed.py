"""A lake that is built again and again after its bills changed ends as one that is built once from the same bills.

And it takes no more than that: a month whose bill is the same is neither computed nor published again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from dbt_project.build import BuildReport, build
from ingestion.land import ingest
from ingestion.synthetic.cur2 import write_cur2
from ingestion.synthetic.focus import write_focus
from ingestion.synthetic.ledger import Ledger, build_ledger
from ingestion.synthetic.legacy import write_legacy
from lake import zones
from lake.workspace import Workspace
from tests.pipeline.conftest import NOW, workspace
from tests.support.tampered import add_to_first_row

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("again")]

SPLITS = "shared_pool,method,team,percentage,driver_name\n" + "".join(
    f"{pool},even,,,\n" for pool in ("tax", "support", "unused_commitment", "refund", "credit", "discount")
)
# When a delivery was accepted differs between two lakes, and the mart tells it.
MOMENTS = ["previous_accepted_at", "current_accepted_at"]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lake that lives on: each test brings the next change, in the order of the file."""
    return tmp_path_factory.mktemp("again") / "lake"


def ledger(first: date, months: int, through: date, seed: int = 11, payers: int = 1) -> Ledger:
    return build_ledger(first, months, through, seed=seed, payers=payers)


def land(lake: Path, *bills: Path) -> Workspace:
    ws = workspace(lake, NOW)
    with ws.store.locked():
        for folder in bills:
            ingest(ws, str(folder))
    return ws


def built(ws: Workspace) -> BuildReport:
    with ws.store.locked():
        return build(ws)


def marts(lake: Path) -> dict[str, str]:
    found = {}
    for path in sorted((lake / "marts").rglob("*.parquet")):
        content = path.read_bytes()
        if path.stem == "restatements":
            content = str(pq.read_table(path).drop_columns(MOMENTS).to_pylist()).encode()
        found[str(path.relative_to(lake))] = hashlib.sha256(content).hexdigest()
    return found


def fresh(lake: Path, folder: Path) -> dict[str, str]:
    """The marts of a lake that holds the same deliveries and has no memory of what was computed before."""
    shutil.copytree(lake, folder, ignore=shutil.ignore_patterns("engine", "marts", ".scratch"))
    built(workspace(folder))
    return marts(folder)


def written(lake: Path) -> dict[str, float]:
    return {path.parent.name: path.stat().st_mtime_ns for path in (lake / "marts" / "focus_1_2").rglob("*.parquet")}


def first_months(lake: Path, bills: Path) -> Workspace:
    write_cur2(ledger(date(2026, 4, 1), 1, date(2026, 4, 6)), bills / "april")
    write_cur2(ledger(date(2026, 5, 1), 1, date(2026, 5, 3)), bills / "may")
    return land(lake, bills / "april", bills / "may")


def a_payer_more(lake: Path, bills: Path) -> Workspace:
    """The month grows by some days, and a second payer's bill comes beside it.

    And the user splits tax otherwise, and counts orders: of the month that did not change, too.
    """
    write_cur2(ledger(date(2026, 5, 1), 1, date(2026, 5, 6), payers=2), bills)
    ws = land(lake, bills)
    ws.store.write(zones.SHARED_COST_SPLITS, SPLITS.encode())
    ws.store.write(zones.DRIVERS, b"month,driver_name,quantity,team,service_name\n2026-04,orders,7,,\n")
    return ws


def other_forms_of_the_first_month(lake: Path, bills: Path) -> Workspace:
    """Legacy lines and FOCUS of a month that CUR 2.0 tells: they do not count; FOCUS is compared with what does."""
    first = ledger(date(2026, 4, 1), 1, date(2026, 4, 6))
    write_legacy(first, bills / "legacy")
    write_focus(first, bills / "focus")
    return land(lake, bills / "legacy", bills / "focus")


def the_better_form_withdrawn(lake: Path, bills: Path) -> Workspace:
    ws = workspace(lake)
    for pointer in (lake / "landing" / "deliveries" / "cur2").glob("*/2026-04/current.json"):
        pointer.unlink()
    return ws


def a_month_withdrawn(lake: Path, bills: Path) -> Workspace:
    ws = workspace(lake)
    for pointer in (lake / "landing" / "deliveries").glob("*/*/2026-04/current.json"):
        pointer.unlink()
    return ws


def other_code(lake: Path, bills: Path) -> Workspace:
    """As if what is there had been computed by an older finops, wrongly."""
    with duckdb.connect(str(lake / zones.ENGINE_FILE)) as engine:
        engine.execute("update build.period_states set code = 'older'; update build.int_charges set billed_cost = 1")
    return workspace(lake)


def a_build_that_was_killed(lake: Path, bills: Path) -> Workspace:
    """Half of its rows are there and it never finished."""
    with duckdb.connect(str(lake / zones.ENGINE_FILE)) as engine:
        engine.execute("update build.period_states set built = null where billing_period = '2026-05'")
        engine.execute("delete from build.int_charges where billing_period = '2026-05' and rowid % 2 = 0")
    return workspace(lake)


# What a change left wrong is still wrong after the next, which leaves the other month alone: they are compared at once.
SCENARIOS: list[tuple[Callable[[Path, Path], Workspace], set[str], bool]] = [
    (first_months, {"2026-04", "2026-05"}, False),
    (a_payer_more, {"2026-05"}, False),
    (other_forms_of_the_first_month, {"2026-04"}, False),
    (the_better_form_withdrawn, {"2026-04"}, True),
    (a_month_withdrawn, {"2026-04"}, True),
]


@pytest.mark.parametrize(("change", "due", "is_compared"), SCENARIOS, ids=lambda one: getattr(one, "__name__", ""))
def test_after_a_change_the_marts_are_those_of_a_lake_built_anew(
    lake: Path, tmp_path: Path, change: Callable[[Path, Path], Workspace], due: set[str], is_compared: bool
):
    before = written(lake)
    built(change(lake, tmp_path / "bills"))
    if is_compared:
        assert marts(lake) == fresh(lake, tmp_path / "fresh")
    kept = {month for month, at in written(lake).items() if before.get(month) == at}
    assert set(before) - due <= kept
    assert not open_months(lake)


@pytest.mark.parametrize("damage", [other_code, a_build_that_was_killed], ids=lambda one: one.__name__)
def test_what_another_finops_or_a_killed_one_left_is_computed_again(
    lake: Path, tmp_path: Path, damage: Callable[[Path, Path], Workspace]
):
    """The bills are the same, and so must be every mart."""
    before = marts(lake)
    built(damage(lake, tmp_path))
    assert marts(lake) == before
    assert not open_months(lake)


def open_months(lake: Path) -> list[tuple]:
    with duckdb.connect(str(lake / zones.ENGINE_FILE), read_only=True) as engine:
        return engine.execute("select billing_period from build.period_states where built is null").fetchall()


def test_a_month_held_back_is_judged_by_every_build_until_it_adds_up(lake: Path, tmp_path: Path):
    before = (lake / "marts" / "focus_1_2" / "2026-05" / "focus_1_2.parquet").read_bytes()
    write_cur2(ledger(date(2026, 5, 1), 2, date(2026, 6, 2)), tmp_path / "bills")
    ws = land(lake, tmp_path / "bills")
    pointers = (lake / "landing" / "deliveries").glob("cur2/*/2026-05/current.json")
    [pointer] = [path for path in pointers if "100000000001" in path.read_text()]
    landed = lake / json.loads(pointer.read_text())["files"][0]
    good = landed.read_bytes()
    add_to_first_row(landed, "line_item_unblended_cost", "0.01")
    # The second build finds no bill that changed, and may not take the month for a good one.
    for _ in range(2):
        held = built(ws).held_back
        assert [one.bill for one in held] == [("2026-05", "100000000001")]
        assert (lake / "marts" / "focus_1_2" / "2026-05" / "focus_1_2.parquet").read_bytes() == before
        assert {"2026-05", "2026-06"} <= set(written(lake))
    landed.write_bytes(good)
    assert built(ws).held_back == ()
    assert marts(lake) == fresh(lake, tmp_path / "fresh")


def test_dbt_alone_keeps_what_finops_computed_and_the_other_way_round(lake: Path):
    """Checks end otherwise there, numbers do not: nothing is dropped, which would compute the whole history again."""
    ws = workspace(lake)
    codes = code_of(lake)
    for alone in (True, False):
        if alone:
            start = "import sys; from dbt.cli.main import cli; sys.exit(cli())"
            command = [sys.executable, "-c", start, "build", "--exclude-resource-type", "unit_test"]
            command += ["--target-path", str(lake.parent / "target"), "--log-path", str(lake.parent / "target")]
            project = Path(__file__).parents[2] / "dbt_project"
            subprocess.run(command, cwd=project, env=os.environ | {"FINOPS_LAKE": str(lake)}, check=True)
        else:
            built(ws)
        codes += code_of(lake)
    assert len(codes) == 3
    assert len(set(codes)) == 1


def code_of(lake: Path) -> list[tuple]:
    """What computed the months of a lake: one row where all were computed by the same."""
    with duckdb.connect(str(lake / zones.ENGINE_FILE), read_only=True) as engine:
        return engine.execute("select distinct code from build.period_states").fetchall()
