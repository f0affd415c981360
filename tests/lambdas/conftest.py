from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from moto import mock_aws
from moto.ec2.models import ec2_backends

from lake.accounts import Accounts
from lake.store import LocalStore
from lambdas.registry import action
from lambdas.runtime.action import Run
from lambdas.runtime.model import Patience, Request
from lambdas.runtime.report import ActionReport
from lambdas.runtime.run import run_action
from tests.lambdas.builders import NOW, OWN, REGION, green_lake

# Parsing the model of EC2 takes half a second; every session of these tests shares one that is parsed.
_MODELS = botocore.session.Session().get_component("data_loader")


def new_session() -> boto3.Session:
    session = botocore.session.Session()
    session.register_component("data_loader", _MODELS)
    return boto3.Session(botocore_session=session)


Answer = Callable[[dict[str, Any]], dict[str, Any] | None]


@dataclass
class Wire:
    """Every EC2 and STS call that leaves the code under test, and a way to answer one instead of moto."""

    session: boto3.Session = field(default_factory=new_session)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.session.events.register("before-call.ec2", self._before_call)
        self.session.events.register("before-call.sts", self._before_call)

    def _before_call(self, model: Any, params: Any, **_: Any) -> tuple[AWSResponse, dict[str, Any]] | None:
        self.calls.append((model.name, dict(params["body"])))
        answer = self.answers.get(model.name)
        parsed = answer(params["body"]) if answer else None
        if parsed is None:
            return None
        return AWSResponse("", 400 if "Error" in parsed else 200, {}, None), parsed

    def fails(self, operation: str, code: str, *, about: str = "") -> None:
        """Answer an operation with an error; only calls that mention `about`, if given."""
        error = {"Error": {"Code": code, "Message": f"{code} for a test"}, "ResponseMetadata": {"HTTPStatusCode": 400}}
        self.answers[operation] = lambda body: error if about in str(body) else None

    def killed_at(self, operation: str) -> None:
        """Die the way a killed run does, when this operation is about to be called."""

        def die(body: dict[str, Any]) -> None:
            raise KeyboardInterrupt

        self.answers[operation] = die

    def works_again(self) -> None:
        self.answers.clear()

    def names(self) -> list[str]:
        return [name for name, _ in self.calls]

    def changes(self) -> list[str]:
        """Calls that change an account: all but reads and those with EC2's DryRun flag."""
        reading = ("Describe", "Get", "AssumeRole")
        return [name for name, body in self.calls if not name.startswith(reading) and body.get("DryRun") != "true"]


class Account:
    """One account in moto, with what tests ask of it."""

    def __init__(self, wire: Wire, root: Path) -> None:
        self.wire = wire
        self.root = root
        self.ec2 = new_session().client("ec2", region_name=REGION)

    def volume(self, *, age: timedelta = timedelta(days=100), tags: dict[str, str] | None = None, **more: Any) -> str:
        listed = [{"Key": key, "Value": value} for key, value in (tags or {}).items()]
        spec = [{"ResourceType": "volume", "Tags": listed}] if listed else []
        usual = {"AvailabilityZone": f"{REGION}a", "Size": 100, "VolumeType": "gp3"}
        volume_id = self.ec2.create_volume(**{**usual, **more}, TagSpecifications=spec)["VolumeId"]
        ec2_backends[OWN][REGION].volumes[volume_id].create_time = NOW - age
        return volume_id

    def attach(self, volume_id: str) -> str:
        zone = {"AvailabilityZone": f"{REGION}a"}
        made = self.ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, Placement=zone)["Instances"][0]
        self.ec2.attach_volume(VolumeId=volume_id, InstanceId=made["InstanceId"], Device="/dev/sdf")
        return made["InstanceId"]

    def address(self) -> tuple[str, str]:
        made = self.ec2.allocate_address(Domain="vpc")
        return made["AllocationId"], made["PublicIp"]

    def volume_ids(self) -> set[str]:
        return {volume["VolumeId"] for volume in self.ec2.describe_volumes()["Volumes"]}

    def address_ids(self) -> set[str]:
        return {address["AllocationId"] for address in self.ec2.describe_addresses()["Addresses"]}

    def snapshots_of(self, volume_id: str) -> list[Any]:
        found = self.ec2.describe_snapshots(OwnerIds=[OWN])["Snapshots"]
        return [snapshot for snapshot in found if snapshot["VolumeId"] == volume_id]

    def everything(self) -> list[Any]:
        return [
            self.ec2.describe_volumes()["Volumes"],
            self.ec2.describe_addresses()["Addresses"],
            self.ec2.describe_snapshots(OwnerIds=[OWN])["Snapshots"],
            self.ec2.describe_instances()["Reservations"],
        ]

    def lake(self, rows: Sequence[dict[str, Any]]) -> LocalStore:
        return green_lake(self.root / "lake", rows)

    def run(
        self,
        store: LocalStore,
        request: Request | None = None,
        *,
        run_id: str = "run-1",
        now: datetime = NOW,
        role_name: str | None = None,
        patience: Patience | None = None,
    ) -> ActionReport:
        """Run `idle_cleanup` on this account; to apply unless the request says otherwise. Never really sleeps."""
        accounts = Accounts(run_id, role_name=role_name, session=self.wire.session)
        patience = patience or Patience(seconds=0, sleep=_never)
        return run_action(
            Run(store, accounts, run_id, now, patience=patience),
            action("idle_cleanup"),
            request or Request(apply=True),
        )


def _never(seconds: float) -> None:
    raise AssertionError(f"slept {seconds} s")


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An AWS account in which nothing happens but what the test does, without the emulator's thousand images."""
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    with mock_aws():
        yield Account(Wire(), tmp_path)


@pytest.fixture
def no_aws(tmp_path: Path) -> Iterator[None]:
    """A machine on which nobody is signed in to AWS."""
    # A patch of its own: the emulator wants its environment back before the shared one is undone.
    with pytest.MonkeyPatch.context() as monkeypatch:
        _sign_out(monkeypatch, tmp_path)
        yield


def _sign_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
