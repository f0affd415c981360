"""Deletes one EBS volume: snapshot, wait, look again, delete. Every step can be repeated after a kill."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from lake.accounts import code_of
from lambdas.idle_cleanup.decide import Volume, why_not_now
from lambdas.idle_cleanup.look import PLAN_KEY, SOURCE, snapshots_of_plans, tag_of, volumes_by_id
from lambdas.runtime.model import Decision, Outcome, Status, Ticket

if TYPE_CHECKING:
    from mypy_boto3_ec2.client import EC2Client
    from mypy_boto3_ec2.type_defs import FilterTypeDef, SnapshotTypeDef, TagSpecificationTypeDef, TagTypeDef

# A snapshot of a killed run is taken for ours only so long: a volume may have been attached, written and detached
# since. A second one is incremental and costs next to nothing; lost writes cost more.
SNAPSHOT_GOOD_FOR = timedelta(hours=6)


def delete(ec2: EC2Client, decision: Decision, ticket: Ticket) -> Outcome:
    """Delete the volume of a decision after a completed snapshot. Raises botocore errors; nothing is hidden."""
    volume = volumes_by_id(ec2, [decision.resource_id]).get(decision.resource_id)
    obstacle = why_not_now(volume, decision, ticket) if volume else "not found any more"
    if volume is None or obstacle:
        return Outcome(Status.LEFT_ALONE, decision, obstacle)
    snapshot = _snapshot_of(ec2, volume, decision, ticket)
    snapshot_id = snapshot.get("SnapshotId", "")
    state = _wait(ec2, snapshot, ticket)
    if state == "pending":
        return Outcome(Status.WAITING, decision, f"snapshot {snapshot_id} is not complete yet; the next run goes on")
    if state != "completed":
        return Outcome(Status.FAILED, decision, f"snapshot {snapshot_id} is in state {state}; the volume is kept")
    if not _is_fresh(snapshot, ticket.now):
        stale = f"snapshot {snapshot_id} took so long that writes may be missing; the next run takes a newer one"
        return Outcome(Status.WAITING, decision, stale)
    return _delete_after(ec2, volume, snapshot_id, decision, ticket)


def dry_calls(ec2: EC2Client, decision: Decision, ticket: Ticket) -> list[Callable[[], object]]:
    """The changing calls of a deletion, each with EC2's DryRun flag."""
    volume = Volume(decision.resource_id, "", (), None)
    tags: list[TagSpecificationTypeDef] = [
        {"ResourceType": "snapshot", "Tags": _snapshot_tags(volume, decision, ticket)}
    ]
    return [
        lambda: ec2.create_snapshot(VolumeId=decision.resource_id, TagSpecifications=tags, DryRun=True),
        lambda: ec2.delete_volume(VolumeId=decision.resource_id, DryRun=True),
    ]


def _delete_after(ec2: EC2Client, volume: Volume, snapshot_id: str, decision: Decision, ticket: Ticket) -> Outcome:
    from botocore.exceptions import ClientError

    again = volumes_by_id(ec2, [volume.volume_id]).get(volume.volume_id)
    obstacle = why_not_now(again, decision, ticket) if again else ""
    if obstacle:
        return Outcome(Status.LEFT_ALONE, decision, f"{obstacle} since snapshot {snapshot_id} was taken, which is kept")
    outcome = Outcome(
        Status.DONE,
        decision,
        f"deleted, snapshot {snapshot_id}",
        before=asdict(volume),
        after={"state": "not found", "snapshot_id": snapshot_id},
        undo=_undo(volume, snapshot_id, decision.region),
    )
    if again:
        ticket.intend(outcome)
        try:
            ec2.delete_volume(VolumeId=volume.volume_id)
        except ClientError as error:
            if code_of(error) == "VolumeInUse":
                return Outcome(Status.LEFT_ALONE, decision, f"attached meanwhile; snapshot {snapshot_id} is kept")
            if code_of(error) != "InvalidVolume.NotFound":
                raise
    return replace(outcome, after={**outcome.after, "state": _state_now(ec2, volume.volume_id)})


def _snapshot_of(ec2: EC2Client, volume: Volume, decision: Decision, ticket: Ticket) -> SnapshotTypeDef:
    """A snapshot of this plan that a killed run left, complete or on its way, or else a new one."""
    for snapshot in snapshots_of_plans(ec2, [decision.plan_key]):
        if _is_ours(snapshot, volume, decision.plan_key, ticket.now):
            return snapshot
    created = ec2.create_snapshot(
        VolumeId=volume.volume_id,
        Description=f"Before {volume.volume_id} was deleted as idle, run {ticket.run_id}",
        TagSpecifications=[{"ResourceType": "snapshot", "Tags": _snapshot_tags(volume, decision, ticket)}],
    )
    return {"SnapshotId": created["SnapshotId"], "State": created["State"], "StartTime": created["StartTime"]}


def _is_ours(snapshot: SnapshotTypeDef, volume: Volume, plan_key: str, now: datetime) -> bool:
    return (
        tag_of(snapshot, PLAN_KEY) == plan_key
        and tag_of(snapshot, SOURCE) == volume.volume_id
        and snapshot.get("VolumeId") == volume.volume_id
        and (snapshot.get("State") == "pending" or (snapshot.get("State") == "completed" and _is_fresh(snapshot, now)))
    )


def _is_fresh(snapshot: SnapshotTypeDef, now: datetime) -> bool:
    taken_at = snapshot.get("StartTime")
    return taken_at is not None and now - taken_at <= SNAPSHOT_GOOD_FOR


def _snapshot_tags(volume: Volume, decision: Decision, ticket: Ticket) -> list[TagTypeDef]:
    facts = {
        "Name": f"before-delete-{volume.volume_id}",
        SOURCE: volume.volume_id,
        "finops:type": volume.volume_type,
        "finops:iops": "" if volume.iops is None else str(volume.iops),
        "finops:throughput": "" if volume.throughput is None else str(volume.throughput),
        "finops:size": str(volume.size),
        "finops:az": volume.zone,
        "finops:kms": volume.kms_key,
        "finops:run-id": ticket.run_id,
        PLAN_KEY: decision.plan_key,
    }
    return [{"Key": key, "Value": value} for key, value in facts.items()]


def _wait(ec2: EC2Client, snapshot: SnapshotTypeDef, ticket: Ticket) -> str:
    """The snapshot's state once it is no longer pending, or `pending` when the patience is over."""
    state = str(snapshot.get("State", "pending"))
    if state != "pending":
        return state
    for _ in ticket.patience.rounds():
        # By filter, for a snapshot just begun may not be known everywhere yet, and a list of ids would fail then.
        wanted: list[FilterTypeDef] = [{"Name": "snapshot-id", "Values": [snapshot.get("SnapshotId", "")]}]
        described = ec2.describe_snapshots(OwnerIds=["self"], Filters=wanted)["Snapshots"]
        state = str(described[0].get("State", "pending")) if described else "pending"
        if state != "pending":
            break
    return state


def _state_now(ec2: EC2Client, volume_id: str) -> str:
    from botocore.exceptions import BotoCoreError, ClientError

    # The volume is deleted by now: a describe that fails must not make the act look failed.
    try:
        left = volumes_by_id(ec2, [volume_id]).get(volume_id)
    except (BotoCoreError, ClientError):
        return "deleted, not looked at again"
    return left.state if left else "not found"


def _undo(volume: Volume, snapshot_id: str, region: str) -> str:
    options = [f"--region {region}", f"--availability-zone {volume.zone}", f"--snapshot-id {snapshot_id}"]
    options.append(f"--volume-type {volume.volume_type}")
    if volume.iops and volume.volume_type in ("gp3", "io1", "io2"):
        options.append(f"--iops {volume.iops}")
    if volume.throughput:
        options.append(f"--throughput {volume.throughput}")
    if volume.kms_key:
        options.append(f"--encrypted --kms-key-id {volume.kms_key}")
    return f"aws ec2 create-volume {' '.join(options)}; then set the tags again that are listed under before."
