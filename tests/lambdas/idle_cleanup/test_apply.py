"""The whole way with --apply: what is deleted, in which order, with which record."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from lake import zones
from lake.store import LocalStore
from lambdas.runtime.model import Caps, Patience, Request, Status, Verb
from tests.lambdas.builders import GONE_VOLUME, NOW, OTHER, OWN, REGION, address_row, row
from tests.lambdas.conftest import Account


def ledger_of(store: LocalStore) -> list[dict[str, object]]:
    files = store.files(f"{zones.LEDGER}/idle_cleanup/")
    return [json.loads(store.read(file.key) or b"") for file in files]


def test_unattached_volume_is_deleted_after_its_snapshot_and_recorded(account: Account) -> None:
    volume = account.volume(VolumeType="gp3", Iops=4000, Size=100)
    store = account.lake([row(volume)])

    report = account.run(store)

    assert [outcome.status for outcome in report.outcomes] == [Status.DONE]
    assert account.volume_ids() == set()
    assert account.wire.changes() == ["CreateSnapshot", "DeleteVolume"]
    (snapshot,) = account.snapshots_of(volume)
    (entry,) = ledger_of(store)
    assert entry["resource_id"] == volume
    assert entry["before"]["size"] == 100
    assert entry["after"] == {"state": "not found", "snapshot_id": snapshot["SnapshotId"]}
    assert f"--snapshot-id {snapshot['SnapshotId']} --volume-type gp3 --iops 4000" in entry["undo"]
    assert Decimal(entry["monthly_cost"]) == Decimal(8)


def test_snapshot_carries_what_is_needed_to_make_the_volume_again(account: Account) -> None:
    volume = account.volume(VolumeType="gp3", Iops=4000, Size=100, Encrypted=True)
    kms = account.ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["KmsKeyId"]

    account.run(account.lake([row(volume, finding_id="f-7")]), run_id="run-9")

    (snapshot,) = account.snapshots_of(volume)
    tags = {tag["Key"]: tag["Value"] for tag in snapshot["Tags"]}
    assert tags == {
        "Name": f"before-delete-{volume}",
        "finops:source-volume": volume,
        "finops:type": "gp3",
        "finops:iops": "4000",
        "finops:throughput": "",
        "finops:size": "100",
        "finops:az": f"{REGION}a",
        "finops:kms": kms,
        "finops:run-id": "run-9",
        "finops:plan-key": "f-7",
    }


def test_volume_stays_while_its_snapshot_is_pending_and_goes_once_it_is_complete(account: Account) -> None:
    volume = account.volume()
    states = iter(["pending", "pending", "completed"])
    seen: list[str] = []

    def describe(body: dict[str, str]) -> dict[str, object] | None:
        if body.get("Filter.1.Name") != "snapshot-id":
            return None
        seen.append(next(states))
        assert "DeleteVolume" not in account.wire.names()
        return {"Snapshots": [{"SnapshotId": body["Filter.1.Value.1"], "State": seen[-1]}]}

    account.wire.answers["DescribeSnapshots"] = describe
    account.wire.answers["CreateSnapshot"] = lambda body: {"SnapshotId": "snap-1", "State": "pending", "StartTime": NOW}
    slept: list[float] = []
    ticking = Patience(seconds=60, pause=10, clock=lambda: float(sum(slept)), sleep=slept.append)

    report = account.run(account.lake([row(volume)]), patience=ticking)

    assert seen == ["pending", "pending", "completed"]
    assert slept == [10, 10]
    assert report.outcomes[0].status is Status.DONE
    assert account.volume_ids() == set()


def test_volume_whose_snapshot_does_not_complete_in_time_waits_for_the_next_run(account: Account) -> None:
    volume = account.volume()
    store = account.lake([row(volume)])
    account.wire.answers["CreateSnapshot"] = lambda body: {"SnapshotId": "snap-1", "State": "pending", "StartTime": NOW}
    slept: list[float] = []

    report = account.run(
        store, patience=Patience(seconds=30, pause=10, clock=lambda: float(sum(slept)), sleep=slept.append)
    )

    assert report.outcomes[0].status is Status.WAITING
    assert not report.failures
    assert account.volume_ids() == {volume}
    assert sum(slept) <= 30
    assert ledger_of(store) == []


@pytest.mark.parametrize("state", ["error", "recoverable"])
def test_volume_is_kept_when_its_snapshot_ends_in_error(account: Account, state: str) -> None:
    volume = account.volume()
    store = account.lake([row(volume)])
    account.wire.answers["CreateSnapshot"] = lambda body: {"SnapshotId": "snap-1", "State": state, "StartTime": NOW}

    report = account.run(store)

    assert report.outcomes[0].status is Status.FAILED
    assert account.volume_ids() == {volume}
    assert ledger_of(store) == []


def test_volume_is_kept_when_its_snapshot_may_not_be_taken(account: Account) -> None:
    volume = account.volume()
    account.wire.fails("CreateSnapshot", "UnauthorizedOperation")

    report = account.run(account.lake([row(volume)]))

    assert report.failures[0].detail.startswith("UnauthorizedOperation")
    assert account.volume_ids() == {volume}
    assert "DeleteVolume" not in account.wire.names()


def test_volume_attached_while_its_snapshot_was_taken_is_kept(account: Account) -> None:
    volume = account.volume()
    store = account.lake([row(volume)])
    instance: list[str] = []

    def attach_meanwhile(body: dict[str, str]) -> None:
        del account.wire.answers["CreateSnapshot"]
        instance.append(account.attach(volume))

    account.wire.answers["CreateSnapshot"] = attach_meanwhile

    report = account.run(store)

    assert report.outcomes[0].status is Status.LEFT_ALONE
    assert report.outcomes[0].detail.startswith(f"attached to {instance[0]} since snapshot snap-")
    assert volume in account.volume_ids()
    assert "DeleteVolume" not in account.wire.names()
    assert ledger_of(store) == []


def test_volume_that_somebody_else_deleted_after_the_snapshot_is_done(account: Account) -> None:
    volume = account.volume()
    store = account.lake([row(volume)])
    account.wire.fails("DeleteVolume", "InvalidVolume.NotFound")

    report = account.run(store)

    assert report.outcomes[0].status is Status.DONE
    assert len(ledger_of(store)) == 1


def test_run_killed_between_snapshot_and_deletion_goes_on_with_the_same_snapshot(account: Account) -> None:
    volume = account.volume()
    store = account.lake([row(volume)])
    account.wire.killed_at("DeleteVolume")
    with pytest.raises(KeyboardInterrupt):
        account.run(store, run_id="run-1")
    assert account.volume_ids() == {volume}
    assert ledger_of(store) == []
    account.wire.works_again()

    report = account.run(store, run_id="run-2")

    assert report.outcomes[0].status is Status.DONE
    assert account.volume_ids() == set()
    assert len(account.snapshots_of(volume)) == 1
    assert [entry["run_id"] for entry in ledger_of(store)] == ["run-2"]


def test_snapshot_of_a_killed_run_is_too_old_once_the_volume_may_have_been_written_since(account: Account) -> None:
    volume = account.volume()
    store = account.lake([row(volume)])
    account.wire.killed_at("DeleteVolume")
    with pytest.raises(KeyboardInterrupt):
        account.run(store)
    old = account.snapshots_of(volume)[0]["SnapshotId"]
    account.wire.works_again()

    # Moto stamps the new snapshot with today's clock, so that it is too old for tomorrow's run as well.
    report = account.run(store, now=NOW + timedelta(hours=7))

    new = {snapshot["SnapshotId"] for snapshot in account.snapshots_of(volume)} - {old}
    assert len(new) == 1
    assert report.outcomes[0].status is Status.WAITING
    assert account.volume_ids() == {volume}


def test_snapshot_of_another_plan_is_not_taken_for_ours(account: Account) -> None:
    volume = account.volume()
    spec = [{"ResourceType": "snapshot", "Tags": [{"Key": "finops:plan-key", "Value": "another"}]}]
    account.ec2.create_snapshot(VolumeId=volume, TagSpecifications=spec)

    account.run(account.lake([row(volume, finding_id="f-1")]))

    assert len(account.snapshots_of(volume)) == 2


def test_run_killed_between_deletion_and_record_is_recorded_by_the_next_one(account: Account) -> None:
    volume = account.volume()
    store = account.lake([row(volume)])

    def delete_then_die(body: dict[str, str]) -> None:
        account.ec2.delete_volume(VolumeId=volume)
        raise KeyboardInterrupt

    account.wire.answers["DeleteVolume"] = delete_then_die
    with pytest.raises(KeyboardInterrupt):
        account.run(store, run_id="run-1")
    assert ledger_of(store) == []
    account.wire.works_again()
    account.wire.calls.clear()

    report = account.run(store, run_id="run-2")

    assert report.notes == (f"Found deleted, and recorded now: {volume} by run run-1, which was cut off.",)
    assert account.wire.changes() == []
    (entry,) = ledger_of(store)
    assert entry["before"]["size"] == 100
    assert "create-volume" in entry["undo"]
    assert entry["after"]["snapshot_id"] == account.snapshots_of(volume)[0]["SnapshotId"]


def test_repeat_of_a_done_act_changes_nothing_and_says_so(account: Account) -> None:
    volume = account.volume()
    store = account.lake([row(volume)])
    account.run(store, run_id="run-1")
    before = ledger_of(store)
    account.wire.calls.clear()

    report = account.run(store, run_id="run-2")

    assert [outcome.status for outcome in report.outcomes] == [Status.ALREADY_DONE]
    assert report.outcomes[0].detail == f"deleted on {before[0]['acted_at'][:10]} by run run-1"
    assert account.wire.calls == []
    assert ledger_of(store) == before
    assert len(account.snapshots_of(volume)) == 1


def test_one_failing_volume_does_not_stop_the_others(account: Account) -> None:
    first, bad, last = account.volume(), account.volume(), account.volume()
    store = account.lake([row(first), row(bad), row(last)])
    account.wire.fails("DeleteVolume", "InternalError", about=bad)

    report = account.run(store)

    assert {out.decision.resource_id: out.status for out in report.outcomes} == {
        first: Status.DONE,
        bad: Status.FAILED,
        last: Status.DONE,
    }
    assert account.volume_ids() == {bad}
    assert {entry["resource_id"] for entry in ledger_of(store)} == {first, last}


def test_only_what_was_done_is_in_the_ledger(account: Account) -> None:
    done, attached, young = account.volume(), account.volume(), account.volume(age=timedelta(days=2))
    account.attach(attached)
    allocation, _ = account.address()
    store = account.lake([row(done), row(attached), row(young), row(GONE_VOLUME), address_row(allocation)])

    account.run(store)

    assert [entry["resource_id"] for entry in ledger_of(store)] == [done]


def test_address_is_released_only_with_approval(account: Account) -> None:
    allocation, ip = account.address()
    store = account.lake([address_row(allocation)])

    report = account.run(store)

    assert report.decisions[0].verb is Verb.NEEDS_APPROVAL
    assert account.address_ids() == {allocation}

    report = account.run(store, Request(apply=True, approved=frozenset({Verb.RELEASE})), run_id="run-2")

    assert report.outcomes[0].status is Status.DONE
    assert account.address_ids() == set()
    (entry,) = ledger_of(store)
    assert "cannot be undone" in entry["undo"]
    assert ip in entry["undo"]


def test_address_named_by_its_ip_on_the_bill_is_found(account: Account) -> None:
    allocation, ip = account.address()
    kept, _ = account.address()

    account.run(account.lake([address_row(ip)]), Request(apply=True, approved=frozenset({Verb.RELEASE})))

    assert account.address_ids() == {kept}
    assert allocation != kept


def test_associated_address_is_kept_though_aws_would_release_it(account: Account) -> None:
    allocation, _ = account.address()
    instance = account.attach(account.volume())
    account.ec2.associate_address(AllocationId=allocation, InstanceId=instance)

    report = account.run(
        account.lake([address_row(allocation)]), Request(apply=True, approved=frozenset({Verb.RELEASE}))
    )

    assert report.outcomes[0].detail == f"associated with {instance}"
    assert "ReleaseAddress" not in account.wire.names()
    # The emulator, like a default VPC, would have let it go: the check is ours alone.
    account.ec2.release_address(AllocationId=allocation)
    assert account.address_ids() == set()


def test_address_associated_between_decision_and_release_is_kept(account: Account) -> None:
    allocation, _ = account.address()
    instance = account.attach(account.volume())
    looks: list[str] = []

    def associate_before_the_second_look(body: dict[str, str]) -> None:
        looks.append("look")
        if len(looks) == 2:
            account.ec2.associate_address(AllocationId=allocation, InstanceId=instance)

    account.wire.answers["DescribeAddresses"] = associate_before_the_second_look

    report = account.run(
        account.lake([address_row(allocation)]), Request(apply=True, approved=frozenset({Verb.RELEASE}))
    )

    assert report.decisions[0].verb is Verb.RELEASE
    assert report.outcomes[0].status is Status.LEFT_ALONE
    assert account.address_ids() == {allocation}


def test_volume_of_another_account_is_skipped_without_a_role(account: Account) -> None:
    own = account.volume()
    report = account.run(account.lake([row("vol-0123456789abcdef0", sub_account_id=OTHER), row(own)]))

    reasons = {out.decision.account: out.detail for out in report.outcomes}
    assert reasons[OTHER] == f"live state unknown: no role for account {OTHER}"
    assert reasons[OWN].startswith("deleted, snapshot snap-")


def test_volume_of_another_account_is_deleted_with_the_role(account: Account) -> None:
    import boto3
    from moto.ec2.models import ec2_backends

    sts = boto3.client("sts", region_name=REGION)
    taken = sts.assume_role(RoleArn=f"arn:aws:iam::{OTHER}:role/finops", RoleSessionName="test")["Credentials"]
    there = boto3.client(
        "ec2",
        region_name=REGION,
        aws_access_key_id=taken["AccessKeyId"],
        aws_secret_access_key=taken["SecretAccessKey"],
        aws_session_token=taken["SessionToken"],
    )
    volume = there.create_volume(AvailabilityZone=f"{REGION}a", Size=8)["VolumeId"]
    ec2_backends[OTHER][REGION].volumes[volume].create_time = NOW - timedelta(days=100)

    report = account.run(account.lake([row(volume, sub_account_id=OTHER)]), role_name="finops", run_id="r" * 80)

    assert report.outcomes[0].status is Status.DONE
    assert there.describe_volumes()["Volumes"] == []
    (assumed,) = [body for name, body in account.wire.calls if name == "AssumeRole"]
    assert assumed["RoleArn"] == f"arn:aws:iam::{OTHER}:role/finops"
    assert assumed["RoleSessionName"] == "finops-" + "r" * 57


def test_caps_trip_before_the_first_change(account: Account) -> None:
    volumes = {account.volume() for _ in range(3)}
    store = account.lake([row(volume) for volume in volumes])

    report = account.run(store, Request(apply=True, caps=Caps(max_count=2)))

    assert report.stopped == "3 resources to touch, more than the 2 allowed per run (--max-count)"
    assert account.wire.changes() == []
    assert account.volume_ids() == volumes
    assert {out.status for out in report.outcomes} == {Status.NOT_STARTED}
    assert ledger_of(store) == []
