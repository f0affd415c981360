"""Which instance may change its type, and that one which was found running never ends stopped."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from moto import mock_aws

from lake import verdicts, zones
from lambdas.rightsizing.candidates import candidates, target
from lambdas.rightsizing.decide import RESIZING, WINDOW, Disk, Server, why_not
from lambdas.runtime.model import Patience, Request, Status, Verb
from lambdas.runtime.report import ActionReport
from tests.lambdas.builders import NOW, OWN, REGION, verdict
from tests.lambdas.cloud import Cloud, refusal

# A Saturday night.
NIGHT = datetime(2026, 11, 28, 3, tzinfo=UTC)
IN_WINDOW = {WINDOW: "sat 02:00-05:00"}
COLUMNS = (
    *("recommendation_id", "billing_period", "billing_account_id", "sub_account_id", "region_id", "resource_id"),
    *("rule_id", "recommended_type", "billing_currency", "confidence", "blockers"),
)
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in COLUMNS),
        ("is_latest_period", pa.bool_()),
        ("is_covered_by_commitment", pa.bool_()),
        ("monthly_cost", pa.decimal128(38, 10)),
        ("monthly_savings_cost", pa.decimal128(38, 10)),
    ]
)


def proposal(resource: str, rule: str = "instance_too_large", wanted: str | None = "m5.large", **changes: Any) -> Any:
    usual = {
        "recommendation_id": hashlib.md5(f"{resource}{rule}{wanted}".encode()).hexdigest(),
        "billing_period": f"{NOW:%Y-%m}",
        "billing_account_id": OWN,
        "sub_account_id": OWN,
        "region_id": REGION,
        "resource_id": resource,
        "rule_id": rule,
        "recommended_type": wanted,
        "billing_currency": "USD",
        "is_latest_period": True,
        "is_covered_by_commitment": False,
        "confidence": "high",
        "blockers": None,
        "monthly_cost": Decimal(70),
        "monthly_savings_cost": Decimal(35),
    }
    return {**usual, **changes}


def test_architecture_is_never_changed_and_databases_are_left_to_their_owners() -> None:
    rows = [
        proposal("i-0123456789abcdef0", "graviton", "m6g.large"),
        proposal(f"arn:aws:rds:{REGION}:{OWN}:db:shop", "previous_generation", "db.m5.large"),
        proposal("i-0123456789abcdef0", "instance_too_large", is_latest_period=False),
    ]
    assert candidates(rows) == []


def test_smaller_type_goes_before_a_newer_one() -> None:
    instance = "i-0123456789abcdef0"
    (found,) = candidates([proposal(instance, "previous_generation", "m5.xlarge"), proposal(instance)])
    assert target(found) == "m5.large"


def test_proposal_that_can_be_acted_on_goes_before_one_that_cannot() -> None:
    instance = "i-0123456789abcdef0"
    (found,) = candidates(
        [proposal(instance, "previous_generation", "m5.xlarge"), proposal(instance, confidence="low")]
    )
    assert (target(found), found.problem) == ("m5.xlarge", "")
    assert found.monthly_savings_cost == Decimal(35)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"monthly_savings_cost": None}, "what it would save is not known, or nothing"),
        ({"monthly_savings_cost": Decimal(0)}, "what it would save is not known, or nothing"),
        ({"is_covered_by_commitment": True}, "a commitment pays for it, so nothing is saved until that is free"),
        ({"recommended_type": None}, "no type is proposed"),
        ({"blockers": "of a scaling group"}, "the mart says what stands against it: of a scaling group"),
        # Its memory was not measured: half of it may be too little.
        ({"confidence": "low"}, "the mart is not sure: something that decides was not measured"),
    ],
)
def test_proposal_that_saves_nothing_is_kept_with_its_problem(change: dict[str, Any], problem: str) -> None:
    (found,) = candidates([proposal("i-0123456789abcdef0", **change)])
    assert found.problem == problem


def kind(**changes: Any) -> dict[str, Any]:
    usual = {
        "ProcessorInfo": {"SupportedArchitectures": ["x86_64"]},
        "SupportedVirtualizationTypes": ["hvm"],
        "SupportedBootModes": ["legacy-bios", "uefi"],
        "Hypervisor": "nitro",
        "InstanceStorageSupported": False,
        "HibernationSupported": True,
        "NitroEnclavesSupport": "supported",
        "NetworkInfo": {"EnaSupport": "required", "MaximumNetworkInterfaces": 3, "Ipv4AddressesPerInterface": 10},
        "EbsInfo": {"EbsOptimizedInfo": {"BaselineIops": 3600}},
    }
    return {**usual, **changes}


TOLD = {
    "InstanceType": "m5.xlarge",
    "State": {"Name": "running"},
    "RootDeviceType": "ebs",
    "Architecture": "x86_64",
    "VirtualizationType": "hvm",
    "EnaSupport": True,
    "NetworkInterfaces": [{"PrivateIpAddresses": [{}]}],
    "Placement": {"Tenancy": "default"},
}


def server(
    told: dict[str, Any] | None = None,
    now: dict[str, Any] | None = None,
    then: dict[str, Any] | None = None,
    offered: bool = True,
    **tags: str,
) -> Server:
    listed = [{"Key": key, "Value": value} for key, value in {**IN_WINDOW, **tags}.items()]
    return Server({**TOLD, "Tags": listed, **(told or {})}, kind(**(now or {})), kind(**(then or {})), offered)


def test_instance_in_its_window_may_change() -> None:
    assert why_not(server(), NIGHT) == ""


@pytest.mark.parametrize(
    ("of", "reason"),
    [
        ({"told": {"State": {"Name": "pending"}}}, "its state is pending"),
        ({"told": {"InstanceLifecycle": "spot"}}, "a spot instance"),
        ({"told": {"Operator": {"Managed": True, "Principal": "eks"}}}, "managed by eks"),
        ({"told": {"RootDeviceType": "instance-store"}}, "its root is on instance store"),
        ({"told": {"ProductCodes": [{"ProductCodeId": "x"}]}}, "its licence may be tied to its type"),
        ({"told": {"PlatformDetails": "Windows with SQL Server Standard"}}, "is licensed by type"),
        ({"told": {"CapacityReservationId": "cr-1"}}, "it runs in the capacity reservation cr-1"),
        ({"told": {"Placement": {"Tenancy": "host"}}}, "its tenancy is host"),
        ({"aws:autoscaling:groupName": "web"}, "of a scaling group"),
        ({"aws:cloudformation:stack-name": "web"}, "of a CloudFormation stack"),
        ({"finops:protect": "true"}, "protected by tag"),
        ({"told": {"Architecture": "arm64"}}, "the proposed type does not take its architecture arm64"),
        ({"told": {"VirtualizationType": "paravirtual"}}, "does not take its virtualization paravirtual"),
        ({"told": {"BootMode": "uefi"}, "then": {"SupportedBootModes": ["legacy-bios"]}}, "its boot mode uefi"),
        ({"told": {"EnaSupport": False}}, "the proposed type needs ENA"),
        ({"told": {"NetworkInterfaces": [{}] * 4}}, "it has 4 network interfaces"),
        ({"told": {"NetworkInterfaces": [{"PrivateIpAddresses": [{}] * 11}]}}, "an interface has more addresses"),
        ({"now": {"InstanceStorageSupported": True}}, "what is on its instance store would be lost"),
        ({"now": {"GpuInfo": {"Gpus": []}, "Hypervisor": "nitro"}}, ""),
        ({"now": {"GpuInfo": {"Gpus": [{}]}}}, "the proposed type has no GPU"),
        ({"now": {"Hypervisor": "xen"}}, "from Xen to Nitro it needs drivers"),
        ({"now": {"Hypervisor": "xen"}, "finops:nitro-ready": "true"}, ""),
        (
            {"told": {"HibernationOptions": {"Configured": True}}, "then": {"HibernationSupported": False}},
            "the proposed type cannot hibernate",
        ),
        ({"told": {"EnclaveOptions": {"Enabled": True}}, "then": {"NitroEnclavesSupport": "unsupported"}}, "enclaves"),
        ({"offered": False}, "the proposed type is not offered in its zone"),
        ({WINDOW: "sun 02:00-05:00"}, "outside of its window"),
        ({WINDOW: "at night"}, "its window cannot be read"),
    ],
)
def test_instance_is_left_alone_with_the_reason(of: dict[str, Any], reason: str) -> None:
    told = why_not(server(**of), NIGHT)
    assert reason in told
    assert bool(told) == bool(reason) or "GPU" in told


def test_type_that_aws_does_not_know_is_unknown_and_never_tried() -> None:
    # moto would take it, running or not.
    assert "is not known" in why_not(replace(server(), then={}), NIGHT)


def test_instance_without_a_window_is_never_changed_and_a_stopped_one_may_be_at_any_time() -> None:
    assert "told no window" in why_not(replace(server(), told={**TOLD, "Tags": []}), NIGHT)
    at_rest = replace(server(), told={**server().told, "State": {"Name": "stopped"}})
    assert why_not(at_rest, datetime(2026, 11, 25, 12, tzinfo=UTC)) == ""


@pytest.mark.parametrize(
    ("size", "iops", "throughput"),
    [(8, 3000, 125), (170, 3000, 125), (171, 3000, 250), (2000, 6000, 250), (9000, 16000, 250)],
)
def test_gp3_is_no_slower_than_gp2_was(size: int, iops: int, throughput: int) -> None:
    disk = Disk("vol-1", "gp2", "in-use", size)
    assert (disk.iops, disk.throughput) == (iops, throughput)


class Sized(Cloud):
    services = ("ec2",)

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        # moto's answer is a list of a thousand types by the page.
        self.answers["DescribeInstanceTypes"] = lambda body: {
            "InstanceTypes": [{"InstanceType": name, **kind()} for name in ("m5.xlarge", "m5.large")]
        }
        self.slept: list[float] = []

    def propose(self, *rows: Any) -> None:
        sink = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(list(rows), schema=SCHEMA), sink)
        self.store.write(zones.published_mart("rightsizing_recommendations"), sink.getvalue())
        version = hashlib.sha256(sink.getvalue()).hexdigest()
        told = verdict(
            version,
            mart="rightsizing_recommendations",
            data_through="2026-11-27",
            validated_at="2026-11-28T01:00:00+00:00",
            expires_at="2026-11-29T01:00:00+00:00",
        )
        self.store.delete(told.key())
        verdicts.record(self.store, told)

    def instance(self, **tags: str) -> str:
        listed = [{"Key": key, "Value": value} for key, value in {**IN_WINDOW, **tags}.items()]
        made = self.client("ec2").run_instances(
            ImageId="ami-12c6146b",
            MinCount=1,
            MaxCount=1,
            InstanceType="m5.xlarge",
            Placement={"AvailabilityZone": f"{REGION}a"},
            TagSpecifications=[{"ResourceType": "instance", "Tags": listed}],
        )
        name = made["Instances"][0]["InstanceId"]
        self.propose(proposal(name))
        return name

    def told(self, name: str) -> tuple[str, str, bool]:
        """Its state, its type, and whether a change of it is still marked."""
        found = self.client("ec2").describe_instances(InstanceIds=[name])["Reservations"][0]["Instances"][0]
        is_marked = any(tag["Key"] == RESIZING for tag in found.get("Tags") or [])
        return found["State"]["Name"], found["InstanceType"], is_marked

    def run(self, request: Request | None = None, *, ends_at: float | None = None) -> ActionReport:
        patient = Patience(
            seconds=30, pause=10, ends_at=ends_at, clock=lambda: sum(self.slept), sleep=self.slept.append
        )
        return self.act("rightsizing", request, now=NIGHT, patience=patient)


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sized]:
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    with mock_aws():
        made = Sized(tmp_path)
        made.answers["DescribeInstances"] = with_ena(made)
        yield made


def with_ena(cloud: Sized) -> Any:
    """moto tells no EnaSupport, and of every image that it is of Xen's old kind; the rest is taken as it tells it."""

    def answer(body: dict[str, Any]) -> dict[str, Any]:
        told = cloud.client("ec2").describe_instances(
            Filters=[{"Name": body["Filter.1.Name"], "Values": [v for k, v in body.items() if ".Value." in k]}]
        )
        for reservation in told["Reservations"]:
            for each in reservation["Instances"]:
                each.update(EnaSupport=True, VirtualizationType="hvm")
        return {"Reservations": told["Reservations"]}

    return answer


def test_instance_is_stopped_changed_started_and_checked(cloud: Sized) -> None:
    name = cloud.instance()
    report = cloud.run()
    assert [out.status for out in report.outcomes] == [Status.DONE], report.outcomes[0].detail
    assert cloud.told(name) == ("running", "m5.large", False)
    assert cloud.changes() == ["CreateTags", "StopInstances", "ModifyInstanceAttribute", "StartInstances", "DeleteTags"]
    (entry,) = cloud.ledger("rightsizing")
    assert (entry["before"], entry["after"]["instance_type"]) == ({"instance_type": "m5.xlarge"}, "m5.large")
    assert "--instance-type Value=m5.xlarge" in entry["undo"]


def test_dry_run_asks_for_every_right_and_changes_nothing(cloud: Sized) -> None:
    name = cloud.instance()
    report = cloud.run(Request())
    assert [out.status for out in report.outcomes] == [Status.WOULD_ACT]
    assert cloud.changes() == []
    assert cloud.told(name) == ("running", "m5.xlarge", False)


def test_stopped_instance_stays_stopped(cloud: Sized) -> None:
    name = cloud.instance()
    cloud.client("ec2").stop_instances(InstanceIds=[name])
    cloud.run()
    assert cloud.told(name) == ("stopped", "m5.large", False)
    assert cloud.changes() == ["ModifyInstanceAttribute"]


@pytest.mark.parametrize(
    ("operation", "about"),
    [
        ("StopInstances", ""),
        ("ModifyInstanceAttribute", "m5.large"),
        ("DescribeInstanceStatus", ""),
    ],
)
def test_failure_at_any_step_ends_running_on_the_old_type(cloud: Sized, operation: str, about: str) -> None:
    name = cloud.instance()
    cloud.errors[operation] = ("InternalError", about)
    report = cloud.run()
    assert cloud.told(name) == ("running", "m5.xlarge", False)
    assert report.failures[0].detail.endswith("it runs again")
    assert cloud.ledger("rightsizing") == []


@pytest.mark.parametrize("right", ["StartInstances", "ModifyInstanceAttribute"])
def test_nothing_is_stopped_that_may_not_be_started_again(cloud: Sized, right: str) -> None:
    name = cloud.instance()
    cloud.errors[right] = ("UnauthorizedOperation", "")
    report = cloud.run()
    assert report.failures[0].detail.endswith("it was not stopped")
    assert cloud.told(name) == ("running", "m5.xlarge", False)


def test_missing_capacity_for_the_new_type_brings_the_old_one_back(cloud: Sized) -> None:
    name = cloud.instance()

    def no_room(body: dict[str, Any]) -> dict[str, Any] | None:
        return refusal("InsufficientInstanceCapacity") if cloud.told(name)[1] == "m5.large" else None

    cloud.answers["StartInstances"] = no_room
    report = cloud.run()
    assert "InsufficientInstanceCapacity" in report.failures[0].detail
    assert cloud.told(name) == ("running", "m5.xlarge", False)


def test_checks_that_are_not_passed_bring_the_old_type_back(cloud: Sized) -> None:
    name = cloud.instance()
    bad = {"InstanceStatus": {"Status": "impaired"}, "SystemStatus": {"Status": "ok"}}
    cloud.answers["DescribeInstanceStatus"] = lambda body: {"InstanceStatuses": [bad]}
    report = cloud.run()
    assert "its checks were not passed as m5.large" in report.failures[0].detail
    assert cloud.told(name) == ("running", "m5.xlarge", False)


@pytest.mark.parametrize("step", ["ModifyInstanceAttribute", "StartInstances", "DeleteTags"])
def test_run_that_was_killed_is_mended_by_the_next_one(cloud: Sized, step: str) -> None:
    name = cloud.instance()

    def killed(body: dict[str, Any]) -> None:
        if body.get("DryRun") != "true":
            raise KeyboardInterrupt

    cloud.answers[step] = killed
    with pytest.raises(KeyboardInterrupt):
        cloud.run()
    assert cloud.told(name)[2]
    del cloud.answers[step]
    report = cloud.run()
    assert (cloud.told(name)[0], cloud.told(name)[2]) == ("running", False)
    assert report.decisions[0].verb is (Verb.RESIZE if step == "DeleteTags" else Verb.START)


def test_instance_that_is_not_well_after_a_killed_run_is_told_until_a_person_looked(cloud: Sized) -> None:
    name = cloud.instance()
    cloud.cut_off_after["StartInstances"] = KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        cloud.run()
    cloud.cut_off_after.clear()
    bad = {"InstanceStatus": {"Status": "impaired"}, "SystemStatus": {"Status": "ok"}}
    cloud.answers["DescribeInstanceStatus"] = lambda body: {"InstanceStatuses": [bad]}
    for _ in range(2):
        (failed,) = cloud.run().failures
        assert failed.detail.endswith("it runs as m5.large and its checks are not passed; it was m5.xlarge")
    assert cloud.told(name) == ("running", "m5.large", True)
    assert cloud.ledger("rightsizing") == []


def test_instance_that_has_the_type_already_is_not_stopped(cloud: Sized) -> None:
    name = cloud.instance()
    cloud.propose(proposal(name, wanted="m5.xlarge"))
    assert cloud.run().outcomes[0].detail == "it is of the type m5.xlarge already"
    assert cloud.changes() == []


def test_nothing_is_stopped_that_could_not_be_started_again_in_time(cloud: Sized) -> None:
    name = cloud.instance()
    report = cloud.run(ends_at=500)
    assert report.outcomes[0].status is Status.WAITING
    assert cloud.told(name) == ("running", "m5.xlarge", False)


def test_gp2_becomes_gp3_and_one_that_is_being_changed_waits(cloud: Sized) -> None:
    ec2 = cloud.client("ec2")
    made = [ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=2000, VolumeType="gp2")["VolumeId"] for _ in range(2)]
    cloud.propose(*(proposal(name, "gp2_to_gp3", "gp3") for name in made))
    cloud.answers["DescribeVolumesModifications"] = lambda body: {"VolumesModifications": []}
    cloud.answers["ModifyVolume"] = lambda body: {"VolumeModification": {"ModificationState": "modifying"}}
    cloud.errors["ModifyVolume"] = ("IncorrectModificationState", made[1])
    report = cloud.run()
    assert {out.decision.resource_id: out.status for out in report.outcomes} == {
        made[0]: Status.DONE,
        made[1]: Status.WAITING,
    }
    (body, *_) = [body for _, name, body in cloud.asked if name == "ModifyVolume"]
    assert (body["VolumeType"], body["Iops"], body["Throughput"]) == ("gp3", 6000, 250)
