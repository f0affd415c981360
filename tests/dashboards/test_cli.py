"""`finops dashboard` as a user meets it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from dashboards.cli import dashboard
from lake.output import Output
from lake.workspace import Workspace

app = typer.Typer()
app.command()(dashboard)


def test_command_says_where_to_open_the_page(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    result = CliRunner().invoke(app, [], obj=replace(ws, out=Output()))
    assert result.exit_code == 0
    assert f"Open {ws.store.uri}/dashboards/index.html" in (result.stdout + capsys.readouterr().out)


def test_report_for_machines_keeps_every_digit(ws: Workspace, tmp_path: Path) -> None:
    out = Output(as_json=True)
    result = CliRunner().invoke(app, ["--to", str(tmp_path / "costs.html")], obj=replace(ws, out=out))
    assert result.exit_code == 0
    report = json.loads(json.dumps(out.document["dashboard"], default=str))
    assert report["location"] == str(tmp_path / "costs.html")
    assert report["data_through"] == "2026-11-22"
    assert len(report["billed_cost"].partition(".")[2]) == 10
    assert report["marts"]["daily_costs"] == {"state": "not validated", "reason": "no validation of it has run"}
