"""The whole way: what the bill and the account say, which tags are written, and what fails."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from moto import mock_aws

from lake import verdicts, zones
from lake.errors import GateClosedError, SettingsError
from lake.marts import version_of
from lambdas.runtime.model import Request, Status, Verb
from tests.lambdas.builders import NOW, OWN, REGION, verdict
from tests.lambdas.cloud import Cloud

RULES = f"""
keys: {{Owner: {{from: [account, parent, creator]}}, CostCenter: {{from: [account]}}}}
accounts: {{"{OWN}": {{CostCenter: "42"}}}}
creators: {{maria: payments}}
"""
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("SubAccountId", "RegionId", "ResourceId", "Tags", "BillingCurrency")),
        ("EffectiveCost", pa.decimal128(38, 10)),
    ]
)


class Tagged(Cloud):
    services = ("ec2", "rds", "elbv2", "cloudtrail", "organizations", "resourcegroupstaggingapi")

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        # moto knows no LookupEvents.
        self.answers["LookupEvents"] = lambda body: {"Events": []}
        self.store.write(zones.action_settings("auto_tagger"), RULES.encode())
        self.bill()

    def bill(self, *charges: tuple[str | None, str, str]) -> None:
        """Publish a month of charges: resource, tags, effective cost."""
        rows = [
            dict(zip(SCHEMA.names, (OWN, REGION, name, tags, "USD", Decimal(cost)), strict=True))
            for name, tags, cost in charges
        ]
        sink = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), sink)
        month = f"{NOW:%Y-%m}"
        self.store.write(zones.published_month("focus_1_2", month), sink.getvalue())
        version = version_of(sink.getvalue())
        told = verdict("the version of all months", mart="focus_1_2", months={month: version})
        self.store.delete(told.key())
        verdicts.record(self.store, told)

    def organize(self) -> str:
        """Put the account into a unit, of which the rules know the owner."""
        organizations = self.client("organizations")
        organizations.create_organization(FeatureSet="ALL")
        root = organizations.list_roots()["Roots"][0]["Id"]
        unit: str = organizations.create_organizational_unit(ParentId=root, Name="shop")["OrganizationalUnit"]["Id"]
        organizations.move_account(AccountId=OWN, SourceParentId=root, DestinationParentId=unit)
        rules = f"keys: {{Owner: {{from: [unit]}}}}\nunits: {{{unit}: {{Owner: team of {unit}}}}}\n"
        self.store.write(zones.action_settings("auto_tagger"), rules.encode())
        return unit

    def volume(self, *, instance: str = "", **tags: str) -> str:
        ec2 = self.client("ec2")
        spec = [{"ResourceType": "volume", "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}] if tags else []
        made = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=1, TagSpecifications=spec)["VolumeId"]
        if instance:
            ec2.attach_volume(VolumeId=made, InstanceId=instance, Device="/dev/sdf")
        return made

    def instance(self, **tags: str) -> str:
        spec = [{"ResourceType": "instance", "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}] if tags else []
        placed = {"AvailabilityZone": f"{REGION}a"}
        made = self.client("ec2").run_instances(
            ImageId="ami-12c6146b", MinCount=1, MaxCount=1, TagSpecifications=spec, Placement=placed
        )
        return made["Instances"][0]["InstanceId"]

    def database(self) -> str:
        made = self.client("rds").create_db_instance(
            DBInstanceIdentifier="shop", DBInstanceClass="db.t3.micro", Engine="postgres", AllocatedStorage=20
        )
        return made["DBInstance"]["DBInstanceArn"]

    def tags(self, resource: str) -> dict[str, str]:
        wanted = [{"Name": "resource-id", "Values": [resource]}]
        return {tag["Key"]: tag["Value"] for tag in self.client("ec2").describe_tags(Filters=wanted)["Tags"]}


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tagged]:
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    with mock_aws():
        yield Tagged(tmp_path)


def test_never_tagged_volume_is_found_and_gets_the_tags_that_rules_know(cloud: Tagged) -> None:
    # The tagging API never tells of it.
    volume = cloud.volume()
    cloud.act("auto_tagger")
    assert cloud.tags(volume) == {"CostCenter": "42", "finops:tagged-by": "auto_tagger/run-1"}
    assert cloud.changes() == ["CreateTags"]
    (entry,) = cloud.ledger("auto_tagger")
    assert entry["after"] == {"CostCenter": "42", "finops:tagged-by": "auto_tagger/run-1"}


def test_tag_that_is_there_is_never_changed(cloud: Tagged) -> None:
    volume = cloud.volume(CostCenter="7", owner="somebody")
    report = cloud.act("auto_tagger")
    assert cloud.tags(volume) == {"CostCenter": "7", "owner": "somebody"}
    assert "it has owner, which AWS takes for another key" in report.outcomes[0].detail
    assert cloud.changes() == []


def test_tag_written_between_look_and_act_is_never_overwritten(cloud: Tagged) -> None:
    volume = cloud.volume()

    def meanwhile(body: dict[str, Any]) -> None:
        del cloud.answers["DescribeTags"]
        cloud.client("ec2").create_tags(Resources=[volume], Tags=[{"Key": "CostCenter", "Value": "7"}])

    cloud.answers["DescribeTags"] = meanwhile
    report = cloud.act("auto_tagger")
    assert cloud.tags(volume) == {"CostCenter": "7"}
    assert report.outcomes[0].detail == "tagged by somebody meanwhile"


def test_volume_has_the_owner_of_its_instance_and_a_snapshot_that_of_its_volume(cloud: Tagged) -> None:
    instance = cloud.instance(Owner="data", CostCenter="1")
    attached, owned = cloud.volume(instance=instance), cloud.volume(Owner="web", CostCenter="1")
    snapshot = cloud.client("ec2").create_snapshot(VolumeId=owned)["SnapshotId"]
    cloud.act("auto_tagger")
    assert cloud.tags(attached)["Owner"] == "data"
    assert cloud.tags(snapshot)["Owner"] == "web"


def test_who_made_it_owns_what_no_other_rule_knows(cloud: Tagged) -> None:
    volume = cloud.volume()
    made = {"EventName": "CreateVolume", "EventTime": NOW, "Username": "maria", "CloudTrailEvent": "{}"}
    later = {**made, "EventName": "ModifyVolume", "Username": "jonas"}
    cloud.answers["LookupEvents"] = lambda body: {"Events": [later, made]}
    cloud.act("auto_tagger")
    assert cloud.tags(volume)["Owner"] == "payments"


@pytest.mark.parametrize("most", [0, 50])
def test_nothing_gets_a_default_before_it_is_known_who_made_it(
    cloud: Tagged, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("lambdas.auto_tagger.act.MOST_QUESTIONS", most)
    rules = "keys: {Owner: {from: [creator], default: nobody}}"
    cloud.store.write(zones.action_settings("auto_tagger"), rules.encode())
    volume = cloud.volume()
    cloud.errors["LookupEvents"] = ("AccessDenied", "")
    report = cloud.act("auto_tagger")
    assert "who made it" in report.outcomes[0].detail
    assert cloud.tags(volume) == {}


def test_dry_run_tells_coverage_before_and_after_and_writes_nothing(cloud: Tagged) -> None:
    volume = cloud.volume()
    cloud.bill((volume, "{}", "30"), (None, "{}", "500"), ("other", '{"user_cost_center":"1"}', "70"))
    report = cloud.act("auto_tagger", Request())
    assert report.outcomes[0].status is Status.WOULD_ACT
    assert report.decisions[0].monthly_cost == Decimal(30)
    assert "CostCenter: 70.0 % before, 100.0 % after, of 100.00 USD of resources" in report.notes
    assert "Owner: 0.0 % before, 0.0 % after, of 100.00 USD of resources" in report.notes
    assert any("ignore_tags" in note for note in report.notes)
    assert cloud.changes() == []
    assert cloud.tags(volume) == {}


def test_key_on_any_charge_of_a_resource_counts(cloud: Tagged) -> None:
    cloud.bill(("i-1", "{}", "10"), ("i-1", '{"user:CostCenter":"1","user:Owner":"a"}', "20"))
    report = cloud.act("auto_tagger", Request())
    assert "CostCenter: 100.0 % before, 100.0 % after, of 30.00 USD of resources" in report.notes


def test_failure_that_comes_with_a_200_is_a_failure(cloud: Tagged) -> None:
    # Peers log this and go on as if it had been done.
    arn = cloud.database()
    cloud.answers["TagResources"] = lambda body: {
        "FailedResourcesMap": {arn: {"ErrorCode": "InvalidParameterException", "ErrorMessage": "no"}}
    }
    report = cloud.act("auto_tagger")
    (failed,) = report.failures
    assert failed.detail == "InvalidParameterException: no"
    assert cloud.ledger("auto_tagger") == []


def test_failure_of_the_service_is_tried_once_more(cloud: Tagged) -> None:
    arn = cloud.database()
    answers = iter(
        [{"FailedResourcesMap": {arn: {"ErrorCode": "InternalServiceException"}}}, {"FailedResourcesMap": {}}]
    )
    cloud.answers["TagResources"] = lambda body: next(answers)
    report = cloud.act("auto_tagger")
    assert [out.status for out in report.outcomes] == [Status.DONE]
    asked = [body for _, name, body in cloud.asked if name == "TagResources"]
    assert asked[-1]["ResourceARNList"] == [arn]
    assert asked[-1]["Tags"]["CostCenter"] == "42"


def test_one_failure_stops_no_other(cloud: Tagged) -> None:
    first, second = cloud.volume(), cloud.volume()
    cloud.errors["CreateTags"] = ("UnauthorizedOperation", first)
    report = cloud.act("auto_tagger")
    assert len(report.failures) == 1
    assert "CostCenter" in cloud.tags(second)


def test_account_that_the_bill_names_and_cannot_be_reached_is_told(cloud: Tagged) -> None:
    cloud.errors["DescribeVolumes"] = ("UnauthorizedOperation", "")
    report = cloud.act("auto_tagger")
    assert report.decisions[0].verb is Verb.REPORT
    assert "UnauthorizedOperation" in report.failures[0].detail


def test_month_that_changed_since_it_was_validated_closes_the_gate(cloud: Tagged) -> None:
    key = zones.published_month("focus_1_2", f"{NOW:%Y-%m}")
    cloud.store.write(key, (cloud.store.read(key) or b"") + b" ")
    with pytest.raises(GateClosedError, match="not the one that was validated"):
        cloud.act("auto_tagger")


def test_without_rules_nothing_is_tagged(cloud: Tagged) -> None:
    cloud.store.delete(zones.action_settings("auto_tagger"))
    with pytest.raises(SettingsError, match="there are none"):
        cloud.act("auto_tagger")


def test_run_twice_tags_once(cloud: Tagged) -> None:
    cloud.volume(Owner="a")
    cloud.act("auto_tagger")
    assert cloud.act("auto_tagger").outcomes == ()
    assert cloud.changes() == ["CreateTags"]


def test_value_comes_from_the_unit_above_the_account(cloud: Tagged) -> None:
    unit = cloud.organize()
    name = cloud.volume()
    assert cloud.act("auto_tagger").counts == {"done": 1}
    assert cloud.tags(name)["Owner"] == f"team of {unit}"


def test_account_whose_units_are_not_told_is_left_alone_and_that_is_told(cloud: Tagged) -> None:
    cloud.organize()
    name = cloud.volume()
    cloud.errors["ListParents"] = ("AccessDeniedException", "")
    (out,) = cloud.act("auto_tagger").outcomes
    assert out.status == Status.FAILED
    assert "AccessDeniedException" in out.detail
    assert cloud.tags(name) == {}
