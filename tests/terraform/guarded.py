"""Functions as they are deployed: event, settings and policy are the account's, and each call is held to them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from lambdas.runtime.entry import handle, utc_now
from tests.lambdas.policies.iam import Need, allows
from tests.lambdas.policies.needs import KEY, needs_of
from tests.support.local_aws import RemoteAws


def run_as_deployed(aws: RemoteAws, action: str, prefix: str, **more: Any) -> dict[str, Any]:
    """What the action answers to the event of its own schedule. A call that its role may not make is denied."""
    function = aws.client("lambda").get_function_configuration(FunctionName=f"{prefix}-{action}")
    (target,) = aws.client("events").list_targets_by_rule(Rule=f"{prefix}-{action}")["Targets"]
    assert target["Arn"] == function["FunctionArn"]
    assert function["Handler"] == f"lambdas.{action}.handler.handler"
    event = {**json.loads(target["Input"]), **more}
    with _held_to(aws, function["Role"].rpartition("/")[2]):
        # Lambda itself tells a function where it is.
        environ = {**function["Environment"]["Variables"], "AWS_REGION": aws.region}
        return handle(action, event, None, environ=environ, now=utc_now())


def statements_of(aws: RemoteAws, role: str) -> list[dict[str, Any]]:
    """All that the policies of a role say, its own and those attached to it; every Action and Resource is a list."""
    iam = aws.client("iam")
    documents = [
        iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    ]
    for attached in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        version = iam.get_policy(PolicyArn=attached["PolicyArn"])["Policy"]["DefaultVersionId"]
        told = iam.get_policy_version(PolicyArn=attached["PolicyArn"], VersionId=version)
        documents.append(told["PolicyVersion"]["Document"])
    return [
        {**one, **{part: _several(one[part]) for part in ("Action", "Resource")}}
        for document in documents
        for one in document["Statement"]
    ]


def _several(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


@contextmanager
def _held_to(aws: RemoteAws, role: str) -> Iterator[None]:
    statements = statements_of(aws, role)
    call, looking = BaseClient._make_api_call, threading.local()

    def held(client: BaseClient, operation: str, params: dict[str, Any]) -> Any:
        if not getattr(looking, "up", False):
            looking.up = True
            try:
                needs = needs_of(client.meta.service_model.service_name, operation, params, aws.client)
            finally:
                looking.up = False
            for need in needs:
                # The key of a bucket is in its own policy; which one it is, tests of the modules tell.
                if need.resource != KEY and not allows(statements, need):
                    raise _denied(need, operation)
        return call(client, operation, params)

    with pytest.MonkeyPatch.context() as patch:
        for name, value in aws.environment.items():
            patch.setenv(name, value)
        patch.setattr(BaseClient, "_make_api_call", held)
        yield


def _denied(need: Need, operation: str) -> ClientError:
    what = f"the role may not {replace(need, context={})}"
    return ClientError({"Error": {"Code": "AccessDenied", "Message": what}}, operation)
