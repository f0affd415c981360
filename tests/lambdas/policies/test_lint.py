"""Policies as AWS's own tables of actions, resources and condition keys have them, by parliament."""

from __future__ import annotations

import json
import warnings
from fnmatch import fnmatch
from typing import Any

import pytest

from tests.lambdas.builders import OWN
from tests.lambdas.policies.iam import ACCOUNT
from tests.lambdas.policies.test_policies import FOLDER, policy

READING = ("Describe", "Get", "List")


def findings(statements: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    """What parliament finds, but for reads of everything: no action knows beforehand what is there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from parliament import analyze_policy_string

    # It does not know that a variable may stand for an account.
    text = json.dumps({"Version": "2012-10-17", "Statement": statements}).replace(ACCOUNT, OWN)
    found = []
    for one in analyze_policy_string(text, include_community_auditors=False).findings:
        if one.issue == "RESOURCE_STAR" and all(name.split(":")[1].startswith(READING) for name in one.detail):
            continue
        if one.issue == "RESOURCE_MISMATCH" and all(_is_met_elsewhere(wanted, statements) for wanted in one.detail):
            continue
        found.append((one.issue, one.detail))
    return found


def _is_met_elsewhere(wanted: dict[str, str], statements: list[dict[str, Any]]) -> bool:
    """AWS holds each resource of a call against all statements; the linter wants the main one in each of them."""
    return any(
        wanted["action"] in statement["Action"] and fnmatch(resource, wanted["required_format"])
        for statement in statements
        if statement["Effect"] == "Allow"
        for resource in statement["Resource"]
    )


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.json")))
def test_policy_is_without_a_finding(name: str) -> None:
    assert findings(policy(name)) == []


@pytest.mark.parametrize(
    ("change", "issue"),
    [
        ({"Action": ["ec2:DeleteVolumes"]}, "UNKNOWN_ACTION"),
        ({"Resource": [f"arn:aws:ec2:*:{OWN}:snapshot/*"]}, "RESOURCE_MISMATCH"),
        ({"Resource": ["*"]}, "RESOURCE_STAR"),
        ({"Condition": {"StringEquals": {"ec2:Nothing": "x"}}}, "UNKNOWN_CONDITION_FOR_ACTION"),
    ],
)
def test_wrong_policy_is_found(change: dict[str, Any], issue: str) -> None:
    right = {"Effect": "Allow", "Action": ["ec2:DeleteVolume"], "Resource": [f"arn:aws:ec2:*:{OWN}:volume/*"]}
    assert findings([right]) == []
    assert issue in {found for found, _ in findings([{**right, **change}])}
