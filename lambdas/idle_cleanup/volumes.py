"""Deletes one EBS volume: snapshot, wait, look again, take it off its stopped instance, delete.

Every step can be repeated after a kill.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from lake.accounts import code_of
from lambdas.idle_cleanup.decide import HELD, VOLUME, Held, Volume, why_not_now
from lambdas.idle_cleanup.holders import Holder
from lambdas.idle_cleanup.look import (
    DEVICE,
    INSTANCE,
    PLAN_KEY,
    SOURCE,
    held_by_id,
    snapshots_of_plans,
    tag_of,
    volumes_by_id,
)
from lambdas.runtime.model import Decision, Outcome, Status, Ticket

if TYPE_CHECKING:
    from mypy_boto3_ec2.client import EC2Client
    from mypy_boto3_ec2.type_defs import FilterTypeDef, SnapshotTypeDef, TagSpecificationTypeDef, TagTypeDef

KINDS = (VOLUME, HELD)
# A snapshot of a killed run is taken for ours only so long: a volume may have been attached, written and detached
# since. A second one is incremental and costs next to nothing; lost writes cost more.
SNAPSHOT_GOOD_FOR = timedelta(hours=6)


def delete(ec2: EC2Client, decision: Decision, ticket: Ticket) -> Outcome:
    """Delete the volume of a decision after a completed snapshot. Raises botocore errors; nothing is hidden."""
    facts = _look(ec2, decision)
    obstacle = why_not_now(facts, decision, ticket) if facts else "not found any more"
    if facts is None or obstacle:
        return Outcome(Status.LEFT_ALONE, decision, obstacle)
    snapshot = _snapshot_of(ec2, facts, decision, ticket)
    snapshot_id = snapshot.get("SnapshotId", "")
    state = _wait(ec2, snapshot, ticket)
    if state == "pending":
        return Outcome(Status.WAITING, decision, f"snapshot {snapshot_id} is not complete yet; the next run goes on")
    if state != "completed":
        return Outcome(Status.FAILED, decision, f"snapshot {snapshot_id} is in state {state}; the volume is kept")
    if not _is_fresh(snapshot, ticket.now):
        stale = f"snapshot {snapshot_id} took so long that writes may be missing; the next run takes a newer one"
        return Outcome(Status.WAITING, decision, stale)
    return _delete_after(ec2, facts, snapshot_id, decision, ticket)


def dry_calls(ec2: EC2Client, decision: Decision, ticket: Ticket) -> list[Callable[[], object]]:
    """The changing calls of a deletion, each with EC2's DryRun flag."""
    volume = Volume(decision.resource_id, "", (), None)
    facts = _look(ec2, decision) if decision.kind == HELD else volume
    holder = _holder_of(facts) if facts else None
    tags: list[TagSpecificationTypeDef] = [
        {"ResourceType": "snapshot", "Tags": _snapshot_tags(volume, holder, decision, ticket)}
    ]
    return [
        lambda: ec2.create_snapshot(VolumeId=decision.resource_id, TagSpecifications=tags, DryRun=True),
        *([lambda: _take_off(ec2, volume, holder, dry_run=True)] if holder else []),
        lambda: ec2.delete_volume(VolumeId=decision.resource_id, DryRun=True),
    ]


def _look(ec2: EC2Client, decision: Decision) -> Volume | Held | None:
    name = decision.resource_id
    return held_by_id(ec2, [name]).get(name) if decision.kind == HELD else volumes_by_id(ec2, [name]).get(name)


def _volume_of(facts: Volume | Held) -> Volume:
    return facts.volume if isinstance(facts, Held) else facts


def _holder_of(facts: Volume | Held) -> Holder | None:
    return facts.holder if isinstance(facts, Held) else None


def _delete_after(
    ec2: EC2Client, facts: Volume | Held, snapshot_id: str, decision: Decision, ticket: Ticket
) -> Outcome:
    from botocore.exceptions import ClientError

    volume, again = _volume_of(facts), _look(ec2, decision)
    obstacle = why_not_now(again, decision, ticket) if again else ""
    if obstacle:
        return Outcome(Status.LEFT_ALONE, decision, f"{obstacle} since snapshot {snapshot_id} was taken, which is kept")
    if isinstance(again, Held) and again.volume.attached_to and (told := _taken_off(ec2, again, decision, ticket)):
        return told
    outcome = _done(facts, snapshot_id, decision)
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


def _done(facts: Volume | Held, snapshot_id: str, decision: Decision) -> Outcome:
    volume, holder = _volume_of(facts), _holder_of(facts)
    return Outcome(
        Status.DONE,
        decision,
        f"deleted, snapshot {snapshot_id}",
        before={**asdict(volume), **({"instance": asdict(holder)} if holder else {})},
        after={"state": "not found", "snapshot_id": snapshot_id},
        undo=_undo(volume, holder, snapshot_id, decision.region),
    )


def _taken_off(ec2: EC2Client, held: Held, decision: Decision, ticket: Ticket) -> Outcome | None:
    """Take a volume off its instance; what ends the act there, or None when it may go on."""
    from botocore.exceptions import ClientError

    volume, holder = held.volume, held.holder
    if holder is None:
        raise ValueError(f"{volume.volume_id} has no holder")
    try:
        _take_off(ec2, volume, holder)
    except ClientError as error:
        if code_of(error) != "IncorrectState":
            raise
        return Outcome(Status.LEFT_ALONE, decision, "taken off by somebody meanwhile")
    for _ in ticket.patience.rounds():
        now = _look(ec2, decision)
        if now is None or not _volume_of(now).attached_to:
            break
    else:
        return Outcome(Status.WAITING, decision, f"not off {holder.instance_id} yet; the next run goes on")
    if now and (obstacle := why_not_now(now, decision, ticket)):
        back = f"aws ec2 attach-volume --region {decision.region} {_place(volume.volume_id, holder)}"
        return Outcome(Status.FAILED, decision, f"taken off, but not deleted: {obstacle}. Bring it back: {back}")
    return None


def _take_off(ec2: EC2Client, volume: Volume, holder: Holder, *, dry_run: bool = False) -> None:
    ec2.detach_volume(VolumeId=volume.volume_id, InstanceId=holder.instance_id, Device=holder.device, DryRun=dry_run)


def _place(volume: str, holder: Holder) -> str:
    return f"--volume-id {volume} --instance-id {holder.instance_id} --device {holder.device}"


def _snapshot_of(ec2: EC2Client, facts: Volume | Held, decision: Decision, ticket: Ticket) -> SnapshotTypeDef:
    """A snapshot of this plan that a killed run left, complete or on its way, or else a new one."""
    volume, tags = _volume_of(facts), _snapshot_tags(_volume_of(facts), _holder_of(facts), decision, ticket)
    for snapshot in snapshots_of_plans(ec2, [decision.plan_key]):
        if _is_ours(snapshot, volume, decision.plan_key, ticket.now):
            return snapshot
    created = ec2.create_snapshot(
        VolumeId=volume.volume_id,
        Description=f"Before {volume.volume_id} was deleted as idle, run {ticket.run_id}",
        TagSpecifications=[{"ResourceType": "snapshot", "Tags": tags}],
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


def _snapshot_tags(volume: Volume, holder: Holder | None, decision: Decision, ticket: Ticket) -> list[TagTypeDef]:
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
        **({INSTANCE: holder.instance_id, DEVICE: holder.device} if holder else {}),
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


def _undo(volume: Volume, holder: Holder | None, snapshot_id: str, region: str) -> str:
    options = [f"--region {region}", f"--availability-zone {volume.zone}", f"--snapshot-id {snapshot_id}"]
    options.append(f"--volume-type {volume.volume_type}")
    if volume.iops and volume.volume_type in ("gp3", "io1", "io2"):
        options.append(f"--iops {volume.iops}")
    if volume.throughput:
        options.append(f"--throughput {volume.throughput}")
    if volume.kms_key:
        options.append(f"--encrypted --kms-key-id {volume.kms_key}")
    attach = f"aws ec2 attach-volume --region {region} {_place('<its id>', holder)}; " if holder else ""
    return f"aws ec2 create-volume {' '.join(options)}; {attach}then set the tags again that are listed under before."
