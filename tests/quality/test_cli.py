"""`finops validate` as a user meets it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import typer
from typer.testing import CliRunner

from lake import verdicts, zones
from lake.errors import EXIT_CLOSED, CheckFailedError
from lake.output import Output
from lake.tables import MART_NAMES
from lake.workspace import Workspace
from quality import cli
from tests.quality.conftest import Validate
from tests.quality.faults import unknown_account
from tests.quality.marts import clean_world, publish


class Context:
    def __init__(self, ws: Workspace) -> None:
        self.obj = ws


def call(ws: Workspace) -> None:
    cli.validate(Context(ws))  # type: ignore[arg-type]


def test_a_red_mart_is_shown_and_recorded_and_then_ends_the_command_with_1(
    lake: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    world = clean_world()
    unknown_account(world)
    publish(lake.store, world)
    with pytest.raises(
        CheckFailedError, match=f"1 of {len(MART_NAMES)} marts failed validation: idle_resources"
    ) as raised:
        call(replace(lake, out=Output()))
    assert raised.value.exit_code == EXIT_CLOSED
    shown = " ".join(capsys.readouterr().out.split())
    sentence = "Every idle resource is in an account that the payer's bill of that month shows"
    assert f"idle_resources: does not hold: {sentence} (1 found)." in shown
    assert "idle_resources red 2 31 1 0 2026-11-22" in shown
    assert "daily_costs green 9 23 0 0 2026-11-22" in shown
    assert "The gate is open" not in shown
    for name in MART_NAMES:
        verdict = verdicts.newest(lake.store, name)
        assert verdict is not None
        assert verdict.passed == (name != "idle_resources")
    assert lake.store.read(next(lake.store.files(zones.VALIDATION_RESULTS)).key) is not None


def test_a_machine_reads_one_document_also_when_a_mart_is_red(
    validated: Validate, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ws, report = validated(unknown_account)
    monkeypatch.setattr(cli.run, "validate", lambda *_: report)
    loud = replace(ws, out=Output(as_json=True))
    with pytest.raises(CheckFailedError):
        call(loud)
    loud.out.flush()
    document = json.loads(capsys.readouterr().out)["validate"]
    assert document["passed"] is False
    assert [mart["mart"] for mart in document["marts"] if not mart["passed"]] == ["idle_resources"]
    assert [mart["failures"] for mart in document["marts"] if not mart["passed"]] == [
        ["Every idle resource is in an account that the payer's bill of that month shows"]
    ]
    assert document["expires_at"] == "2026-11-24T08:30:00+00:00"


def test_green_marts_say_until_when_the_gate_is_open(
    validated: Validate, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ws, report = validated()
    monkeypatch.setattr(cli.run, "validate", lambda *_: report)
    call(replace(ws, out=Output()))
    assert "The gate is open until 2026-11-24 08:30 UTC." in capsys.readouterr().out


def test_help_teaches_what_is_checked_and_what_the_exit_code_means() -> None:
    app = typer.Typer()
    app.command()(cli.validate)
    shown = " ".join(CliRunner().invoke(app, ["--help"]).output.split())
    assert "26 hours" in shown
    assert "Exit code 0" in shown


def test_great_expectations_is_not_imported_to_show_help() -> None:
    import subprocess
    import sys

    heavy = ("great_expectations", "duckdb", "sqlalchemy", "boto3")
    code = f"import quality.cli, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
