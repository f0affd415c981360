"""The doctor names what is sick, and does not fall ill itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lake import zones
from lake.doctor import Finding, examine
from lake.errors import LakeError
from lake.marts import read_mart
from lake.output import Output
from lake.settings import Settings
from lake.workspace import Workspace

POINTER = f"{zones.DELIVERIES}/cur2/bill/2026-07/current.json"


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return Workspace.begin(Settings.resolve(lake=str(tmp_path), environ={}), Output(quiet=True))


def finding(ws: Workspace, subject: str) -> Finding | None:
    return next((one for one in examine(ws) if one.subject == subject), None)


def test_a_damaged_mart_is_named_with_what_to_do(ws: Workspace):
    ws.store.write(zones.published_mart("daily_costs"), b"junk")
    sick = finding(ws, "daily_costs")
    assert sick is not None and not sick.is_well
    assert "not a readable Parquet file" in sick.found
    assert "finops build" in sick.todo
    with pytest.raises(LakeError) as told:
        read_mart(ws.store, "daily_costs")
    assert told.value.where.endswith("daily_costs.parquet")


def test_a_landed_file_that_is_gone_is_named(ws: Workspace):
    key = f"{zones.LANDING}/cur2/part.parquet"
    ws.store.write(POINTER, json.dumps({"files": [key]}).encode())
    sick = finding(ws, "landed files")
    assert sick is not None and not sick.is_well and key in sick.found
    ws.store.write(key, b"rows")
    assert finding(ws, "landed files") is None


@pytest.mark.parametrize("content", [b"{", b"[]", b"{}"])
def test_an_unreadable_record_of_a_bill_is_named(ws: Workspace, content: bytes):
    ws.store.write(POINTER, content)
    sick = finding(ws, "landed files")
    assert sick is not None and "current.json (unreadable)" in sick.found
