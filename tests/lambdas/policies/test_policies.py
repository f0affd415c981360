"""Each action may do what it does and nothing more: its policy is held against every call that it makes.

The policies are the files that Terraform gives the roles. What moto cannot tell of IAM, an evaluator of our own does.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from string import Template
from typing import Any

import pytest
from moto import mock_aws

from lake.store import S3Store
from lambdas.registry import ACTIONS, action
from lambdas.runtime.action import Reach
from lambdas.runtime.model import Caps, Grace, Request, Status, Verb
from tests.lambdas.auto_tagger.test_auto_tagger import Tagged
from tests.lambdas.builders import GONE_VOLUME, NOW, OTHER, OWN, REGION, address_row, make_green, row
from tests.lambdas.cloud import Cloud, new_wire
from tests.lambdas.conftest import new_session
from tests.lambdas.cost_reporter.test_cost_reporter import Told
from tests.lambdas.idle_cleanup.account import Idle
from tests.lambdas.policies.iam import Need, allows
from tests.lambdas.policies.needs import BUCKET, KEY, TOPIC, needs_of
from tests.lambdas.rightsizing.test_rightsizing import Sized, proposal, with_ena
from tests.lambdas.scheduler.conftest import OFFICE, Scheduled
from tests.lambdas.scheduler.test_scheduler import group, service
from tests.lambdas.snapshot_cleanup.test_snapshot_cleanup import Snapshots

FOLDER = Path(__file__).parents[3] / "terraform" / "modules" / "actions" / "policies"
WORDS = {
    "partition": "aws",
    "bucket_arn": f"arn:aws:s3:::{BUCKET}",
    "prefix": "lake/",
    "key_arn": KEY,
    "topic_arn": TOPIC,
    "tag_keys": json.dumps(["Owner", "CostCenter", "finops:tagged-by"]),
}
APPROVED = Request(
    apply=True,
    caps=Caps(max_share_pct=Decimal(100), max_count=100),
    approved=frozenset({Verb.DELETE, Verb.RELEASE}),
    grace=Grace(builds=1),
)
MARK = Request(mark=True, approved=APPROVED.approved)
ALL = Reach(regions=("all",), home=REGION)

Statements = list[dict[str, Any]]


def policy(name: str) -> Statements:
    """The statements of a file, with the words that Terraform fills in."""
    told: Statements = json.loads(Template((FOLDER / f"{name}.json").read_text()).substitute(WORDS))
    return told


class Recorded(Cloud):
    """An account whose lake lies in S3; what its calls need is taken down while an action runs."""

    needs: list[Need]

    def wire(self) -> Any:
        return new_wire(self.services)

    def new_store(self, root: Path) -> S3Store:
        self.needs = []
        self.is_running = False
        where = {"LocationConstraint": REGION}
        new_session().client("s3", region_name=REGION).create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
        self.session.events.register("provide-client-params", self._take_down)
        return S3Store(self.session.client("s3", region_name=REGION), BUCKET, "lake", root / "cache")

    def _take_down(self, params: Any, model: Any, **_: Any) -> None:
        if self.is_running:
            self.needs += needs_of(model.service_model.service_name, model.name, params, self.client)

    def prepare(self, *args: Any, **options: Any) -> None:
        """A run of another function before, which is not taken down."""
        super().act(*args, **options)

    def act(self, *args: Any, **options: Any) -> Any:
        self.is_running = True
        try:
            return super().act(*args, **options)
        finally:
            self.is_running = False


def of(kind: type[Cloud]) -> type[Any]:
    return type(f"Recorded{kind.__name__}", (Recorded, kind), {})


def schedules(root: Path) -> list[Need]:
    cloud = of(Scheduled)(root)
    cloud.answers["DescribeRegions"] = lambda body: {"Regions": [{"RegionName": REGION}]}
    tags = [{"Key": "Schedule", "Value": OFFICE}]
    cloud.instance()
    cloud.client("rds").create_db_instance(
        DBInstanceIdentifier="db", DBInstanceClass="db.t3.micro", Engine="postgres", AllocatedStorage=20, Tags=tags
    )
    cloud.client("rds").create_db_cluster(
        DBClusterIdentifier="c", Engine="aurora-mysql", MasterUsername="u", MasterUserPassword="p" * 12, Tags=tags
    )
    group(cloud)
    service(cloud)
    evening = cloud.run("2026-11-26T18:05", regions=("all",))
    morning = cloud.run("2026-11-27T08:05", regions=("all",))
    assert [out.status for out in (*evening.outcomes, *morning.outcomes)] == [Status.DONE] * 10
    return cloud.needs


def snapshots(root: Path, *, mark: bool = False) -> list[Need]:
    cloud = of(Snapshots)(root)
    made = cloud.chain(500, 400, 300, 200)
    cloud.client("ec2").create_launch_template(
        LaunchTemplateName="web", LaunchTemplateData={"InstanceType": "t3.micro"}
    )
    cloud.propose(made[0])
    return marks(cloud, "snapshot_cleanup") if mark else acts_on_marked(cloud, "snapshot_cleanup", 1)


def marks(cloud: Any, name: str) -> list[Need]:
    """What a run needs that marks, and one that takes the marks off again."""
    assert set(cloud.act(name, MARK).counts) == {"marked"}
    make_green(cloud.store, [row(GONE_VOLUME)])
    assert cloud.act(name, MARK).notes == ()
    told: list[Need] = cloud.needs
    return told


def acts_on_marked(cloud: Any, name: str, count: int) -> list[Need]:
    """What a run needs that acts on what another one marked."""
    cloud.prepare(name, MARK)
    assert cloud.act(name, APPROVED).counts == {"done": count}
    told: list[Need] = cloud.needs
    return told


def idle(root: Path, *, mark: bool = False) -> list[Need]:
    from datetime import timedelta

    from moto.ec2.models import ec2_backends

    cloud = of(Idle)(root)
    held, _ = cloud.held()
    volume = cloud.client("ec2").create_volume(AvailabilityZone=f"{REGION}a", Size=1)["VolumeId"]
    ec2_backends[OWN][REGION].volumes[volume].create_time = NOW - timedelta(days=100)
    address = cloud.client("ec2").allocate_address(Domain="vpc")["AllocationId"]
    make_green(cloud.store, [row(volume), held, address_row(address), *cloud.rows()])
    cloud.approve()
    cloud.needs.clear()
    return marks(cloud, "idle_cleanup") if mark else acts_on_marked(cloud, "idle_cleanup", 7)


def sizes(root: Path) -> list[Need]:
    cloud = of(Sized)(root)
    cloud.answers["DescribeInstances"] = with_ena(cloud)
    cloud.answers["DescribeVolumesModifications"] = lambda body: {"VolumesModifications": []}
    instance = cloud.instance()
    volume = cloud.client("ec2").create_volume(AvailabilityZone=f"{REGION}a", Size=1, VolumeType="gp2")["VolumeId"]
    cloud.propose(proposal(instance), proposal(volume, "gp2_to_gp3", "gp3"))
    cloud.answers["ModifyVolume"] = lambda body: {"VolumeModification": {"ModificationState": "modifying"}}
    assert cloud.run(replace(APPROVED, grace=Grace())).counts == {"done": 2}
    return cloud.needs


def tags(root: Path) -> list[Need]:
    cloud = of(Tagged)(root)
    cloud.answers["DescribeRegions"] = lambda body: {"Regions": [{"RegionName": REGION}]}
    cloud.answers["TagResources"] = lambda body: {"FailedResourcesMap": {}}
    volume = cloud.volume(instance=cloud.instance())
    cloud.client("ec2").create_snapshot(VolumeId=volume)
    cloud.database()
    subnet = cloud.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    cloud.client("elbv2").create_load_balancer(Name="web", Subnets=[subnet])
    assert set(cloud.act("auto_tagger", reach=ALL).counts) == {"done"}
    cloud.organize()
    cloud.client("ec2").create_volume(AvailabilityZone=f"{REGION}a", Size=1)
    assert "done" in cloud.act("auto_tagger", reach=ALL).counts
    return cloud.needs


def reports(root: Path) -> list[Need]:
    cloud = of(Told)(root)
    cloud.client("sns").create_topic(Name="finops")
    assert cloud.act("cost_reporter", settings={"FINOPS_TOPIC": TOPIC}).counts == {"done": 2}
    return cloud.needs


RUNS: dict[str, Callable[[Path], list[Need]]] = {
    "scheduler": schedules,
    "snapshot_cleanup": snapshots,
    "idle_cleanup": idle,
    "idle_cleanup_marker": partial(idle, mark=True),
    "snapshot_cleanup_marker": partial(snapshots, mark=True),
    "rightsizing": sizes,
    "auto_tagger": tags,
    "cost_reporter": reports,
}


@contextmanager
def emulated() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
        with mock_aws():
            yield


@pytest.fixture(scope="module")
def needed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Need]]:
    """What every action needs in a run that does all that it can do."""
    found = {}
    for name, run in RUNS.items():
        with emulated():
            found[name] = run(tmp_path_factory.mktemp(name))
    return found


def own(needs: list[Need]) -> list[Need]:
    """What an action needs beside the lake."""
    return [need for need in needs if not need.action.startswith(("s3:", "kms:"))]


def less(statements: Statements) -> Iterator[tuple[str, Statements]]:
    """The statements with one entry less, and which."""
    for number, statement in enumerate(statements):
        for part in ("Action", "Resource"):
            for entry in statement[part]:
                fewer = copy.deepcopy(statements)
                fewer[number][part].remove(entry)
                yield f"{statement['Sid']}: {entry}", fewer


def test_every_action_has_a_policy_and_every_policy_its_action() -> None:
    marked = {name for name in ACTIONS if action(name).is_marked_by_tag}
    assert set(RUNS) == {*ACTIONS, *(f"{name}_marker" for name in marked)}
    assert {path.stem for path in FOLDER.glob("*.json")} == {*RUNS, "lake"}


def test_terraform_knows_every_action_and_when_it_runs() -> None:
    variables, main = ((FOLDER.parent / name).read_text() for name in ("variables.tf", "main.tf"))
    for names in re.findall(r'\["auto_tagger".*?\]', variables):
        assert set(re.findall(r'"(\w+)"', names)) == set(ACTIONS)
    assert set(re.findall(r'^    (\w+) += "(?:cron|rate)', main, re.MULTILINE)) == set(RUNS)


@pytest.mark.parametrize("name", RUNS)
def test_policy_allows_every_call(name: str, needed: dict[str, list[Need]]) -> None:
    statements = [*policy(name), *policy("lake")]
    denied = [need for need in needed[name] if not allows(statements, need)]
    assert denied == []


@pytest.mark.parametrize("name", RUNS)
def test_policy_without_any_one_entry_fails_some_call(name: str, needed: dict[str, list[Need]]) -> None:
    mine = [need for need in needed[name] if not allows(policy("lake"), need)]
    guarded = [*mine, *protected(mine)]
    wanted = [allows(policy(name), need) for need in guarded]
    for entry, fewer in less(policy(name)):
        if entry == "NeverWhatIsProtected: *":
            continue
        assert [allows(fewer, need) for need in guarded] != wanted, f"{entry} is not needed"


def test_lake_is_read_and_written_no_further_than_needed(needed: dict[str, list[Need]]) -> None:
    all_of_them = [
        need
        for name, needs in needed.items()
        for need in needs
        if need.action.startswith(("s3:", "kms:")) and not allows(policy(name), need)
    ]
    for entry, fewer in less(policy("lake")):
        assert not all(allows(fewer, need) for need in all_of_them), f"{entry} is not needed"
    for key in (
        "landing/x",
        "marts/x",
        "actions/STOP",
        "actions/approvals/x",
        "actions/marks/idle_cleanup.json",
        "actions/scheduler.yml",
    ):
        assert not allows(policy("lake"), Need("s3:PutObject", f"arn:aws:s3:::{BUCKET}/lake/{key}"))
    assert not allows(policy("lake"), Need("s3:DeleteObject", f"arn:aws:s3:::{BUCKET}/lake/actions/ledger/x"))


def protected(needs: list[Need]) -> list[Need]:
    """The changes among these, of a resource that is protected."""
    shield = {"aws:ResourceTag/finops:protect": "true"}
    reading = ("Describe", "List", "Get", "Lookup")
    return [
        replace(need, context={**need.context, **shield})
        for need in needs
        if not need.action.partition(":")[2].startswith(reading)
    ]


# What takes nothing away: a snapshot, a mark that must be taken off, and a start that brings one back.
HARMLESS = {
    "idle_cleanup_marker": {"ec2:DeleteTags", "elasticloadbalancing:RemoveTags", "rds:RemoveTagsFromResource"},
    "snapshot_cleanup_marker": {"ec2:DeleteTags"},
    "idle_cleanup": {"ec2:CreateSnapshot", "ec2:CreateTags"},
    "rightsizing": {"ec2:CreateTags", "ec2:DeleteTags", "ec2:StartInstances"},
    "auto_tagger": {"tag:TagResources"},
    "cost_reporter": {"sns:Publish", "cloudwatch:PutMetricData"},
}


@pytest.mark.parametrize("name", RUNS)
def test_what_is_protected_is_refused_by_iam_as_well(name: str, needed: dict[str, list[Need]]) -> None:
    let = {need.action for need in protected(own(needed[name])) if allows(policy(name), need)}
    assert let == HARMLESS.get(name, set())


def test_tag_that_says_protect_false_refuses_nothing(needed: dict[str, list[Need]]) -> None:
    for name in RUNS:
        for need in own(needed[name]):
            freed = replace(need, context={**need.context, "aws:ResourceTag/finops:protect": "False"})
            assert allows(policy(name), freed), need


VOLUME = f"arn:aws:ec2:{REGION}:{OWN}:volume/vol-1"
INSTANCE = f"arn:aws:ec2:{REGION}:{OWN}:instance/i-1"
SNAPSHOT = f"arn:aws:ec2:{REGION}::snapshot/snap-1"
ADDRESS = f"arn:aws:ec2:{REGION}:{OWN}:elastic-ip/eipalloc-1"
BALANCER = f"arn:aws:elasticloadbalancing:{REGION}:{OWN}:loadbalancer/app/web/1"
DATABASE = f"arn:aws:rds:{REGION}:{OWN}:db:shop"
TAG = "aws:ResourceTag/finops:mark:"
MARKED = {f"{TAG}idle_cleanup": "delete 2026-11-26 0123456789abcdef"}
MARKED_SNAPSHOT = {f"{TAG}snapshot_cleanup": "delete 2026-11-26 0123456789abcdef"}


@pytest.mark.parametrize(
    ("name", "need"),
    [
        ("scheduler", Need("ec2:StopInstances", INSTANCE)),
        ("scheduler", Need("ec2:TerminateInstances", INSTANCE, {"aws:ResourceTag/Schedule": OFFICE})),
        ("scheduler", Need("rds:StopDBInstance", f"arn:aws:rds:{REGION}:{OWN}:db:shop")),
        ("scheduler", Need("ec2:CreateTags", INSTANCE, {"aws:TagKeys": ("Schedule",)})),
        # Not marked, marked for something else, and by another action.
        ("idle_cleanup", Need("ec2:DeleteVolume", VOLUME)),
        ("idle_cleanup", Need("ec2:DeleteVolume", VOLUME, {f"{TAG}idle_cleanup": "release 2026-11-26 0"})),
        ("idle_cleanup", Need("ec2:DeleteVolume", VOLUME, {f"{TAG}rightsizing": "delete 2026-11-26 0"})),
        ("idle_cleanup", Need("ec2:DetachVolume", VOLUME)),
        ("idle_cleanup", Need("ec2:DetachVolume", INSTANCE, {"aws:ResourceTag/finops:protect": "true"})),
        ("idle_cleanup", Need("ec2:StopInstances", INSTANCE, MARKED)),
        ("idle_cleanup", Need("ec2:ReleaseAddress", ADDRESS, MARKED)),
        ("snapshot_cleanup", Need("ec2:DeleteSnapshot", SNAPSHOT, MARKED)),
        ("idle_cleanup", Need("ec2:DeleteNatGateway", f"arn:aws:ec2:{REGION}:{OWN}:natgateway/nat-1")),
        ("idle_cleanup", Need("elasticloadbalancing:DeleteLoadBalancer", BALANCER)),
        ("idle_cleanup", Need("rds:StopDBInstance", DATABASE, MARKED)),
        ("idle_cleanup", Need("rds:DeleteDBInstance", DATABASE, {f"{TAG}idle_cleanup": "stop 2026-11-26 0"})),
        (
            "idle_cleanup",
            Need("elasticloadbalancing:AddTags", BALANCER, {"aws:TagKeys": ("finops:mark:idle_cleanup",)}),
        ),
        ("idle_cleanup", Need("rds:AddTagsToResource", DATABASE, {"aws:TagKeys": ("finops:mark:idle_cleanup",)})),
        ("idle_cleanup_marker", Need("rds:AddTagsToResource", DATABASE, {"aws:TagKeys": ("Schedule",)})),
        (
            "idle_cleanup_marker",
            Need("elasticloadbalancing:RemoveTags", BALANCER, {"aws:TagKeys": ("finops:protect",)}),
        ),
        # Of another account.
        ("idle_cleanup", Need("ec2:DeleteVolume", VOLUME.replace(OWN, OTHER), MARKED)),
        ("idle_cleanup", Need("ec2:CreateSnapshot", VOLUME.replace(OWN, OTHER), MARKED)),
        # Marking what it deletes, also by the tags of a snapshot that it takes, or in the lake.
        ("idle_cleanup", Need("ec2:CreateTags", VOLUME, {"aws:TagKeys": ("finops:mark:idle_cleanup",)})),
        (
            "idle_cleanup",
            Need(
                "ec2:CreateTags",
                SNAPSHOT,
                {"ec2:CreateAction": "CreateSnapshot", "aws:TagKeys": ("finops:mark:snapshot_cleanup",)},
            ),
        ),
        ("idle_cleanup", Need("s3:PutObject", f"arn:aws:s3:::{BUCKET}/lake/actions/marks/idle_cleanup.json")),
        ("snapshot_cleanup", Need("ec2:CreateTags", SNAPSHOT, {"aws:TagKeys": ("finops:mark:snapshot_cleanup",)})),
        ("auto_tagger", Need("ec2:CreateTags", VOLUME, {"aws:TagKeys": ("finops:mark:idle_cleanup",)})),
        # Deleting what it marks, taking the owner's tags off, and marking what another action deletes.
        ("idle_cleanup_marker", Need("ec2:DeleteVolume", VOLUME, MARKED)),
        ("idle_cleanup_marker", Need("ec2:ReleaseAddress", ADDRESS, {f"{TAG}idle_cleanup": "release 2026-11-26 0"})),
        ("idle_cleanup_marker", Need("ec2:DeleteTags", VOLUME, {"aws:TagKeys": ("finops:protect",)})),
        ("idle_cleanup_marker", Need("ec2:DeleteTags", VOLUME)),
        ("idle_cleanup_marker", Need("ec2:CreateTags", VOLUME, {"aws:TagKeys": ("finops:mark:rightsizing",)})),
        ("idle_cleanup_marker", Need("ec2:CreateTags", INSTANCE, {"aws:TagKeys": ("finops:mark:idle_cleanup",)})),
        (
            "idle_cleanup_marker",
            Need("ec2:CreateTags", VOLUME.replace(OWN, OTHER), {"aws:TagKeys": ("finops:mark:idle_cleanup",)}),
        ),
        ("snapshot_cleanup_marker", Need("ec2:DeleteSnapshot", SNAPSHOT, MARKED_SNAPSHOT)),
        ("snapshot_cleanup_marker", Need("ec2:CreateTags", VOLUME, {"aws:TagKeys": ("finops:mark:snapshot_cleanup",)})),
        (
            "snapshot_cleanup",
            Need(
                "ec2:DeleteSnapshot", SNAPSHOT, {**MARKED_SNAPSHOT, "aws:ResourceTag/aws:backup:source-resource": "x"}
            ),
        ),
        ("snapshot_cleanup", Need("ec2:DeregisterImage", f"arn:aws:ec2:{REGION}::image/ami-1")),
        ("snapshot_cleanup", Need("ec2:ModifySnapshotAttribute", SNAPSHOT)),
        ("snapshot_cleanup", Need("ec2:DeleteVolume", VOLUME)),
        ("idle_cleanup", Need("ec2:CreateTags", SNAPSHOT, {"aws:TagKeys": ("a",)})),
        ("idle_cleanup", Need("ec2:CreateTags", VOLUME, {"ec2:CreateAction": "CreateSnapshot"})),
        ("idle_cleanup", Need("ec2:DeleteSnapshot", SNAPSHOT)),
        ("rightsizing", Need("ec2:ModifyInstanceAttribute", INSTANCE)),
        (
            "rightsizing",
            Need(
                "ec2:CreateTags",
                INSTANCE,
                {
                    "aws:TagKeys": ("finops:resizing", "finops:resize-window"),
                    "aws:ResourceTag/finops:resize-window": "x",
                },
            ),
        ),
        ("rightsizing", Need("ec2:CreateTags", INSTANCE, {"aws:ResourceTag/finops:resize-window": "x"})),
        ("auto_tagger", Need("ec2:CreateTags", VOLUME, {"aws:TagKeys": ("Owner", "finops:protect")})),
        ("auto_tagger", Need("ec2:CreateTags", VOLUME)),
        ("auto_tagger", Need("ec2:DeleteTags", VOLUME, {"aws:TagKeys": ("Owner",)})),
        ("auto_tagger", Need("ec2:CreateTags", f"arn:aws:ec2:{REGION}:{OWN}:vpc/vpc-1", {"aws:TagKeys": ("Owner",)})),
        ("cost_reporter", Need("sns:Publish", f"arn:aws:sns:{REGION}:{OTHER}:finops")),
        ("cost_reporter", Need("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "AWS/EC2"})),
    ],
)
def test_what_no_action_does_is_refused(name: str, need: Need) -> None:
    assert not allows([*policy(name), *policy("lake")], need)


def test_deny_and_allow_name_every_action_without_a_star() -> None:
    for path in FOLDER.glob("*.json"):
        for statement in policy(path.stem):
            assert not any("*" in action for action in statement["Action"]), path
            assert statement["Action"] == sorted(statement["Action"]), path
