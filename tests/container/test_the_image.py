"""The image is made of what is locked and of our own rooms, holds no tool, and runs as nobody."""

from __future__ import annotations

import fnmatch
import importlib.metadata
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = "aws-finops-cost-optimizer"

Lock = dict[str, tuple[str, frozenset[str]]]


def stages() -> list[list[tuple[str, str]]]:
    """The instructions of the Dockerfile, a list for each FROM; what stands before the first one is left out."""
    text = re.sub(r"(?m)^#.*\n", "", (ROOT / "Dockerfile").read_text()).replace("\\\n", " ")
    found: list[list[tuple[str, str]]] = []
    for line in filter(str.strip, text.splitlines()):
        name, _, value = line.partition(" ")
        if name == "FROM":
            found.append([])
        if found:
            found[-1].append((name, " ".join(value.split())))
    return found


def lock(name: str) -> Lock:
    """Version and hashes of each package."""
    found: Lock = {}
    for block in re.split(r"(?m)^(?=[a-z0-9])", (ROOT / name).read_text()):
        if named := re.match(r"([\w.-]+)==(\S+)", block):
            found[named[1]] = (named[2], frozenset(re.findall(r"--hash=(\S+)", block)))
    return found


def required(names: list[str]) -> set[str]:
    """All that these need on this machine, by what the installed packages say of themselves."""
    found: set[tuple[str, str]] = set()
    waiting = [Requirement(name) for name in names]
    while waiting:
        one = waiting.pop()
        for extra in ("", *one.extras):
            key = (canonicalize_name(one.name), extra)
            if key in found:
                continue
            found.add(key)
            for text in importlib.metadata.requires(one.name) or ():
                needed = Requirement(text)
                if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                    waiting.append(needed)
    return {name for name, _ in found}


def test_the_base_is_pinned_by_tag_and_digest():
    base = re.search(r"(?m)^ARG PYTHON_IMAGE=(.*)$", (ROOT / "Dockerfile").read_text())
    assert base is not None
    assert re.fullmatch(r"python:3\.11\.\d+-slim-bookworm@sha256:[0-9a-f]{64}", base[1])
    assert [stage[0][1].split()[0] for stage in stages()] == ["${PYTHON_IMAGE}"] * 2


def test_what_runs_is_made_without_a_shell_and_runs_as_nobody():
    last = stages()[-1]
    told = dict(last)
    assert not [value for name, value in last if name in ("RUN", "ADD")]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", told["USER"])
    assert (told["ENTRYPOINT"], told["CMD"]) == ('["finops"]', '["run"]')
    assert told["STOPSIGNAL"] == "SIGTERM"
    assert told["VOLUME"] == f'["{told["WORKDIR"]}"]'
    assert re.search(rf"HOME={told['WORKDIR']} .*TMPDIR={told['WORKDIR']} ", told["ENV"])
    assert not re.search(r"(?i)secret|token|password|access_key", (ROOT / "Dockerfile").read_text())


def test_every_package_is_taken_by_its_hash():
    runs = " ".join(value for name, value in stages()[0] if name == "RUN")
    assert runs.count("--require-hashes") == 2
    assert "requirements.lock" not in runs


def test_the_image_holds_every_room_that_the_package_holds():
    packaged = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    copied = {part for name, value in stages()[0] if name == "COPY" for part in value.split()[:-1]}
    assert set(packaged["only-include"]) <= copied
    lines = [one for one in (ROOT / ".dockerignore").read_text().splitlines() if one and not one.startswith("#")]
    assert lines[0] == "*"
    assert {line[1:] for line in lines if line.startswith("!")} == copied


@pytest.mark.parametrize("name", [".env", "finops-lake", "demo", ".venv", ".git", "bills", "tests", "terraform"])
def test_nothing_else_of_the_folder_is_sent_to_the_builder(name: str):
    allowed = [one[1:] for one in (ROOT / ".dockerignore").read_text().splitlines() if one.startswith("!")]
    assert not any(fnmatch.fnmatch(name, pattern) for pattern in allowed)


@pytest.mark.parametrize("name", ["requirements-runtime.lock", "requirements-build.lock"])
def test_the_image_takes_the_very_files_that_are_tested(name: str):
    tested = lock("requirements.lock")
    for package, taken in lock(name).items():
        assert tested.get(package) == taken, f"{package}: run `make lock`"
        assert taken[1], f"{package} has no hash"


def test_what_runs_is_locked_and_no_more():
    named = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert set(lock("requirements-runtime.lock")) == required(named), "run `make lock`"


def why_there_is_no_docker() -> str:
    """Empty where there is an engine that can build."""
    try:
        subprocess.run(["docker", "info"], check=True, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as error:
        return str(getattr(error, "stderr", "") or error).strip()
    return ""


@pytest.mark.slow
def test_the_image_is_built_and_tells_its_version_with_nothing_to_write_to():
    if reason := why_there_is_no_docker():
        pytest.skip(f"the image is not built here, there is no Docker engine: {reason}")
    subprocess.run(["docker", "build", "--tag", "finops:tested", "."], check=True, cwd=ROOT)
    command = ["docker", "run", "--rm", "--read-only", "--cap-drop=ALL", "--network=none", "finops:tested", "--version"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert told.strip() == f"finops {importlib.metadata.version(PROJECT)}"
