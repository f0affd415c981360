"""Sessions in other accounts: narrow enough to matter, wide enough for what the roles there are to do."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from lake.accounts import Accounts
from lake.sessions import ACTING, READ_ONLY, Policy
from tests.lambdas.builders import OTHER, REGION
from tests.lambdas.conftest import Account
from tests.lambdas.policies.iam import Need, allows
from tests.lambdas.policies.test_policies import FOLDER, policy

MODULES = Path(__file__).parents[3] / "terraform" / "modules"
OF_THE_HOME_ACCOUNT = ("cloudwatch:Put", "kms:", "organizations:", "s3:", "sns:", "sts:")
ANYTHING = "arn:aws:ec2:eu-west-1:210987654321:volume/vol-1"


@pytest.mark.parametrize("session", [READ_ONLY, ACTING])
def test_session_is_no_longer_than_aws_takes(session: Policy) -> None:
    assert len(json.dumps(session, separators=(",", ":"))) < 2048


def test_role_is_assumed_with_the_limits_of_the_run(account: Account) -> None:
    Accounts("run-1", role_name="finops", at_most=ACTING, session=account.wire.session).ec2(OTHER, REGION)
    (body,) = [body for name, body in account.wire.calls if name == "AssumeRole"]
    assert json.loads(body["Policy"]) == ACTING


def test_collecting_may_look_at_all_that_its_role_allows_and_write_nothing() -> None:
    (reading,) = READ_ONLY["Statement"]
    text = "".join(path.read_text() for path in (MODULES / "collecting").glob("*.tf"))
    asked = set(re.findall(r'"([a-z0-9-]+:[A-Z][A-Za-z]+)"', text)) - {"sts:AssumeRole"}
    assert len(asked) > 20
    assert {one for one in asked if not any(fnmatchcase(one, pattern) for pattern in reading["Action"])} == set()
    assert all(re.fullmatch(r"[a-z0-9-]+:(Describe|Get|List|View)\*", pattern) for pattern in reading["Action"])


def test_acting_may_do_all_that_the_roles_of_actions_allow_elsewhere() -> None:
    wanted = {
        action
        for path in FOLDER.glob("*.json")
        if path.stem != "lake"
        for statement in policy(path.stem)
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
        if not action.startswith(OF_THE_HOME_ACCOUNT)
    }
    assert len(wanted) > 40
    refused = {one for one in wanted if not allows(ACTING["Statement"], Need(one, ANYTHING, {}))}
    assert refused == set()


@pytest.mark.parametrize(
    ("action", "tag", "is_allowed"),
    [
        ("ec2:DeleteVolume", "true", False),
        ("rds:StopDBInstance", "", False),
        ("ec2:DeleteVolume", "False", True),
        ("ec2:DescribeVolumes", "true", True),
        ("iam:CreateUser", None, False),
        ("sts:AssumeRole", None, False),
    ],
)
def test_protected_resources_and_rights_are_out_of_reach(action: str, tag: str | None, is_allowed: bool) -> None:
    context = {} if tag is None else {"aws:ResourceTag/finops:protect": tag}
    assert allows(ACTING["Statement"], Need(action, ANYTHING, context)) is is_allowed
