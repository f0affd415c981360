"""Terraform for tests: `pytest` is the one command, with or without internet.

Where the AWS provider comes from, the first that works:
  1. whatever the environment already tells Terraform: the registry, ~/.terraform.d/plugins, TF_CLI_CONFIG_FILE;
  2. `-plugin-dir=$TF_PLUGIN_DIR`, the folder of an unpacked mirror.
With neither the tests are skipped and say why; TERRAFORM_TESTS=required makes that a failure, for CI.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import pytest

TREE = Path(__file__).parents[2] / "terraform"
OLDEST = (1, 11)  # override_during = plan, which the modules' own tests use

PROBE = """
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}
"""


def clean_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for Terraform: no real account can be reached, and no missing CLI config is named."""
    kept = {name: value for name, value in environ.items() if not name.startswith("AWS_")}
    config = kept.get("TF_CLI_CONFIG_FILE")
    if config is not None and not Path(config).is_file():
        del kept["TF_CLI_CONFIG_FILE"]
    return {
        "TF_REGISTRY_DISCOVERY_RETRY": "0",
        **kept,
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
        "CHECKPOINT_DISABLE": "1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        # Terraform and its provider live for seconds: looking for memory to free takes them half of their time.
        "GOGC": "off",
        "GOMEMLIMIT": "1GiB",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",  # nobody listens: a call that slips through fails at once
    }


def run(directory: Path, env: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """One terraform command, both streams in `stdout`."""
    return subprocess.run(
        ["terraform", *arguments],
        cwd=directory,
        env=dict(env),
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=300,
        check=False,
    )


def _unavailable(reason: str) -> NoReturn:
    if os.environ.get("TERRAFORM_TESTS") == "required":
        pytest.fail(f"TERRAFORM_TESTS=required, but {reason}", pytrace=False)
    pytest.skip(reason)


def _old_version(env: Mapping[str, str], directory: Path) -> str | None:
    version = json.loads(run(directory, env, "version", "-json").stdout)["terraform_version"]
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    return version if numbers < OLDEST else None


@pytest.fixture(scope="session")
def terraform_env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment in which `terraform init` finds the AWS provider, looked for once per session."""
    if shutil.which("terraform") is None:
        _unavailable("terraform is not on PATH")
    env = clean_environment(os.environ)
    probe = tmp_path_factory.mktemp("terraform-probe")
    if old := _old_version(env, probe):
        _unavailable(f"terraform {old} is older than {'.'.join(map(str, OLDEST))}")
    (probe / "main.tf").write_text(PROBE)
    # From the registry the provider is fetched once for all roots; a mirror is only linked.
    cache = str(tmp_path_factory.mktemp("terraform-plugins"))
    tries = [{"TF_PLUGIN_CACHE_DIR": cache, **env}]
    mirror = os.environ.get("TF_PLUGIN_DIR")
    if mirror:
        tries.append({**env, "TF_CLI_ARGS_init": f"-plugin-dir={mirror}"})
    said = ""
    for attempt in tries:
        done = run(probe, attempt, "init", "-backend=false", "-no-color")
        if done.returncode == 0:
            return attempt
        said = " ".join(re.sub(r"[╷│╵]", " ", done.stdout).partition("Error:")[2].split())
    _unavailable(
        "no AWS provider: the registry is out of reach and TF_PLUGIN_DIR "
        + (f"did not help ({said[:160]})" if mirror else f"is not set ({said[:160]})")
    )


@dataclass(frozen=True)
class TerraformTree:
    """A copy of terraform/ in which commands run. Each directory is initialised once, when first used."""

    root: Path
    env: dict[str, str]
    _ready: set[str] = field(default_factory=set)

    def run(self, where: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One command in a directory of the tree, for example `modules/lake`; any exit code."""
        directory = self.root / where
        if where not in self._ready:
            # A root must be content with its committed lock; modules have none.
            locked = ["-lockfile=readonly"] if (directory / ".terraform.lock.hcl").exists() else []
            done = run(directory, self.env, "init", "-backend=false", "-no-color", *locked)
            assert done.returncode == 0, f"terraform init in {where}:\n{done.stdout[-4000:]}"
            self._ready.add(where)
        return run(directory, self.env, *arguments)

    def check(self, where: str, *arguments: str) -> str:
        """The output of a command that must succeed."""
        done = self.run(where, *arguments)
        assert done.returncode == 0, f"terraform {' '.join(arguments)} in {where}:\n{done.stdout[-6000:]}"
        return done.stdout


def copy_tree(target: Path) -> Path:
    """terraform/ without what Terraform itself left in it."""
    shutil.copytree(TREE, target, ignore=shutil.ignore_patterns(".terraform", "*.tfstate*"))
    return target


@pytest.fixture(scope="session")
def tree(terraform_env: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> TerraformTree:
    """The copy that tests share and do not change."""
    return TerraformTree(copy_tree(tmp_path_factory.mktemp("terraform") / "terraform"), terraform_env)


@pytest.fixture
def changeable_tree(terraform_env: dict[str, str], tmp_path: Path) -> TerraformTree:
    """A copy of one's own, to break."""
    return TerraformTree(copy_tree(tmp_path / "terraform"), terraform_env)


_OFFLINE = """
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = "true"
  max_retries                 = 1
}
"""
OFFLINE_PROVIDERS = f'provider "aws" {{{_OFFLINE}provider "aws" {{\n  alias = "us_east_1"{_OFFLINE}'

# The only questions to AWS in a first plan are who we are and which zones there are. `terraform test` can answer them;
# `terraform plan` cannot.
_ASKING = (
    "",
    "module.lake.",
    "module.notifications.",
    "module.billing_export.",
    "module.guardrails.",
    "module.pipeline.",
)
OFFLINE_RUN = (
    "".join(
        f"""
override_data {{
  target = module.platform.{module}data.aws_caller_identity.current
  values = {{ account_id = "123456789012" }}
}}
"""
        for module in (*_ASKING, "module.actions.", "module.quicksight.")
    )
    + """
override_data {
  target = module.platform.module.pipeline.data.aws_availability_zones.this[0]
  values = { names = ["eu-west-1a", "eu-west-1b"] }
}

# What makes the checks content.
variables {
  tell = { alert_emails = ["ops@example.com"] }
  act  = { package_file = "main.tf", layer_arns = ["arn:aws:lambda:eu-west-1:123456789012:layer:pyarrow:1"] }
}

run "planned" {
  command = plan
}
"""
)

Plan = dict[str, Any]


@pytest.fixture(scope="session")
def plan_of(terraform_env: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Plan]:
    """The first plan of an environment by the real provider, offline: `resource_changes` and `output_changes`."""
    copy = TerraformTree(copy_tree(tmp_path_factory.mktemp("terraform-plans") / "terraform"), terraform_env)
    plans: dict[str, Plan] = {}

    def plan(environment: str) -> Plan:
        if environment not in plans:
            where = f"environments/{environment}"
            (copy.root / where / "offline_override.tf").write_text(OFFLINE_PROVIDERS)
            (copy.root / where / "offline.tftest.hcl").write_text(OFFLINE_RUN)
            lines = copy.check(where, "test", "-json", "-verbose").splitlines()
            messages = [json.loads(line) for line in lines if line.startswith("{")]
            plans[environment] = next(m["test_plan"] for m in messages if m["type"] == "test_plan")
        return plans[environment]

    return plan
