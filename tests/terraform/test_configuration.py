"""Terraform itself on our files: their layout, their validity, the modules' own tests, and that those can fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terraform.conftest import TREE, TerraformTree

pytestmark = pytest.mark.terraform

MODULES = sorted(f"modules/{path.name}" for path in (TREE / "modules").iterdir() if path.is_dir())
ROOTS = [
    "bootstrap",
    *sorted(f"environments/{path.name}" for path in (TREE / "environments").iterdir() if path.is_dir()),
]


def test_every_file_is_formatted(tree: TerraformTree) -> None:
    done = tree.run(".", "fmt", "-check", "-recursive", "-diff", "-no-color")
    assert done.returncode == 0, f"Run `terraform fmt -recursive terraform`:\n{done.stdout}"


# Validating a root validates the modules that it calls; `terraform test` does it for a module that none calls yet.
@pytest.mark.parametrize("where", ROOTS)
def test_configuration_is_valid_without_warnings(tree: TerraformTree, where: str) -> None:
    assert tree.check(where, "validate", "-no-color").strip() == "Success! The configuration is valid."


@pytest.mark.parametrize("where", MODULES)
def test_tests_of_the_module_pass(tree: TerraformTree, where: str) -> None:
    assert list((TREE / where / "tests").glob("*.tftest.hcl")), f"{where} has no tests"
    assert ", 0 failed" in tree.check(where, "test", "-no-color")


def _without_tls_denial(main: Path) -> None:
    text = main.read_text()
    broken = text.replace('"aws:SecureTransport" = "false"', '"aws:SecureTransport" = "true"')
    assert broken != text
    main.write_text(broken)


def test_module_whose_tls_denial_is_broken_fails_its_tests(changeable_tree: TerraformTree) -> None:
    where = "modules/secure_bucket"
    _without_tls_denial(changeable_tree.root / where / "main.tf")
    done = changeable_tree.run(where, "test", "-no-color", "-filter=tests/guards.tftest.hcl")
    assert done.returncode == 1
    assert "The policy must deny every call without TLS" in done.stdout
