"""What was collected from accounts is seen by dbt: all days, the newest marked, and nothing where nobody asked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest

from dbt_project.build import PROJECT
from dbt_project.landing import local_lake
from ingestion.collecting.landing import land
from ingestion.collecting.rows import table_of
from ingestion.land import ingest
from lake.collected.days import Answer
from lake.workspace import Workspace
from tests.ingestion.bills import cur2_csv, line
from tests.pipeline.conftest import workspace

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("dbt")]

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
OWN, REGION = "123456789012", "eu-west-1"


def answered(ws: Workspace, part: str, *ids: str, days: int, status: str = "ok") -> None:
    at = NOON + timedelta(days=days)
    trace = {"part": part, "asked_account_id": OWN, "asked_region_id": REGION, "collected_at": at}
    place = {"account_id": OWN, "region_id": REGION, "resource_type": part}
    rows = table_of("inventory", [{**place, "resource_id": one, "tags": {"Name": one}, **trace} for one in ids])
    told = Answer(part, OWN, REGION, status, "" if status == "ok" else "no", len(ids), f"{at:%Y-%m-%dT%H:%M:%SZ}")
    land(replace(ws, now=at, run_id=f"{part}{days}"), "inventory", [(told, rows if status == "ok" else None)])


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
    """A lake before and after it was collected into, as the staging models tell it."""
    folder = tmp_path_factory.mktemp("collected")
    cur2_csv(folder / "bills", [line()])
    ws = workspace(folder / "lake")
    ingest(ws, str(folder / "bills"))
    told = {"before": _rows(ws)}
    answered(ws, "volume", "vol-1", "vol-2", days=0)
    answered(ws, "snapshot", "snap-1", days=0)
    answered(ws, "address", "eip-1", days=0)
    answered(ws, "volume", "vol-2", days=1)
    answered(ws, "snapshot", days=1, status="denied")
    answered(ws, "address", days=1)
    told["after"] = _rows(ws)
    yield told


def _rows(ws: Workspace) -> list[tuple[Any, ...]]:
    from dbt.cli.main import dbtRunner

    from dbt_project.local import LocalEngine

    root = local_lake(ws.store)
    arguments = ["build", f"--project-dir={PROJECT}", f"--profiles-dir={PROJECT}", "--quiet", "--log-level=none"]
    arguments += ["--select", "path:models/staging/collected", f"--target-path={root / 'dbt'}"]
    os.environ["FINOPS_LAKE"] = str(root)
    try:
        done = dbtRunner().invoke([*arguments, f"--log-path={root / 'dbt'}"])
    finally:
        del os.environ["FINOPS_LAKE"]
        LocalEngine(root).release()
    assert done.success, [one.message for one in getattr(done.result, "results", ())] or done.exception
    with duckdb.connect(str(root / "engine" / "finops.duckdb"), read_only=True) as engine:
        sql = "select resource_id, cast(collected_at as date) - date '2026-11-26', is_latest, tags['Name']"
        rows = engine.execute(f"{sql} from build.stg_inventory__resources order by 1, 2").fetchall()
        sql = "select part, status, is_latest, is_asked_since from build.stg_collections__answers"
        return [*rows, *engine.execute(f"{sql} order by 1, collected_at").fetchall()]


def test_before_anything_was_collected_there_are_the_tables_and_no_rows(seen: dict[str, list[tuple[Any, ...]]]):
    assert seen["before"] == []


def test_a_day_stands_beside_the_others_and_the_newest_answer_is_marked(seen: dict[str, list[tuple[Any, ...]]]):
    assert [row for row in seen["after"] if "-" in row[0]] == [
        ("eip-1", 0, False, "eip-1"),
        ("snap-1", 0, True, "snap-1"),
        ("vol-1", 0, False, "vol-1"),
        ("vol-2", 0, False, "vol-2"),
        ("vol-2", 1, True, "vol-2"),
    ]


def test_what_nobody_could_see_is_told_from_what_is_gone(seen: dict[str, list[tuple[Any, ...]]]):
    assert [row for row in seen["after"] if "-" not in row[0]] == [
        ("address", "ok", False, True),
        ("address", "ok", True, False),
        ("snapshot", "ok", True, True),
        ("snapshot", "denied", False, False),
        ("volume", "ok", False, True),
        ("volume", "ok", True, False),
    ]
