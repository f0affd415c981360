"""An account with things that have schedules, and a week that passes run by run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from moto import mock_aws
from moto.ec2.models import ec2_backends

from lake.accounts import Accounts
from lake.store import LocalStore
from lambdas.registry import action
from lambdas.runtime.action import Reach, Run
from lambdas.runtime.model import Request
from lambdas.runtime.report import ActionReport
from lambdas.runtime.run import run_action
from tests.lambdas.builders import OWN, REGION
from tests.lambdas.conftest import new_session

OFFICE = "mon-fri 08:00-18:00"
SERVICES = ("ec2", "rds", "autoscaling", "ecs", "application-autoscaling")


class Cloud:
    """One account in moto; every call of the code under test goes through `asked`, and any can be answered instead."""

    def __init__(self, root: Path) -> None:
        self.store = LocalStore(root / "lake")
        self.session = new_session()
        self.clients: dict[str, Any] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.errors: dict[str, tuple[str, str]] = {}
        self.run_number = 0
        for service in SERVICES:
            self.session.events.register(f"before-call.{service}", self._before_call)

    def _before_call(self, model: Any, params: Any, **_: Any) -> tuple[AWSResponse, dict[str, Any]] | None:
        body = params["body"] if isinstance(params["body"], dict) else {"body": params["body"]}
        self.asked.append((model.name, body))
        code, about = self.errors.get(model.name, ("", ""))
        if not code or about not in str(body):
            return None
        error = {"Code": code, "Message": f"{code} for a test"}
        return AWSResponse("", 400, {}, None), {"Error": error, "ResponseMetadata": {"HTTPStatusCode": 400}}

    def client(self, service: str) -> Any:
        if service not in self.clients:
            self.clients[service] = new_session().client(service, region_name=REGION)
        return self.clients[service]

    def instance(self, schedule: str | None = OFFICE, *, type: str = "t3.micro", **tags: str) -> str:
        named = {**({"Schedule": schedule} if schedule else {}), **{k.replace("__", ":"): v for k, v in tags.items()}}
        spec = [{"ResourceType": "instance", "Tags": [{"Key": k, "Value": v} for k, v in named.items()]}]
        made = self.client("ec2").run_instances(
            ImageId="ami-12c6146b", MinCount=1, MaxCount=1, InstanceType=type, TagSpecifications=spec if named else []
        )
        return made["Instances"][0]["InstanceId"]

    def tag(self, instance: str, key: str, value: str) -> None:
        self.client("ec2").create_tags(Resources=[instance], Tags=[{"Key": key, "Value": value}])

    def state(self, instance: str) -> str:
        told = self.client("ec2").describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
        return told["State"]["Name"]

    def falls_back(self, instance: str, code: str) -> None:
        """EC2 takes back a start, minutes after it said yes."""
        self.client("ec2").stop_instances(InstanceIds=[instance])
        backend = ec2_backends[OWN][REGION].get_instance(instance)
        backend.state_reason.code = code

    def run(self, at: str, *, apply: bool = True, **reach: Any) -> ActionReport:
        """A run of the scheduler at a moment of UTC, such as 2026-11-26T08:05."""
        now = datetime.fromisoformat(at).replace(tzinfo=UTC)
        self.run_number += 1
        run_id = f"run-{self.run_number}"
        place = Reach(**{"home": REGION, **reach})
        run = Run(self.store, Accounts(run_id, session=self.session), run_id, now, reach=place, clock=lambda: now)
        return run_action(run, action("scheduler"), Request(apply=apply, caps=action("scheduler").caps))

    def changes(self) -> list[str]:
        """Calls of the last runs that changed something, and forget them."""
        reading = ("Describe", "List")
        found = [name for name, body in self.asked if not name.startswith(reading) and body.get("DryRun") != "true"]
        self.asked.clear()
        return found


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    with mock_aws():
        yield Cloud(tmp_path)
