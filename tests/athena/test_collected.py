"""What was collected from accounts, as Athena sees it: the collection of each day that counts, and what failed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ingestion.collecting.landing import land
from ingestion.collecting.rows import table_of
from lake.catalog.settle import settle_landing
from lake.collected.days import Answer
from tests.athena.conftest import Lake
from tests.ingestion.bills import cur2_csv, line

pytestmark = pytest.mark.xdist_group("athena")


def collected(lake: Lake, *ids: str, run: str) -> None:
    at = lake.ws.now
    trace = {"part": "volume", "asked_account_id": "1", "asked_region_id": "eu-west-1", "collected_at": at}
    rows = table_of("inventory", [{"resource_id": one, "size_gb": 8, "tags": {"Name": one}, **trace} for one in ids])
    answer = Answer("volume", "1", "eu-west-1", "ok", "", len(ids), f"{at:%Y-%m-%dT%H:%M:%SZ}")
    land(replace(lake.ws, run_id=run), "inventory", [(answer, rows)])


def test_athena_sees_the_collection_of_a_day_that_counts_and_how_questions_were_answered(lake: Lake, tmp_path: Path):
    cur2_csv(tmp_path / "bills", [line()])
    lake.ingest(tmp_path / "bills")
    sql = "select collected_on, resource_id, size_gb, tags['Name'] from inventory order by 1, 2"
    assert lake.ask(sql) == []
    collected(lake, "vol-1", "vol-2", run="first")
    collected(lake, "vol-2", run="second")
    collected(lake.later(day=21), "vol-3", run="third")
    settle_landing(lake.ws)
    assert lake.ask(sql) == [["2026-04-20", "vol-2", "8", "vol-2"], ["2026-04-21", "vol-3", "8", "vol-3"]]
    sql = "select collected_on, part, status, row_count from collections order by 1"
    assert lake.ask(sql) == [["2026-04-20", "volume", "ok", "1"], ["2026-04-21", "volume", "ok", "1"]]
