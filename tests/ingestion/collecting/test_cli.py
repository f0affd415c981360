"""The verb tells what was landed, what was not and why, and ends with the exit code that says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import finops
from lake.output import Output
from tests.ingestion.collecting.conftest import OWN, REGION, Cloud

runner = CliRunner()


@pytest.fixture
def cloud_of_the_command(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    monkeypatch.setattr("boto3.Session", lambda **_: cloud.session)
    monkeypatch.setenv("AWS_REGION", REGION)
    return cloud


def run(*arguments: str) -> tuple[int, str, Exception | None]:
    done = runner.invoke(finops.app, arguments, obj=Output())
    return done.exit_code, done.output, done.exception if isinstance(done.exception, Exception) else None


def test_a_collection_is_told_in_a_table(cloud_of_the_command: Cloud, tmp_path: Path):
    cloud_of_the_command.client("ec2").create_volume(AvailabilityZone=f"{REGION}a", Size=1)
    code, told, _ = run("--lake", str(tmp_path / "lake"), "collect", "inventory")
    assert code == 0
    assert [line.split() for line in told.splitlines() if line.startswith("inventory")] == [
        ["inventory", "11", "11", "1"]
    ]


def test_what_was_not_answered_is_named_and_the_exit_code_is_1(cloud_of_the_command: Cloud, tmp_path: Path):
    cloud_of_the_command.fails("DescribeVolumes", "UnauthorizedOperation")
    _, _, error = run("--lake", str(tmp_path / "lake"), "collect", "inventory")
    assert isinstance(error, finops.CheckFailedError)
    assert error.exit_code == 1
    assert f"inventory volume of {OWN} in {REGION}" in error.what
    assert "docs/collecting.md" in error.todo
    pointer = next((tmp_path / "lake/landing/collections/inventory").glob("*.json"))
    answers = {one["part"]: one["status"] for one in json.loads(pointer.read_text())["answers"]}
    assert (answers["volume"], answers["snapshot"]) == ("denied", "ok")


@pytest.mark.parametrize(
    "arguments", [["volumes"], ["inventory", "--accounts", "42"], ["inventory", "--budget", "much"]]
)
def test_wrong_words_are_refused_before_anything_is_asked(cloud: Cloud, tmp_path: Path, arguments: list[str]):
    _, _, error = run("--lake", str(tmp_path / "lake"), "collect", *arguments)
    assert isinstance(error, finops.SettingsError)
    assert cloud.calls == []
    assert not (tmp_path / "lake").exists()
