"""Volumes of stopped instances: which may go once a person approved it, and the whole way in an emulated account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from lambdas.idle_cleanup.decide import HELD, Held, Volume, decide
from lambdas.idle_cleanup.holders import Holder
from lambdas.runtime.marks import plan_of
from lambdas.runtime.model import Decision, Outcome, Request, Status, Verb
from tests.lambdas.builders import NOW, REGION, finding, make_green
from tests.lambdas.idle_cleanup.account import Idle

VOLUME = Volume(
    *("vol-0123456789abcdef0", "in-use", ("i-1",), NOW - timedelta(days=100)),
    volume_type="gp3",
    size=100,
    devices=("/dev/sdf",),
)
HOLDER = Holder("i-1", "/dev/sdf", "stopped", NOW - timedelta(days=30), "User initiated (…)")
PROTECTED = {"finops:protect": "true"}


def decided(held: Held) -> Decision:
    subject = finding(VOLUME.volume_id, kind=HELD, rule_id="volume_of_stopped_instance")
    (decision,) = decide([subject], {subject: held}, Request(), NOW)
    return decision


def test_volume_of_an_instance_that_is_stopped_for_a_month_needs_a_person() -> None:
    asked = decided(Held(VOLUME, HOLDER))
    assert (asked.verb, asked.asks_for) == (Verb.NEEDS_APPROVAL, Verb.DELETE)
    assert asked.calls == tuple(
        f"ec2:{call}"
        for call in (
            f"CreateSnapshot {VOLUME.volume_id}",
            f"DetachVolume {VOLUME.volume_id} from i-1",
            f"DeleteVolume {VOLUME.volume_id}",
        )
    )
    assert (
        f"of i-1, which is stopped since {NOW - timedelta(days=30):%Y-%m-%d} and could not be started" in asked.reason
    )


def test_no_request_approves_all_of_them_at_once() -> None:
    subject = finding(VOLUME.volume_id, kind=HELD)
    live = {subject: Held(VOLUME, HOLDER)}
    (decision,) = decide([subject], live, Request(apply=True, approved=frozenset(Verb)), NOW)
    assert decision.verb is Verb.NEEDS_APPROVAL


def test_approval_holds_while_it_is_taken_off_and_no_longer_once_the_instance_was_started() -> None:
    plan = plan_of(decided(Held(VOLUME, HOLDER)))
    off = replace(VOLUME, attached_to=(), devices=(), state="available")
    assert plan_of(decided(Held(off, HOLDER))) == plan
    again = replace(HOLDER, stopped_at=NOW - timedelta(days=31))
    assert plan_of(decided(Held(VOLUME, again))) != plan


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"state": "running"}, "its instance i-1 is running, not stopped"),
        ({"state": "stopping"}, "its instance i-1 is stopping, not stopped"),
        ({"state": ""}, "its instance i-1 is not found"),
        ({"stopped_at": None}, "its instance i-1 is stopped since a moment that EC2 does not tell"),
        (
            {"stopped_at": NOW - timedelta(days=30) + timedelta(seconds=1)},
            "its instance i-1 was stopped 29 days ago, less than 30",
        ),
        ({"device": ""}, "its instance i-1 has it under a name that is not known"),
        (
            {"why_stopped": "User initiated hibernate (2026-01-01 00:00:00 GMT)"},
            "its instance i-1 is hibernated: its memory lies on a volume",
        ),
        ({"is_kept": True}, "its instance i-1 is protected against termination"),
        ({"lifecycle": "spot"}, "its instance i-1 is a spot instance"),
        ({"operator": "eks.amazonaws.com"}, "its instance i-1 is managed by eks.amazonaws.com"),
        ({"tags": (("aws:autoscaling:groupName", "web"),)}, "its instance i-1 belongs to a scaling group"),
        ({"tags": (("aws:elasticmapreduce:job-flow-id", "j-1"),)}, "its instance i-1 belongs to an EMR cluster"),
        ({"tags": (("Schedule", "office-hours"),)}, "its instance i-1 has a schedule that starts it"),
        (
            {"tags": (("finops:protect", "true"),)},
            "its instance i-1 is kept: protected by tag finops:protect=true",
        ),
        (
            {"tags": (("aws:cloudformation:stack-name", "shop"),)},
            "its instance i-1 is kept: belongs to the CloudFormation stack shop",
        ),
    ],
)
def test_volume_of_an_instance_that_somebody_keeps_stays(change: dict[str, Any], reason: str) -> None:
    left = decided(Held(VOLUME, replace(HOLDER, **change)))
    assert (left.verb, left.reason) == (Verb.LEAVE, reason)


@pytest.mark.parametrize(
    ("held", "reason"),
    [
        (Held(replace(VOLUME, attached_to=("i-1", "i-2")), None), "attached to i-1, i-2"),
        (Held(replace(VOLUME, attached_to=()), None), "attached to nothing, and by no run of ours"),
        (Held(replace(VOLUME, is_multi_attach=True), HOLDER), "several instances may have it at once (multi-attach)"),
        (Held(replace(VOLUME, state="error"), HOLDER), "its state is error"),
        (Held(replace(VOLUME, tags=(("finops:protect", ""),)), HOLDER), "protected by tag finops:protect="),
        (Held(replace(VOLUME, created_at=NOW), HOLDER), "created today, younger than 14 days"),
    ],
)
def test_volume_that_is_kept_itself_stays(held: Held, reason: str) -> None:
    left = decided(held)
    assert (left.verb, left.reason) == (Verb.LEAVE, reason)


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Idle]:
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    with mock_aws():
        yield Idle(tmp_path)


def act(cloud: Idle, found: dict[str, Any]) -> Outcome:
    make_green(cloud.store, [found])
    (outcome,) = cloud.act("idle_cleanup").outcomes
    return outcome


def volumes(cloud: Idle) -> set[str]:
    return {each["VolumeId"] for each in cloud.client("ec2").describe_volumes()["Volumes"]}


def test_once_approved_it_is_kept_as_a_snapshot_taken_off_and_deleted(cloud: Idle) -> None:
    found, machine = cloud.held()
    asked = act(cloud, found)
    assert asked.status is Status.LEFT_ALONE
    assert cloud.changes() == []
    cloud.approve()

    done = act(cloud, found)

    volume = found["resource_id"]
    assert (done.status, cloud.changes()) == (Status.DONE, ["CreateSnapshot", "DetachVolume", "DeleteVolume"])
    assert volume not in volumes(cloud)
    ec2 = cloud.client("ec2")
    (snapshot,) = ec2.describe_snapshots(OwnerIds=["self"], Filters=[{"Name": "volume-id", "Values": [volume]}])[
        "Snapshots"
    ]
    tags = {tag["Key"]: tag["Value"] for tag in snapshot["Tags"]}
    assert (tags["finops:source-volume"], tags["finops:instance"], tags["finops:device"]) == (
        volume,
        machine,
        "/dev/sdf",
    )
    (entry,) = cloud.ledger("idle_cleanup")
    assert (entry["before"]["instance"]["instance_id"], entry["after"]["snapshot_id"]) == (
        machine,
        snapshot["SnapshotId"],
    )
    assert f"create-volume --region {REGION}" in entry["undo"]
    assert (
        f"attach-volume --region {REGION} --volume-id <its id> --instance-id {machine} --device /dev/sdf"
        in entry["undo"]
    )


def test_undo_that_the_ledger_tells_brings_the_machine_back_as_it_was(cloud: Idle) -> None:
    found, machine = cloud.held()
    make_green(cloud.store, [found])
    cloud.approve()
    act(cloud, found)
    (entry,) = cloud.ledger("idle_cleanup")
    words = entry["undo"].replace(";", "").split()
    told = {words[i]: words[i + 1] for i in range(len(words) - 1) if words[i].startswith("--")}

    ec2 = cloud.client("ec2")
    made = ec2.create_volume(AvailabilityZone=told["--availability-zone"], SnapshotId=told["--snapshot-id"])["VolumeId"]
    ec2.attach_volume(VolumeId=made, InstanceId=told["--instance-id"], Device=told["--device"])
    ec2.start_instances(InstanceIds=[machine])

    (now,) = ec2.describe_instances(InstanceIds=[machine])["Reservations"][0]["Instances"]
    assert {each["DeviceName"]: each["Ebs"]["VolumeId"] for each in now["BlockDeviceMappings"]}["/dev/sdf"] == made


def test_dry_run_asks_of_all_three_calls_once_it_is_approved(cloud: Idle) -> None:
    found, _ = cloud.held()
    make_green(cloud.store, [found])
    cloud.approve()
    (told,) = cloud.act("idle_cleanup", Request()).outcomes
    assert told.status is Status.WOULD_ACT
    assert "ec2:DetachVolume" in told.detail
    assert cloud.changes() == []


def test_instance_with_termination_protection_or_protected_by_tag_keeps_its_volume(cloud: Idle) -> None:
    kept, machine = cloud.held()
    cloud.client("ec2").modify_instance_attribute(InstanceId=machine, DisableApiTermination={"Value": True})
    tagged, _ = cloud.held(tags=PROTECTED)
    young, _ = cloud.held(days=20)
    make_green(cloud.store, [kept, tagged, young])
    told = {out.decision.resource_id: out.detail for out in cloud.act("idle_cleanup").outcomes}
    assert "is protected against termination" in told[kept["resource_id"]]
    assert "finops:protect=true" in told[tagged["resource_id"]]
    assert "was stopped 20 days ago" in told[young["resource_id"]]
    assert cloud.changes() == []


def test_instance_that_is_started_while_the_snapshot_is_taken_keeps_its_volume(cloud: Idle) -> None:
    found, machine = cloud.held()
    make_green(cloud.store, [found])
    cloud.approve()
    cloud.answers["CreateSnapshot"] = lambda body: cloud.client("ec2").start_instances(InstanceIds=[machine]) and None
    out = act(cloud, found)
    assert (out.status, cloud.changes()) == (Status.LEFT_ALONE, ["CreateSnapshot"])
    assert out.detail.startswith("changed since it was decided since snapshot snap-")


def test_volume_taken_off_an_instance_that_is_started_then_is_not_deleted_and_the_way_back_is_told(
    cloud: Idle,
) -> None:
    found, machine = cloud.held()
    make_green(cloud.store, [found])
    cloud.approve()
    cloud.answers["DetachVolume"] = lambda body: cloud.client("ec2").start_instances(InstanceIds=[machine]) and None
    out = act(cloud, found)
    assert out.status is Status.FAILED
    volume = found["resource_id"]
    assert out.detail.endswith(
        f"aws ec2 attach-volume --region {REGION} --volume-id {volume} --instance-id {machine} --device /dev/sdf"
    )
    assert volume in volumes(cloud)


def test_volume_that_somebody_takes_off_at_the_same_moment_is_left_to_the_next_run(cloud: Idle) -> None:
    found, _ = cloud.held()
    make_green(cloud.store, [found])
    cloud.approve()
    cloud.errors["DetachVolume"] = ("IncorrectState", "")
    assert act(cloud, found).detail == "taken off by somebody meanwhile"
    assert found["resource_id"] in volumes(cloud)


def test_run_that_was_cut_off_after_it_took_the_volume_off_is_finished_by_the_next_one_and_not_by_one_after_a_start(
    cloud: Idle,
) -> None:
    rows = [cloud.held(), cloud.held()]
    make_green(cloud.store, [found for found, _ in rows])
    cloud.approve()
    for found, _ in rows:
        make_green(cloud.store, [found])
        cloud.cut_off_after["DetachVolume"] = KeyboardInterrupt
        with pytest.raises(KeyboardInterrupt):
            cloud.act("idle_cleanup")
        cloud.cut_off_after.clear()
    cloud.client("ec2").start_instances(InstanceIds=[rows[1][1]])
    make_green(cloud.store, [found for found, _ in rows])
    first, second = cloud.act("idle_cleanup").outcomes
    by_id = {out.decision.resource_id: out for out in (first, second)}
    assert by_id[rows[0][0]["resource_id"]].status is Status.DONE
    assert by_id[rows[1][0]["resource_id"]].detail == f"its instance {rows[1][1]} is running, not stopped"
