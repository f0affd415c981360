"""The company's accounts in moto, under the names that its bills have, and all that is called there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from moto.ec2.models import ec2_backends
from moto.elbv2 import models as balancers

from ingestion.synthetic.accounts import ANALYTICS, PAYMENTS, STAGING
from ingestion.synthetic.events import network
from ingestion.synthetic.events.instances import INSTANCES
from ingestion.synthetic.events.scene import Scene, arn
from ingestion.synthetic.events.volumes import VOLUMES
from ingestion.synthetic.regions import IRELAND, VIRGINIA
from lake.accounts import Accounts
from tests.lambdas.cloud import refusal
from tests.lambdas.conftest import new_session

PROTECTED = {"finops:protect": "true"}
SCHEDULED = {"Schedule": "mon 08:00-18:00"}
OLD = datetime(2025, 6, 1, tzinfo=UTC)
CHANGES = (
    *("CreateSnapshot", "DeleteVolume", "ReleaseAddress", "DeleteNatGateway", "DeleteLoadBalancer"),
    *("ModifyVolume", "DeleteSnapshot", "StopInstances", "StartInstances", "DetachVolume"),
)
RULE = {"Identifier": "r-1", "Status": "available", "RetentionPeriod": {"RetentionPeriodValue": 14}}
# What moto does not know. A bin keeps what is deleted.
ANSWERS: dict[str, dict[str, Any]] = {
    "DescribeVolumesModifications": {"VolumesModifications": []},
    "DescribeLockedSnapshots": {"Snapshots": []},
    "DescribeFastSnapshotRestores": {"FastSnapshotRestores": []},
    "ListRules": {"Rules": [{"Identifier": "r-1"}]},
    "GetRule": RULE,
}


@dataclass(frozen=True)
class Forgotten:
    """What the bill calls it, what AWS does, and what its owner tagged it with."""

    on_bill: str
    kind: str
    account: str
    region: str
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.on_bill if self.kind == "balancer" else self.on_bill.split("/")[-1]

    @property
    def is_protected(self) -> bool:
        return "finops:protect" in self.tags


def forgotten(scene: Scene) -> list[Forgotten]:
    """Of each kind one that may go or be changed, and of most one that is protected."""
    volumes = {volume.name: volume.id(scene) for volume in VOLUMES}
    machines = {instance.name: instance.id(scene) for instance in INSTANCES}
    named = {device[0]: device for device in (*network.BALANCERS, *network.NAT_GATEWAYS)}
    eu, us = IRELAND.code, VIRGINIA.code
    return [
        Forgotten(volumes["staging-left-1"], "volume", STAGING.id, eu),
        Forgotten(volumes["staging-left-2"], "volume", STAGING.id, eu, PROTECTED),
        Forgotten(network.idle_address_arn(scene), "address", ANALYTICS.id, us),
        Forgotten(network.nat_arn(named["staging-eu-nat"], scene), "gateway", STAGING.id, eu),
        Forgotten(network.balancer_arn(named["old-checkout"], scene), "balancer", STAGING.id, us),
        Forgotten(network.balancer_arn(named["payments-eu-old"], scene), "balancer", PAYMENTS.id, eu, PROTECTED),
        Forgotten(machines["payments-fraud"], "machine", PAYMENTS.id, us, SCHEDULED),
        Forgotten(machines["payments-risk"], "machine", PAYMENTS.id, us, {**SCHEDULED, **PROTECTED}),
        Forgotten(volumes["payments-archive"], "disk", PAYMENTS.id, us),
        Forgotten(volumes["notebooks"], "disk", ANALYTICS.id, us, PROTECTED),
    ]


class Account:
    """Each resource as moto has it; `calls` are the changes that were asked for."""

    def __init__(self, resources: list[Forgotten]) -> None:
        self.session = new_session()
        self.calls: list[str] = []
        self.setup = Accounts("setup", role_name="finops", session=new_session())
        for one in resources:
            getattr(self, f"_{one.kind}")(one)
        self.reached = self.accounts()

    def accounts(self) -> Accounts:
        """The clients of all runs: to make them is what costs time here."""
        found = Accounts("quarter", role_name="finops", session=self.session)
        made = found.client

        def client(service: str, account: str, region: str) -> Any:
            told = made(service, account, region)
            told.meta.events.register("before-call", partial(self._before_call, account, region), unique_id="calls")
            return told

        found.client = client  # type: ignore[method-assign]
        return found

    def _before_call(self, account: str, region: str, model: Any, params: Any, **_: Any) -> Any:
        body = params["body"] if isinstance(params["body"], dict) else {}
        if str(body.get("DryRun")) == "true":
            # moto deletes a gateway that it was only asked about.
            return AWSResponse("", 412, {}, None), refusal("DryRunOperation")
        if model.name in CHANGES:
            self.calls.append(model.name)
        if model.name == "ModifyVolume":
            ec2_backends[account][region].volumes[body["VolumeId"]].volume_type = body["VolumeType"]
            return AWSResponse("", 200, {}, None), {"VolumeModification": {"ModificationState": "modifying"}}
        if model.name in ANSWERS:
            return AWSResponse("", 200, {}, None), ANSWERS[model.name]
        return None

    def alive(self, resources: list[Forgotten]) -> set[str]:
        found = set()
        for one in resources:
            ec2 = ec2_backends[one.account][one.region]
            elb = balancers.elbv2_backends[one.account][one.region]
            gateways = {name for name, each in ec2.nat_gateways.items() if each.state == "available"}
            machines = {each.id for each in ec2.all_instances()}
            names = {*ec2.volumes, *gateways, *elb.load_balancers, *machines, *ec2.snapshots}
            found |= {one.name} & (names | {address.allocation_id for address in ec2.addresses})
        return found

    def chain(self, account: str, region: str, count: int) -> list[Forgotten]:
        """Old snapshots of a volume that is gone: the first may go, the second is protected, others are kept."""
        ec2, backend = self.setup.ec2(account, region), ec2_backends[account][region]
        volume = ec2.create_volume(AvailabilityZone=f"{region}a", Size=10)["VolumeId"]
        made = [ec2.create_snapshot(VolumeId=volume)["SnapshotId"] for _ in range(count)]
        for number, name in enumerate(made):
            backend.snapshots[name].start_time = OLD.replace(day=1 + number)
        ec2.delete_volume(VolumeId=volume)
        found = [
            Forgotten(
                arn("ec2", VIRGINIA, PAYMENTS, f"snapshot/{name}"),
                *("snapshot", account, region),
                PROTECTED if number == 1 else {},
            )
            for number, name in enumerate(made)
        ]
        self._tag(found[1])
        return found

    def _volume(self, one: Forgotten, kind: str = "gp3") -> None:
        ec2, backend = self.setup.ec2(one.account, one.region), ec2_backends[one.account][one.region]
        made = ec2.create_volume(AvailabilityZone=f"{one.region}a", Size=1500, VolumeType=kind)["VolumeId"]  # type: ignore[call-overload]
        volume = backend.volumes[one.name] = backend.volumes.pop(made)
        volume.id, volume.create_time = one.name, datetime(2026, 1, 1, tzinfo=UTC)
        self._tag(one)

    def _disk(self, one: Forgotten) -> None:
        """A volume of an older kind, of a machine where there is one."""
        self._volume(one, "gp2")
        backend = ec2_backends[one.account][one.region]
        for machine in list(backend.all_instances())[:1]:
            backend.attach_volume(one.name, machine.id, "/dev/sdf")

    def _machine(self, one: Forgotten) -> None:
        ec2, backend = self.setup.ec2(one.account, one.region), ec2_backends[one.account][one.region]
        made = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, InstanceType="t3.micro")
        backend.get_instance(made["Instances"][0]["InstanceId"]).id = one.name
        self._tag(one)

    def _address(self, one: Forgotten) -> None:
        made = self.setup.ec2(one.account, one.region).allocate_address(Domain="vpc")["AllocationId"]
        (address,) = ec2_backends[one.account][one.region].address_by_allocation([made])
        address.allocation_id = address.id = one.name

    def _gateway(self, one: Forgotten) -> None:
        ec2, backend = self.setup.ec2(one.account, one.region), ec2_backends[one.account][one.region]
        subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
        made = ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")["NatGateway"]["NatGatewayId"]
        gateway = backend.nat_gateways[one.name] = backend.nat_gateways.pop(made)
        gateway.id, gateway._created_at = one.name, datetime(2026, 1, 1)  # noqa: DTZ001

    def _balancer(self, one: Forgotten) -> None:
        elb = self.setup.client("elbv2", one.account, one.region)
        subnets = [each["SubnetId"] for each in self.setup.ec2(one.account, one.region).describe_subnets()["Subnets"]]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(balancers, "make_arn_for_load_balancer", lambda **_: one.name)
            elb.create_load_balancer(Name="old", Subnets=subnets[:2])
        made = balancers.elbv2_backends[one.account][one.region].load_balancers[one.name]
        made.created_time = datetime(2026, 1, 1, tzinfo=UTC).isoformat()
        if one.tags:
            elb.add_tags(ResourceArns=[one.name], Tags=[{"Key": key, "Value": text} for key, text in one.tags.items()])

    def _tag(self, one: Forgotten) -> None:
        if one.tags:
            tags: Any = [{"Key": key, "Value": text} for key, text in one.tags.items()]
            self.setup.ec2(one.account, one.region).create_tags(Resources=[one.name], Tags=tags)
