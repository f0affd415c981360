"""Which snapshots go and which stay: by rule, by who holds them, and the whole way in an emulated account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws
from moto.ec2.models import ec2_backends

from lambdas.runtime.model import Caps, Decision, Finding, Gone, Request, Status, Unknown, Verb
from lambdas.snapshot_cleanup.decide import Snapshot, candidates, decide
from tests.lambdas.builders import NOW, OTHER, OWN, REGION, make_green, row
from tests.lambdas.cloud import Cloud

OLD = Snapshot("snap-0123456789abcdef0", "vol-1", "completed", NOW - timedelta(days=100), newer=3, undo_days=14)
FINDING = Finding("plan-1", "snapshot_of_gone_volume", "snapshot", OLD.snapshot_id, OWN, REGION, Decimal(3), "USD")
APPROVED = Request(apply=True, approved=frozenset({Verb.DELETE}), caps=Caps(max_share_pct=Decimal(100)))


def decided(facts: Snapshot | Gone | Unknown, request: Request | None = None) -> Decision:
    (decision,) = decide([FINDING], {FINDING: facts}, request or Request(), NOW)
    return decision


def test_old_snapshot_with_newer_ones_goes() -> None:
    decision = decided(OLD)
    assert decision.verb is Verb.DELETE
    assert decision.reason.startswith("older than 90 days, and 3 of its volume are newer; saves at most its line")
    assert decision.monthly_cost == Decimal(3)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"state": "pending"}, "its state is pending, not completed"),
        ({"state": "error"}, "its state is error, not completed"),
        ({"started_at": NOW - timedelta(days=89)}, "89 days old, younger than 90"),
        ({"started_at": None}, "live state unknown: no start time"),
        ({"newer": 2}, "among the 3 newest of vol-1"),
        ({"newer": 0}, "among the 3 newest of vol-1"),
        ({"volume_id": "vol-ffffffff"}, "a copy, of which the volume is not known"),
        ({"description": "[Copied snap-1 from eu-west-1]"}, "a copy, of which the volume is not known"),
        ({"used_by": ("image ami-1",)}, "used by image ami-1"),
        ({"used_by": ("launch template lt-1",)}, "used by launch template lt-1"),
        ({"shared_with": (OTHER,)}, f"shared with {OTHER}"),
        ({"lock": "compliance"}, "locked (compliance)"),
        ({"fast_restore": "eu-west-1a"}, "kept for fast restore in eu-west-1a, which must be switched off first"),
        ({"tier": "archive"}, "in the tier archive, which is billed for 90 days in any case"),
        ({"is_restored": True}, "restored from the archive for a time"),
        ({"outpost": "arn:aws:outposts:x"}, "on an Outpost"),
        ({"tags": (("finops:protect", ""),)}, "protected by tag finops:protect="),
        (
            {"tags": (("aws:backup:source-resource", "x"),)},
            "kept by AWS Backup, which must delete it itself",
        ),
        ({"tags": (("aws:dlm:lifecycle-policy-id", "policy-1"),)}, "kept by Data Lifecycle Manager"),
        (
            {"tags": (("aws:compute-optimizer:automation-event-id", "1"),)},
            "kept by Compute Optimizer, as the way back from a change",
        ),
        ({"tags": (("finops:source-volume", "vol-9"),)}, "the way back to the deleted vol-9, kept for 180 days"),
    ],
)
def test_snapshot_stays_with_the_reason(change: dict[str, Any], reason: str) -> None:
    decision = decided(replace(OLD, **change))
    assert (decision.verb, decision.reason) == (Verb.LEAVE, reason)


def test_what_keeps_more_counts_days_or_number() -> None:
    young_and_many = replace(OLD, started_at=NOW - timedelta(days=10), newer=50)
    old_and_few = replace(OLD, started_at=NOW - timedelta(days=2000), newer=1)
    assert {decided(each).verb for each in (young_and_many, old_and_few)} == {Verb.LEAVE}


def test_last_snapshot_of_a_volume_stays_even_when_none_is_to_be_kept() -> None:
    last = replace(OLD, newer=0)
    assert decided(last, Request(keep_days=0, keep_count=0)).verb is Verb.LEAVE


def test_without_a_recycle_bin_a_person_must_approve() -> None:
    gone_for_ever = replace(OLD, undo_days=None)
    assert decided(gone_for_ever).verb is Verb.NEEDS_APPROVAL
    assert decided(gone_for_ever, APPROVED).verb is Verb.DELETE


def test_what_is_gone_or_unknown_stays() -> None:
    assert {decided(facts).verb for facts in (Gone(), Unknown("AccessDenied"))} == {Verb.LEAVE}


@given(ages=st.lists(st.integers(0, 400), min_size=1, max_size=12), days=st.integers(0, 200), count=st.integers(0, 5))
def test_of_every_volume_the_newest_stay_and_the_young_stay(ages: list[int], days: int, count: int) -> None:
    ages = sorted(ages)
    request = Request(keep_days=days, keep_count=count)
    facts = [replace(OLD, newer=rank, started_at=NOW - timedelta(days=age)) for rank, age in enumerate(ages)]
    stay = [age for age, each in zip(ages, facts, strict=True) if decided(each, request).verb is Verb.LEAVE]
    expected = max(sum(age < days for age in ages), min(max(count, 1), len(ages)))
    assert len(stay) == expected
    assert stay == ages[:expected]


def test_rows_of_other_rules_and_months_are_no_candidates() -> None:
    rows = [
        row("snap-0123456789abcdef0", rule_id="snapshot_of_gone_volume", action=None),
        row("snap-1123456789abcdef0", rule_id="snapshot_of_gone_volume", is_latest_period=False),
        row("vol-0123456789abcdef0"),
        row(f"arn:aws:ec2:{REGION}:{OWN}:snapshot/snap-2123456789abcdef0", rule_id="snapshot_old"),
        row(f"arn:aws:ec2:us-east-1:{OWN}:snapshot/snap-3123456789abcdef0", rule_id="snapshot_old"),
        row("something", rule_id="snapshot_old"),
    ]
    found = {each.resource_id: each.problem for each in candidates(rows)}
    assert found == {
        "snap-0123456789abcdef0": "",
        "snap-2123456789abcdef0": "",
        "snap-3123456789abcdef0": "its ARN names another account or region than the bill",
        "something": "the bill's name for it is not that of a snapshot",
    }


class Snapshots(Cloud):
    services = ("ec2", "rbin")

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.rules = [{"Identifier": "r-1", "Status": "available", "RetentionPeriod": {"RetentionPeriodValue": 14}}]
        self.answers["DescribeLockedSnapshots"] = lambda body: {"Snapshots": []}
        self.answers["DescribeFastSnapshotRestores"] = lambda body: {"FastSnapshotRestores": []}
        self.answers["ListRules"] = lambda body: {"Rules": [{"Identifier": r["Identifier"]} for r in self.rules]}
        self.answers["GetRule"] = lambda body: next(r for r in self.rules if r["Identifier"] in body["url"])

    def chain(self, *ages: int) -> list[str]:
        """Snapshots of one volume, of so many days; the volume is gone, as its finding says."""
        ec2 = self.client("ec2")
        volume = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=10)["VolumeId"]
        made = [ec2.create_snapshot(VolumeId=volume)["SnapshotId"] for _ in ages]
        for name, age in zip(made, ages, strict=True):
            ec2_backends[OWN][REGION].snapshots[name].start_time = NOW - timedelta(days=age)
        ec2.delete_volume(VolumeId=volume)
        return made

    def propose(self, *names: str) -> None:
        make_green(self.store, [row(name, rule_id="snapshot_of_gone_volume", action=None) for name in names])

    def left(self) -> set[str]:
        return {each["SnapshotId"] for each in self.client("ec2").describe_snapshots(OwnerIds=[OWN])["Snapshots"]}


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Snapshots]:
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    with mock_aws():
        yield Snapshots(tmp_path)


def test_chain_is_cut_to_what_is_kept_and_each_deletion_is_recorded(cloud: Snapshots) -> None:
    made = cloud.chain(500, 400, 300, 200, 100)
    cloud.propose(*made)
    report = cloud.act("snapshot_cleanup", APPROVED)
    assert cloud.left() == set(made[2:])
    assert cloud.changes() == ["DeleteSnapshot", "DeleteSnapshot"]
    assert [out.status for out in report.outcomes].count(Status.DONE) == 2
    assert {entry["resource_id"] for entry in cloud.ledger("snapshot_cleanup")} == set(made[:2])
    assert all("restore-snapshot-from-recycle-bin" in entry["undo"] for entry in cloud.ledger("snapshot_cleanup"))


def test_dry_run_asks_ec2_and_deletes_nothing(cloud: Snapshots) -> None:
    made = cloud.chain(500, 400, 300, 200)
    cloud.propose(made[0])
    report = cloud.act("snapshot_cleanup", Request())
    assert [out.status for out in report.outcomes] == [Status.WOULD_ACT]
    assert cloud.changes() == []
    assert cloud.left() == set(made)


def test_snapshot_of_an_image_stays(cloud: Snapshots) -> None:
    made = cloud.chain(500, 400, 300, 200)
    cloud.client("ec2").register_image(
        Name="golden",
        RootDeviceName="/dev/sda1",
        BlockDeviceMappings=[{"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": made[0]}}],
    )
    cloud.propose(made[0])
    cloud.answers["DescribeImages"] = lambda body: {
        "Images": [{"ImageId": "ami-1", "BlockDeviceMappings": [{"Ebs": {"SnapshotId": made[0]}}]}]
    }
    report = cloud.act("snapshot_cleanup", APPROVED)
    assert report.outcomes[0].detail == "used by image ami-1"
    (asked,) = [body for _, name, body in cloud.asked if name == "DescribeImages"]
    # Without these two EC2 hides images that are switched off or out of date; their snapshots are in use all the same.
    assert (asked["IncludeDisabled"], asked["IncludeDeprecated"]) == ("true", "true")


def test_snapshot_of_a_launch_template_stays(cloud: Snapshots) -> None:
    made = cloud.chain(500, 400, 300, 200)
    mapping = [{"DeviceName": "/dev/sdb", "Ebs": {"SnapshotId": made[0]}}]
    ec2 = cloud.client("ec2")
    ec2.create_launch_template(LaunchTemplateName="web", LaunchTemplateData={"BlockDeviceMappings": mapping})
    ec2.create_launch_template_version(LaunchTemplateName="web", LaunchTemplateData={"InstanceType": "t3.micro"})
    cloud.propose(made[0])
    assert cloud.act("snapshot_cleanup", APPROVED).outcomes[0].detail.startswith("used by launch template lt-")


def test_shared_locked_and_fast_restored_ones_stay(cloud: Snapshots) -> None:
    made = cloud.chain(900, 800, 700, 300, 200, 100)
    cloud.client("ec2").modify_snapshot_attribute(
        SnapshotId=made[0], Attribute="createVolumePermission", OperationType="add", UserIds=[OTHER]
    )
    cloud.answers["DescribeLockedSnapshots"] = lambda body: {
        "Snapshots": [
            {"SnapshotId": made[1], "LockState": "governance"},
            {"SnapshotId": made[0], "LockState": "expired"},
        ]
    }
    cloud.answers["DescribeFastSnapshotRestores"] = lambda body: {
        "FastSnapshotRestores": [{"SnapshotId": made[2], "AvailabilityZone": "eu-west-1b", "State": "enabled"}]
    }
    cloud.propose(*made[:3])
    report = cloud.act("snapshot_cleanup", APPROVED)
    details = {out.decision.resource_id: out.detail.split(",")[0] for out in report.outcomes}
    assert details == {
        made[0]: f"shared with {OTHER}",
        made[1]: "locked (governance)",
        made[2]: "kept for fast restore in eu-west-1b",
    }
    assert cloud.changes() == []


def test_right_that_is_missing_makes_all_of_a_place_unknown_and_nothing_goes(cloud: Snapshots) -> None:
    made = cloud.chain(500, 400, 300, 200)
    cloud.propose(made[0])
    for operation in ("DescribeImages", "DescribeLockedSnapshots", "DescribeLaunchTemplates", "ListRules"):
        cloud.errors = {operation: ("UnauthorizedOperation", "")}
        report = cloud.act("snapshot_cleanup", APPROVED)
        assert report.outcomes[0].detail.startswith("live state unknown: UnauthorizedOperation"), operation
    assert cloud.left() == set(made)


def test_image_made_between_the_look_and_the_deletion_saves_it(cloud: Snapshots) -> None:
    made = cloud.chain(500, 400, 300, 200)
    cloud.propose(made[0])
    cloud.errors["DeleteSnapshot"] = ("InvalidSnapshot.InUse", "")
    report = cloud.act("snapshot_cleanup", APPROVED)
    assert report.outcomes[0].status is Status.LEFT_ALONE
    assert cloud.ledger("snapshot_cleanup") == []


def test_tag_rule_of_the_recycle_bin_covers_its_tag_alone(cloud: Snapshots) -> None:
    made = cloud.chain(500, 400, 300, 200)
    cloud.rules[0]["ResourceTags"] = [{"ResourceTagKey": "keep", "ResourceTagValue": "yes"}]
    cloud.propose(made[0])
    dry = Request()
    assert cloud.act("snapshot_cleanup", dry).decisions[0].verb is Verb.NEEDS_APPROVAL
    cloud.client("ec2").create_tags(Resources=[made[0]], Tags=[{"Key": "keep", "Value": "yes"}])
    assert cloud.act("snapshot_cleanup", dry).decisions[0].verb is Verb.DELETE
    cloud.rules[0]["ExcludeResourceTags"] = cloud.rules[0].pop("ResourceTags")
    assert cloud.act("snapshot_cleanup", dry).decisions[0].verb is Verb.NEEDS_APPROVAL
