"""An account with things that have schedules, and a week that passes run by run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws
from moto.ec2.models import ec2_backends

from lambdas.registry import action
from lambdas.runtime.action import Reach
from lambdas.runtime.model import Request
from lambdas.runtime.report import ActionReport
from tests.lambdas.builders import OWN, REGION
from tests.lambdas.cloud import Cloud

OFFICE = "mon-fri 08:00-18:00"


class Scheduled(Cloud):
    """An account in which a week passes run by run."""

    services = ("ec2", "rds", "autoscaling", "ecs", "application-autoscaling")

    def instance(self, schedule: str | None = OFFICE, *, type: str = "t3.micro", **tags: str) -> str:
        named = {**({"Schedule": schedule} if schedule else {}), **{k.replace("__", ":"): v for k, v in tags.items()}}
        spec = [{"ResourceType": "instance", "Tags": [{"Key": k, "Value": v} for k, v in named.items()]}]
        made = self.client("ec2").run_instances(
            ImageId="ami-12c6146b", MinCount=1, MaxCount=1, InstanceType=type, TagSpecifications=spec if named else []
        )
        return made["Instances"][0]["InstanceId"]

    def state(self, instance: str) -> str:
        told = self.client("ec2").describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
        return told["State"]["Name"]

    def falls_back(self, instance: str, code: str) -> None:
        """EC2 takes back a start, minutes after it said yes."""
        self.client("ec2").stop_instances(InstanceIds=[instance])
        ec2_backends[OWN][REGION].get_instance(instance).state_reason.code = code

    def run(self, at: str, *, apply: bool = True, **reach: Any) -> ActionReport:
        """A run of the scheduler at a moment of UTC, such as 2026-11-26T08:05."""
        now = datetime.fromisoformat(at).replace(tzinfo=UTC)
        request = Request(apply=apply, caps=action("scheduler").caps)
        return self.act("scheduler", request, now=now, reach=Reach(**{"home": REGION, **reach}))


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scheduled]:
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    with mock_aws():
        yield Scheduled(tmp_path)
