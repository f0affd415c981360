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


def named(ws: Workspace, name: str, days: int) -> None:
    at = NOON + timedelta(days=days)
    trace = {"part": "account", "asked_account_id": OWN, "asked_region_id": "global", "collected_at": at}
    row = {"account_id": "111111111111", "account_name": name, "status": "ACTIVE", "management_account_id": OWN}
    told = Answer("account", OWN, "global", "ok", "", 1, f"{at:%Y-%m-%dT%H:%M:%SZ}")
    land(replace(ws, now=at, run_id=f"accounts{days}"), "accounts", [(told, table_of("accounts", [row | trace]))])


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
    """A lake that was collected into on several days, as the staging models tell it."""
    folder = tmp_path_factory.mktemp("collected")
    cur2_csv(folder / "bills", [line()])
    ws = workspace(folder / "lake")
    ingest(ws, str(folder / "bills"))
    answered(ws, "volume", "vol-1", "vol-2", days=0)
    answered(ws, "snapshot", "snap-1", days=0)
    answered(ws, "address", "eip-1", days=0)
    answered(ws, "volume", "vol-2", days=1)
    answered(ws, "snapshot", days=1, status="denied")
    answered(ws, "address", days=1)
    for days, name in enumerate(("shop", "shop", "store", "store")):
        named(ws, name, days)
    yield _rows(ws)


def _rows(ws: Workspace) -> dict[str, list[tuple[Any, ...]]]:
    from dbt.cli.main import dbtRunner

    from dbt_project.local import LocalEngine

    root = local_lake(ws.store)
    arguments = ["build", f"--project-dir={PROJECT}", f"--profiles-dir={PROJECT}", "--quiet", "--log-level=none"]
    arguments += ["--select", "path:models/staging/collected", f"--target-path={root / 'dbt'}"]
    os.environ["FINOPS_LAKE"] = str(root)
    try:
        with LocalEngine(root).computing():
            done = dbtRunner().invoke([*arguments, f"--log-path={root / 'dbt'}"])
    finally:
        del os.environ["FINOPS_LAKE"]
    assert done.success, [one.message for one in getattr(done.result, "results", ())] or done.exception
    asked = {
        "resources": "select resource_id, cast(collected_at as date) - date '2026-11-26', is_latest, tags['Name']"
        " from build.stg_inventory__resources order by 1, 2",
        "answers": "select part, status, is_latest, is_asked_since"
        " from build.stg_collections__answers where source = 'inventory' order by 1, collected_at",
        "names": "select account_name, cast(valid_from as date) - date '2026-11-26', valid_until is null"
        " from build.stg_accounts__names order by valid_from",
        "budgets": "select * from build.stg_budgets__budgets",
        "metrics": "select * from build.stg_metrics__days",
        "costs": "select * from build.stg_cost_explorer__costs",
    }
    with duckdb.connect(str(root / "engine" / "finops.duckdb"), read_only=True) as engine:
        return {name: engine.execute(sql).fetchall() for name, sql in asked.items()}


def test_of_what_was_never_collected_there_are_the_tables_and_no_rows(seen: dict[str, list[tuple[Any, ...]]]):
    assert [seen[name] for name in ("budgets", "metrics", "costs")] == [[], [], []]


def test_an_account_s_name_holds_from_the_day_it_was_told_until_another_was(seen: dict[str, list[tuple[Any, ...]]]):
    assert seen["names"] == [("shop", 0, False), ("store", 2, True)]


def test_a_day_stands_beside_the_others_and_the_newest_answer_is_marked(seen: dict[str, list[tuple[Any, ...]]]):
    assert seen["resources"] == [
        ("eip-1", 0, False, "eip-1"),
        ("snap-1", 0, True, "snap-1"),
        ("vol-1", 0, False, "vol-1"),
        ("vol-2", 0, False, "vol-2"),
        ("vol-2", 1, True, "vol-2"),
    ]


def test_what_nobody_could_see_is_told_from_what_is_gone(seen: dict[str, list[tuple[Any, ...]]]):
    assert seen["answers"] == [
        ("address", "ok", False, True),
        ("address", "ok", True, False),
        ("snapshot", "ok", True, True),
        ("snapshot", "denied", False, False),
        ("volume", "ok", False, True),
        ("volume", "ok", True, False),
    ]
