"""A fault at every call to AWS: the run ends, says so, touches nothing it should not, and the next run finishes.

Each action runs once undisturbed; that tells which calls it makes, and what the account looks like afterwards. Then
each of those calls fails, or the run is killed at it, and after one more run the account must look the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws
from moto.ec2.models import ec2_backends

from lambdas.runtime.marks import read
from lambdas.runtime.model import Caps, Request, Verb
from tests.lambdas.auto_tagger.test_auto_tagger import Tagged
from tests.lambdas.builders import NOW, OWN, REGION, address_row, make_green, row
from tests.lambdas.cloud import Cloud
from tests.lambdas.idle_cleanup.account import Idle
from tests.lambdas.rightsizing.test_rightsizing import Sized, proposal, with_ena
from tests.lambdas.scheduler.conftest import OFFICE, Scheduled
from tests.lambdas.scheduler.test_scheduler import group, service, sizes
from tests.lambdas.snapshot_cleanup.test_snapshot_cleanup import Snapshots

APPROVED = Request(apply=True, caps=Caps(max_share_pct=Decimal(100)), approved=frozenset({Verb.DELETE, Verb.RELEASE}))


@dataclass
class Scene:
    """An account, what an action is asked in it, and what of it must be the same in the end."""

    cloud: Any
    run: Callable[[], Any]
    state: Callable[[], Any]


def schedules(root: Path) -> Scene:
    cloud = Scheduled(root)
    instance = cloud.instance()
    cloud.client("rds").create_db_instance(
        DBInstanceIdentifier="db",
        DBInstanceClass="db.t3.micro",
        Engine="postgres",
        AllocatedStorage=20,
        Tags=[{"Key": "Schedule", "Value": OFFICE}],
    )
    group(cloud)
    service(cloud)

    def state() -> Any:
        told = cloud.client("ecs").describe_services(cluster="dev", services=["api"])["services"][0]
        database = cloud.client("rds").describe_db_instances()["DBInstances"][0]["DBInstanceStatus"]
        return cloud.state(instance), database, sizes(cloud), told["desiredCount"]

    return Scene(cloud, lambda: cloud.run("2026-11-26T18:05"), state)


def snapshots(root: Path) -> Scene:
    cloud = Snapshots(root)
    made = cloud.chain(500, 400, 300, 200, 100)
    cloud.propose(*made)
    return Scene(cloud, lambda: cloud.act("snapshot_cleanup", APPROVED), lambda: len(cloud.left()))


def idle(root: Path) -> Scene:
    cloud = Cloud(root)
    ec2 = cloud.client("ec2")
    volume = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=1)["VolumeId"]
    ec2_backends[OWN][REGION].volumes[volume].create_time = NOW - timedelta(days=100)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    make_green(cloud.store, [row(volume), address_row(address)])

    def state() -> Any:
        taken = ec2.describe_snapshots(OwnerIds=[OWN])["Snapshots"]
        return ec2.describe_volumes()["Volumes"], ec2.describe_addresses()["Addresses"], len(taken)

    return Scene(cloud, lambda: cloud.act("idle_cleanup", APPROVED), state)


def held(root: Path) -> Scene:
    cloud = Idle(root)
    found, machine = cloud.held()
    make_green(cloud.store, [found])
    cloud.approve()
    ec2 = cloud.client("ec2")

    def state() -> Any:
        (told,) = ec2.describe_instances(InstanceIds=[machine])["Reservations"][0]["Instances"]
        volumes = {each["VolumeId"] for each in ec2.describe_volumes()["Volumes"]}
        taken = ec2.describe_snapshots(OwnerIds=[OWN])["Snapshots"]
        return found["resource_id"] in volumes, told["State"]["Name"], len(told["BlockDeviceMappings"]), len(taken)

    return Scene(cloud, lambda: cloud.act("idle_cleanup", APPROVED), state)


def others(root: Path) -> Scene:
    cloud = Idle(root)
    make_green(cloud.store, cloud.rows())
    cloud.approve()

    def state() -> Any:
        balancers = cloud.client("elbv2").describe_load_balancers()["LoadBalancers"]
        (database,) = cloud.client("rds").describe_db_instances()["DBInstances"]
        alive = [{"Name": "state", "Values": ["available"]}]
        gateways = cloud.client("ec2").describe_nat_gateways(Filters=alive)["NatGateways"]
        return len(balancers), len(gateways), database["DBInstanceStatus"]

    return Scene(cloud, lambda: cloud.act("idle_cleanup", APPROVED), state)


def marks(root: Path) -> Scene:
    """A run that marks: what carries its tag in the end, and that the file of marks says the same."""
    cloud = Idle(root)
    make_green(cloud.store, cloud.rows())
    cloud.approve()
    request = Request(mark=True)

    def state() -> Any:
        elb, rds, ec2 = (cloud.client(name) for name in ("elbv2", "rds", "ec2"))
        arns = [each["LoadBalancerArn"] for each in elb.describe_load_balancers()["LoadBalancers"]]
        told = [each["Tags"] for each in elb.describe_tags(ResourceArns=arns)["TagDescriptions"]]
        told += [each["TagList"] for each in rds.describe_db_instances()["DBInstances"]]
        told += [each.get("Tags", []) for each in ec2.describe_nat_gateways()["NatGateways"]]
        tagged = sum(tag["Key"] == "finops:mark:idle_cleanup" for tags in told for tag in tags)
        return tagged, len(read(cloud.store, "idle_cleanup"))

    return Scene(cloud, lambda: cloud.act("idle_cleanup", request), state)


def tags(root: Path) -> Scene:
    cloud = Tagged(root)
    volume, instance = cloud.volume(), cloud.instance()

    def state() -> Any:
        return [set(cloud.tags(name)) for name in (volume, instance)]

    return Scene(cloud, lambda: cloud.act("auto_tagger"), state)


def resizes(root: Path) -> Scene:
    cloud = Sized(root)
    cloud.answers["DescribeInstances"] = with_ena(cloud)
    name = cloud.instance()
    cloud.propose(proposal(name))
    return Scene(cloud, cloud.run, lambda: cloud.told(name))


def converts(root: Path) -> Scene:
    cloud = Sized(root)
    ec2 = cloud.client("ec2")
    name = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=1, VolumeType="gp2")["VolumeId"]
    cloud.propose(proposal(name, "gp2_to_gp3", "gp3"))
    kept = ec2_backends[OWN][REGION].volumes[name]

    def modify(body: dict[str, Any]) -> dict[str, Any]:
        kept.volume_type = "gp3"
        return {"VolumeModification": {"ModificationState": "modifying"}}

    cloud.answers["DescribeVolumesModifications"] = lambda body: {"VolumesModifications": []}
    cloud.answers["ModifyVolume"] = modify
    return Scene(cloud, cloud.run, lambda: kept.volume_type)


SCENES = {
    "scheduler": schedules,
    "snapshot_cleanup": snapshots,
    "idle_cleanup": idle,
    "idle_cleanup, held": held,
    "idle_cleanup, others": others,
    "idle_cleanup, marks": marks,
    "auto_tagger": tags,
    "rightsizing": resizes,
    "rightsizing, volumes": converts,
}


@contextmanager
def emulated() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
        with mock_aws():
            yield


def calls_of(cloud: Any) -> list[str]:
    return list(dict.fromkeys(name for _, name, _ in cloud.asked))


def acts_of(name: str, cloud: Any) -> list[tuple[str, str]]:
    """What the ledger has, each resource once."""
    entries = cloud.ledger(name.partition(",")[0])
    assert len({entry["resource_id"] for entry in entries}) == len(entries)
    return sorted((entry["kind"], entry["verb"]) for entry in entries)


@pytest.mark.parametrize("name", SCENES)
def test_after_a_fault_at_any_call_the_next_run_finishes(name: str, tmp_path: Path) -> None:
    with emulated():
        scene = SCENES[name](tmp_path / "undisturbed")
        scene.run()
        calls, wanted, acts = calls_of(scene.cloud), scene.state(), acts_of(name, scene.cloud)
    assert len(calls) >= 3
    for call in calls:
        with emulated():
            scene = SCENES[name](tmp_path / call)
            scene.cloud.errors[call] = ("AccessDenied", "")
            report = scene.run()
            # Whatever fails is told: by a failure, or as the reason to leave alone what is not known.
            told = " ".join(out.detail for out in report.outcomes)
            assert "AccessDenied" in told or scene.state() == wanted, call
            if name == "rightsizing":
                # What ran must run, whatever failed.
                assert scene.state()[0] == "running", call
            scene.cloud.errors.clear()
            scene.run()
            assert scene.state() == wanted, call
            assert acts_of(name, scene.cloud) == acts, call


@pytest.mark.parametrize("name", SCENES)
def test_run_that_is_killed_at_any_call_is_finished_by_the_next(name: str, tmp_path: Path) -> None:
    def die(body: dict[str, Any]) -> None:
        if body.get("DryRun") != "true":
            raise KeyboardInterrupt

    with emulated():
        scene = SCENES[name](tmp_path / "undisturbed")
        scene.run()
        calls = [call for call in calls_of(scene.cloud) if not call.startswith(("Describe", "Get", "List"))]
        wanted, acts = scene.state(), acts_of(name, scene.cloud)
    for call in calls:
        with emulated():
            scene = SCENES[name](tmp_path / call)
            usual = scene.cloud.answers.get(call)
            scene.cloud.answers[call] = die
            with suppress(KeyboardInterrupt):
                scene.run()
            if usual is None:
                del scene.cloud.answers[call]
            else:
                scene.cloud.answers[call] = usual
            for _ in range(2):
                scene.run()
            assert scene.state() == wanted, call
            assert acts_of(name, scene.cloud) == acts, call


@pytest.mark.parametrize("name", [name for name in SCENES if name not in ("auto_tagger", "idle_cleanup, marks")])
def test_what_was_done_by_a_run_killed_before_its_record_is_in_the_ledger_once(name: str, tmp_path: Path) -> None:
    with emulated():
        scene = SCENES[name](tmp_path / "undisturbed")
        scene.run()
        calls, wanted, acts = calls_of(scene.cloud), scene.state(), acts_of(name, scene.cloud)
    assert acts
    for call in (call for call in calls if not call.startswith(("Describe", "Get", "List"))):
        with emulated():
            scene = SCENES[name](tmp_path / call)
            scene.cloud.cut_off_after[call] = KeyboardInterrupt
            with pytest.raises(KeyboardInterrupt):
                scene.run()
            scene.cloud.cut_off_after.clear()
            for _ in range(2):
                scene.run()
            assert scene.state() == wanted, call
            assert acts_of(name, scene.cloud) == acts, call
