"""The command is documented, teaches, starts fast, and ends with the exit codes it promises."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

import finops

ROOT = Path(__file__).parents[2]
COMMAND = get_command(finops.app)
VERBS = sorted(COMMAND.commands)  # type: ignore[attr-defined]
runner = CliRunner()


def test_the_verbs_are_the_steps_of_the_pipeline_and_their_helpers():
    assert VERBS == [
        "act",
        "approve",
        "build",
        "collect",
        "dashboard",
        "deliveries",
        "doctor",
        "explain",
        "ingest",
        "reconcile",
        "report",
        "run",
        "synth",
        "validate",
    ]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_stands_in_the_readme(verb: str):
    assert f"finops {verb}" in (ROOT / "README.md").read_text()


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text().splitlines()) < 150


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str):
    result = runner.invoke(finops.app, [verb, "--help"])
    assert result.exit_code == 0
    command = COMMAND.commands[verb]  # type: ignore[attr-defined]
    assert command.help and len(command.help.split()) >= 10
    for option in command.params:
        if option.name != "help":
            assert getattr(option, "help", None), f"finops {verb}: {option.name} has no help"


def test_the_exit_codes_are_documented_where_people_look():
    help_text = runner.invoke(finops.app, ["--help"]).output
    assert re.search(r"Exit codes", help_text)
    assert "70" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (["run", "--lake", "x", "--bills", "b"], ["--lake", "x", "run", "--bills", "b"]),
        (["run", "--json", "--lake=x"], ["--json", "--lake=x", "run"]),
        (["report", "-v"], ["-v", "report"]),
        (["report", "--", "--json"], ["report", "--", "--json"]),
        (["--json", "report", "--lake"], ["--json", "--lake"]),
    ],
)
def test_options_of_every_verb_may_stand_behind_it(given: list[str], meant: list[str]):
    assert finops.hoist_global_flags(given) == meant


def test_a_profile_that_does_not_exist_is_told_with_the_valid_ones():
    done = finops_run("--profile", "azure", "doctor")
    assert done.returncode == 2
    assert "local, aws" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_lake_says_what_to_do_first(tmp_path: Path):
    for verb in ("build", "validate", "dashboard", "report"):
        done = finops_run("--lake", str(tmp_path / "lake"), verb)
        assert done.returncode in (1, 2), verb
        assert "to do:" in done.stderr, verb
        assert "Traceback" not in done.stderr, verb


def test_the_command_starts_without_loading_what_it_does_not_use():
    code = (
        "import sys, finops; "
        "heavy = {'dbt', 'great_expectations', 'duckdb', 'awswrangler', 'pandas', 'boto3'} & set(sys.modules); "
        "sys.exit(', '.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, f"loaded at start: {done.stderr}"


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], [], ["report", "--format", "xml"], ["ingest"], ["build", "--oops"], ["report", "--lake"]],
)
def test_a_wrong_command_line_is_one_readable_error_and_one_json_document(arguments: list[str]):
    done = finops_run("--json", *arguments)
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["exit_code"] == 2
    assert [line.partition(":")[0].strip() for line in done.stderr.splitlines()] == ["error", "where", "to do"]


@pytest.mark.parametrize("arguments", [[], ["-h"], ["run", "-h"], ["--version"]])
def test_a_stranger_s_first_words_are_answered(arguments: list[str]):
    done = finops_run(*arguments)
    assert done.returncode == 0
    assert "finops" in done.stdout


def test_help_of_a_verb_tells_of_the_options_of_every_verb():
    assert "--lake" in runner.invoke(finops.app, ["run", "--help"]).output


def finops_run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "finops", *arguments], capture_output=True, text=True, cwd=ROOT, check=False
    )
