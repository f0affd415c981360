"""How our Terraform is written. Read from the files: these tests need no terraform."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

TREE = Path(__file__).parents[2] / "terraform"
MODULES = sorted((TREE / "modules").iterdir())
ENVIRONMENTS = sorted((TREE / "environments").iterdir())
ROOTS = [TREE / "bootstrap", *ENVIRONMENTS]
NAMES = [path.relative_to(TREE).as_posix() for path in MODULES + ROOTS]
EVERYWHERE = pytest.mark.parametrize("directory", MODULES + ROOTS, ids=NAMES)


def _text(directory: Path) -> str:
    return "\n".join(path.read_text() for path in sorted(directory.glob("*.tf")))


def _blocks(directory: Path, kind: str) -> dict[str, str]:
    """Top-level blocks with one label: label to body. `terraform fmt` puts the closing brace at the line's start."""
    return dict(re.findall(rf'^{kind} "([^"]+)" \{{\n(.*?)^\}}', _text(directory), re.MULTILINE | re.DOTALL))


@EVERYWHERE
def test_every_variable_has_a_description_and_a_type(directory: Path) -> None:
    variables = _blocks(directory, "variable")
    assert variables
    for name, body in variables.items():
        assert re.search(r'^  description = ".{12,}"$', body, re.MULTILINE), f"{name} has no description"
        assert re.search(r"^  type\s+= ", body, re.MULTILINE), f"{name} has no type"
        assert not re.search(r"^  type\s+= any\b", body, re.MULTILINE), f"{name} takes anything"


@EVERYWHERE
def test_every_variable_is_used(directory: Path) -> None:
    text = _text(directory)
    for name, body in _blocks(directory, "variable").items():
        assert re.search(rf"\bvar\.{name}\b", text.replace(body, "")), f"{name} is not used"


@EVERYWHERE
def test_every_output_has_a_description(directory: Path) -> None:
    outputs = _blocks(directory, "output")
    assert outputs
    for name, body in outputs.items():
        assert re.search(r'^  description = ".{12,}"$', body, re.MULTILINE), f"{name} has no description"


@pytest.mark.parametrize("directory", MODULES, ids=lambda path: path.name)
def test_readme_of_a_module_names_every_input_and_output(directory: Path) -> None:
    readme = (directory / "README.md").read_text()
    for name in (*_blocks(directory, "variable"), *_blocks(directory, "output")):
        assert f"`{name}`" in readme, f"{name} is not in {directory.name}/README.md"


@EVERYWHERE
def test_no_account_id_is_written_down(directory: Path) -> None:
    for path in (path for path in directory.iterdir() if path.is_file() and path.name != ".terraform.lock.hcl"):
        assert not re.search(r"\b\d{12}\b", path.read_text()), path


@EVERYWHERE
def test_policies_are_written_with_jsonencode(directory: Path) -> None:
    text = _text(directory)
    assert "aws_iam_policy_document" not in text
    for value in re.findall(r"^\s*(?:policy|assume_role_policy)\s*=\s*(.*)$", text, re.MULTILINE):
        assert value.startswith("jsonencode("), value


def test_environments_differ_only_in_their_values() -> None:
    shared = [[*sorted(directory.glob("*.tf")), directory / ".terraform.lock.hcl"] for directory in ENVIRONMENTS]
    contents = [{path.name: path.read_text() for path in paths} for paths in shared]
    assert len(contents) >= 2
    for one, other in pairwise(contents):
        assert one == other


def test_every_environment_has_its_own_state() -> None:
    keys = {directory.name: (directory / "backend.hcl").read_text() for directory in ENVIRONMENTS}
    assert keys == {name: f'key = "finops/{name}/terraform.tfstate"\n' for name in keys}


@pytest.mark.parametrize("directory", ENVIRONMENTS, ids=lambda path: path.name)
def test_folder_of_an_environment_is_its_name(directory: Path) -> None:
    assert f'environment = "{directory.name}"' in (directory / "terraform.tfvars").read_text()


@pytest.mark.parametrize("directory", ROOTS, ids=lambda path: path.name)
def test_root_pins_the_provider_and_locks_its_hashes(directory: Path) -> None:
    assert re.search(r'version = "~> 5\.100"', (directory / "versions.tf").read_text())
    lock = (directory / ".terraform.lock.hcl").read_text()
    assert re.search(r'provider "registry\.terraform\.io/hashicorp/aws" \{\n  version     = "5\.100\.0"', lock)
    assert '"h1:' in lock
    assert lock.count('"zh:') > 1
