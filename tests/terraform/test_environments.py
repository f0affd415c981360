"""What dev and prod would make of an empty account: planned offline by the real provider."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks.running_cost import TABLES, monthly, table

# A plan takes a quarter of a minute: all that looks at it is on one worker.
pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("plans")]

ROOT = Path(__file__).parents[2]

PlanOf = Callable[[str], dict[str, Any]]
BOTH = pytest.mark.parametrize("environment", ["dev", "prod"])

BUCKET_GUARDS = {
    "aws_s3_bucket",
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_versioning",
}


def _planned(plan: dict[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    for change in plan["resource_changes"]:
        if change["type"] == kind:
            yield change["change"]["after"]


def test_both_environments_make_the_same_resources(plan_of: PlanOf) -> None:
    dev, prod = ([change["address"] for change in plan_of(name)["resource_changes"]] for name in ("dev", "prod"))
    assert dev == prod


@BOTH
def test_first_plan_only_creates(plan_of: PlanOf, environment: str) -> None:
    assert {tuple(change["change"]["actions"]) for change in plan_of(environment)["resource_changes"]} == {("create",)}


@BOTH
def test_every_bucket_has_every_guard(plan_of: PlanOf, environment: str) -> None:
    counts = Counter(change["type"] for change in plan_of(environment)["resource_changes"])
    assert {kind: counts[kind] for kind in BUCKET_GUARDS} == dict.fromkeys(BUCKET_GUARDS, 3)


@BOTH
def test_every_taggable_resource_names_environment_and_owner(plan_of: PlanOf, environment: str) -> None:
    tagged = [change for change in plan_of(environment)["resource_changes"] if "tags_all" in change["change"]["after"]]
    assert {change["type"] for change in tagged} >= {"aws_s3_bucket", "aws_kms_key", "aws_athena_workgroup"}
    for change in tagged:
        tags = change["change"]["after"]["tags_all"]
        assert tags["environment"] == environment, change["address"]
        assert tags["owner"], change["address"]


@BOTH
def test_key_policy_delegates_to_the_account(plan_of: PlanOf, environment: str) -> None:
    keys = list(_planned(plan_of(environment), "aws_kms_key"))
    delegated = {
        "Sid": "DelegateToAccount",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    assert len(keys) == 2
    assert all(delegated in json.loads(key["policy"])["Statement"] for key in keys)


def _destroyable(plan: dict[str, Any]) -> list[bool]:
    keepers = {
        "aws_s3_bucket": "force_destroy",
        "aws_athena_workgroup": "force_destroy",
        "aws_ecr_repository": "force_delete",
    }
    return [after[flag] for kind, flag in keepers.items() for after in _planned(plan, kind)]


def test_prod_cannot_be_destroyed_with_its_contents(plan_of: PlanOf) -> None:
    assert _destroyable(plan_of("prod")) == [False] * 5


def test_dev_can_be_thrown_away_whole(plan_of: PlanOf) -> None:
    assert _destroyable(plan_of("dev")) == [True] * 5


def _retention(plan: dict[str, Any], purpose: str) -> int:
    (days,) = [
        rule["noncurrent_version_expiration"][0]["noncurrent_days"]
        for lifecycle in _planned(plan, "aws_s3_bucket_lifecycle_configuration")
        for rule in lifecycle["rule"]
        if f"-{purpose}-1" in lifecycle["bucket"]
    ]
    return int(days)


@pytest.mark.parametrize("purpose", ["bills", "lake"])
def test_prod_keeps_replaced_versions_longer_than_dev(plan_of: PlanOf, purpose: str) -> None:
    assert _retention(plan_of("prod"), purpose) >= 90 > _retention(plan_of("dev"), purpose)


def test_only_query_results_expire(plan_of: PlanOf) -> None:
    expiring = {
        lifecycle["bucket"]: rule["expiration"][0].get("days")
        for lifecycle in _planned(plan_of("prod"), "aws_s3_bucket_lifecycle_configuration")
        for rule in lifecycle["rule"]
        if rule["expiration"][0].get("days")
    }
    assert expiring == {"finops-prod-athena-results-123456789012": 14}


@BOTH
def test_no_two_environments_share_a_name(plan_of: PlanOf, environment: str) -> None:
    plan = plan_of(environment)
    names = [after["bucket"] for after in _planned(plan, "aws_s3_bucket")]
    names += [after["name"] for after in _planned(plan, "aws_athena_workgroup")]
    names += [after["name"] for after in _planned(plan, "aws_kms_alias")]
    names += [after["name"] for after in _planned(plan, "aws_glue_catalog_database")]
    names += [after["name"] for after in _planned(plan, "aws_iam_role")]
    names += [after["name"] for after in _planned(plan, "aws_sns_topic")]
    assert len(names) == len(set(names)) > 20
    assert all(environment in name for name in names)


def test_running_it_costs_what_the_docs_say(plan_of: PlanOf) -> None:
    told = table(plan_of("prod"))
    assert told in (ROOT / "docs" / "deploying.md").read_text()
    small, large = re.findall(r"\*\*([\d.]+)\*\*", told)
    readme = (ROOT / "README.md").read_text()
    assert f"{small} dollars a month for ten accounts and {large} for two hundred" in " ".join(readme.split())


def test_small_organisation_pays_less_than_ten_dollars_a_month(plan_of: PlanOf) -> None:
    told = yaml.safe_load(TABLES.read_text())
    assert sum(monthly(plan_of("prod"), told["organisations"]["small"], told["prices"]).values()) < 10
