from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from lake.errors import FinopsError, GateClosedError
from lake.output import Output
from lake.settings import Profile, Settings
from lake.store import LocalStore
from lake.workspace import Workspace
from lambdas.cli import act, act_on, plan_all, show, show_plans
from lambdas.registry import PLANNED
from lambdas.runtime.errors import ActsFailedError, StoppedError, UnknownActionError
from lambdas.runtime.model import Request, Verb
from tests.lambdas.builders import NOW, address_row, green_lake, row
from tests.lambdas.conftest import Account


def workspace(root: Path, *, as_json: bool = False) -> Workspace:
    settings = Settings(str(root / "lake"), Profile.LOCAL, None)
    return Workspace(settings, LocalStore(root / "lake"), Output(as_json=as_json), "run-1", NOW)


def finops(ws: Workspace, *args: str) -> Result:
    app = typer.Typer()
    app.command("act")(act)
    app.callback()(lambda: None)
    return CliRunner(env={"COLUMNS": "250"}).invoke(app, ["act", *args], obj=ws)


def test_table_tells_resource_decision_reason_and_cost(
    account: Account, no_aws: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "250")
    green_lake(account.root / "lake", [row("vol-0123456789abcdef0")])
    ws = workspace(account.root)
    show(ws, act_on(ws, "idle_cleanup", Request()))

    shown = capsys.readouterr().out
    for part in ("vol-0123456789abcdef0", "leave alone", "no AWS account reachable", "8.00 USD", "run-1/idle_cleanup"):
        assert part in shown


def test_act_is_dry_unless_told_otherwise(account: Account) -> None:
    volume = account.volume()
    green_lake(account.root / "lake", [row(volume)])
    ws = workspace(account.root, as_json=True)

    result = finops(ws, "idle_cleanup")

    assert result.exit_code == 0, result.output
    assert ws.out.document["act"]["counts"] == {"would act": 1}
    assert account.volume_ids() == {volume}
    json.dumps(ws.out.document, default=str)


def test_act_with_every_flag_applies(account: Account) -> None:
    volume = account.volume()
    allocation, _ = account.address()
    green_lake(account.root / "lake", [row(volume), address_row(allocation)])
    flags = ("--apply", "--release-addresses", "--max-count", "2", "--max-monthly-cost", "11.65", "--max-share-pct")

    result = finops(workspace(account.root), "idle_cleanup", *flags, "100", "--min-age-days", "30")

    assert result.exit_code == 0, result.output
    assert account.volume_ids() == set()
    assert account.address_ids() == set()


def test_failed_act_and_tripped_cap_exit_with_one(account: Account) -> None:
    volume = account.volume(age=NOW - NOW)
    green_lake(account.root / "lake", [row(volume)])
    zero = finops(workspace(account.root), "idle_cleanup", "--apply", "--min-age-days", "0", "--max-count", "0")
    assert isinstance(zero.exception, StoppedError)
    assert zero.exception.exit_code == 1
    assert account.volume_ids() == {volume}
    assert ActsFailedError.exit_code == 1


def test_act_behind_a_closed_gate_is_refused(tmp_path: Path) -> None:
    refused = finops(workspace(tmp_path), "idle_cleanup").exception
    assert isinstance(refused, GateClosedError)
    assert (refused.reason, refused.exit_code) == ("not_published", 1)


def test_unknown_action_lists_the_known_ones(tmp_path: Path) -> None:
    refused = finops(workspace(tmp_path), "idle_clean").exception
    assert isinstance(refused, UnknownActionError)
    assert "idle_cleanup" in refused.todo


@pytest.mark.parametrize("amount", ["lots", "NaN", "-1"])
def test_amount_that_is_none_is_refused(tmp_path: Path, amount: str) -> None:
    result = finops(workspace(tmp_path), "idle_cleanup", f"--max-monthly-cost={amount}")
    assert result.exit_code == 2
    assert not isinstance(result.exception, FinopsError)


def test_plan_of_all_actions_says_that_the_gate_is_closed(tmp_path: Path) -> None:
    reports = plan_all(workspace(tmp_path))
    assert [(report.action, report.closed) for report in reports] == [(name, "not_published") for name in PLANNED]
    assert not (tmp_path / "lake" / "actions").exists()


def test_plan_of_all_actions_works_without_aws(tmp_path: Path, no_aws: None) -> None:
    green_lake(tmp_path / "lake", [row("vol-0123456789abcdef0")])
    report, *_ = plan_all(workspace(tmp_path))
    assert report.closed == ""
    assert report.decisions[0].verb is Verb.LEAVE
    assert "no AWS account reachable" in report.decisions[0].reason


def test_plans_are_shown_by_reason(
    tmp_path: Path, no_aws: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "250")
    green_lake(tmp_path / "lake", [row("vol-0123456789abcdef0"), row("vol-1111111111111111a")])
    ws = workspace(tmp_path)

    show_plans(ws, plan_all(ws))

    shown = capsys.readouterr().out
    (line,) = [line for line in shown.splitlines() if "no AWS account reachable" in line]
    assert line.split()[-3:] == ["2", "16.00", "USD"]
    assert ws.out.document["act"]["plans"][0]["counts"] == {"left alone": 2}


def test_run_either_marks_or_acts(account: Account) -> None:
    volume = account.volume()
    green_lake(account.root / "lake", [row(volume)])
    assert finops(workspace(account.root), "idle_cleanup", "--mark", "--apply").exit_code == 2
    ws = workspace(account.root, as_json=True)
    assert finops(ws, "idle_cleanup", "--mark").exit_code == 0
    assert ws.out.document["act"]["counts"] == {"marked": 1}
    assert account.volume_ids() == {volume}


def test_showing_help_loads_neither_aws_nor_arrow() -> None:
    program = "import sys, lambdas.cli; print([n for n in ('boto3', 'botocore', 'pyarrow') if n in sys.modules])"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_lambda_code_loads_no_terminal_tools() -> None:
    program = (
        "import sys, lambdas.idle_cleanup.handler, lambdas.idle_cleanup.act\n"
        "print([n for n in ('rich', 'typer', 'dbt', 'great_expectations', 'duckdb') if n in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
