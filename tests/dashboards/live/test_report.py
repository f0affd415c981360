"""From what was collected to a table or a file, without a bill."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import finops
from ingestion.collecting.landing import land
from ingestion.collecting.rows import table_of
from lake.collected.days import Answer
from lake.errors import LakeError
from lake.output import Output
from lake.settings import Settings
from lake.workspace import Workspace

OWN, REGION = "123456789012", "eu-west-1"
runner = CliRunner()


def landed(ws: Workspace, source: str, rows: list[dict[str, Any]], *, part: str, status: str = "ok") -> None:
    trace = {"part": part, "asked_account_id": OWN, "asked_region_id": REGION, "collected_at": ws.now}
    place = {"account_id": OWN, "region_id": REGION}
    answer = Answer(part, OWN, REGION, status, "", len(rows), f"{ws.now:%Y-%m-%dT%H:%M:%SZ}")
    land(
        ws,
        source,
        [(answer, table_of(source, [{**place, **row, **trace} for row in rows]) if status == "ok" else None)],
    )


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A volume that was unattached for 40 days, and addresses that nobody could see."""
    now = datetime.now(UTC)
    ws = Workspace.begin(Settings.resolve(lake=str(tmp_path / "lake"), environ={}), Output(quiet=True), now)
    volume = {"resource_type": "volume", "resource_id": "vol-1", "state": "available", "use_count": 0, "type": "gp2"}
    for ago in (40, 20, 0):
        then = replace(ws, now=now - timedelta(days=ago), run_id=f"run-{ago}")
        landed(then, "inventory", [volume | {"tags": {"Owner": "web"}}], part="volume")
    landed(ws, "inventory", [], part="address", status="denied")
    return tmp_path / "lake"


def report(lake: Path, *arguments: str) -> Any:
    return runner.invoke(finops.app, ["--lake", str(lake), "report", *arguments], obj=Output())


def test_unused_resources_are_told_as_csv_without_a_bill(lake: Path):
    done = report(lake, "unused-resources", "--format", "csv")
    assert done.exit_code == 0, done.exception
    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert (row["resource_id"], row["rule_id"], row["confidence"], row["days"]) == (
        *("vol-1", "volume_unattached", "high", "40"),
    )
    assert row["owner"] == "web"


def test_what_nobody_could_see_is_warned_of(lake: Path):
    told = report(lake, "unused-resources").output
    assert "address of 123456789012 in eu-west-1 was not answered (denied)" in told
    assert "attached to nothing" in told


def test_a_report_is_written_to_a_file_in_the_form_of_its_name(lake: Path, tmp_path: Path):
    assert report(lake, "rightsizing", "--to", str(tmp_path / "smaller.parquet")).exit_code == 0
    assert pq.read_table(tmp_path / "smaller.parquet")["recommended_type"].to_pylist() == ["gp3"]


def test_without_anything_collected_it_says_what_to_run(tmp_path: Path):
    error = report(tmp_path / "empty", "unused-resources").exception
    assert isinstance(error, LakeError)
    assert "finops collect" in error.todo
