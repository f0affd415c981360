"""What there is in an account and region, with its tags and those of what it belongs to. Reads only."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lambdas.auto_tagger.rules import Resource
from lambdas.runtime.described import batches, pages, tag_pairs

INSTANCE, VOLUME, SNAPSHOT, DATABASE, BALANCER = "instance", "volume", "snapshot", "database", "load balancer"
EC2_KINDS = (INSTANCE, VOLUME, SNAPSHOT)

Client = Callable[[str], Any]


def resources(client: Client) -> list[Resource]:
    """Everything of the kinds that are tagged. Raises botocore errors: half an answer would be a wrong one.

    The tagging API is not asked, for it never tells of what had no tag yet.
    """
    ec2 = client("ec2")
    instances = [_as_resource(each, INSTANCE, "InstanceId") for each in _instances(ec2)]
    by_instance = {each.resource_id: each.tags for each in instances}
    volumes = [
        _of(by_instance, each, VOLUME, "VolumeId", _instance_of(each))
        for each in pages(ec2, "describe_volumes", "Volumes")
    ]
    by_volume = {each.resource_id: each.tags for each in volumes}
    snapshots = [
        _of(by_volume, each, SNAPSHOT, "SnapshotId", each.get("VolumeId", ""))
        for each in pages(ec2, "describe_snapshots", "Snapshots", OwnerIds=["self"])
    ]
    return [*instances, *volumes, *snapshots, *_databases(client("rds")), *_balancers(client("elbv2"))]


def creator(cloudtrail: Any, resource_id: str) -> str:
    """Who made a resource, by CloudTrail's last 90 days; empty when it does not tell."""
    told = cloudtrail.lookup_events(
        LookupAttributes=[{"AttributeKey": "ResourceName", "AttributeValue": resource_id}], MaxResults=50
    )["Events"]
    made = [each for each in told if each.get("EventName", "").startswith(("Run", "Create", "Restore", "Copy"))]
    if not made:
        return ""
    first = min(made, key=lambda each: each["EventTime"])
    identity = json.loads(first.get("CloudTrailEvent") or "{}").get("userIdentity") or {}
    if identity.get("type") == "AWSService" or identity.get("invokedBy"):
        return ""
    return str(first.get("Username") or "")


def units_of(organizations: Any, account: str) -> tuple[str, ...]:
    """The organizational units above an account, the nearest first. Raises botocore errors."""
    found: list[str] = []
    child = account
    while True:
        (parent,) = organizations.list_parents(ChildId=child)["Parents"]
        if parent["Type"] == "ROOT":
            return tuple(found)
        child = parent["Id"]
        found.append(child)


def tags_now(client: Client, kind: str, resource_id: str, arn: str) -> dict[str, str]:
    """The tags of one resource at this moment. Raises botocore errors."""
    if kind in EC2_KINDS:
        wanted = [{"Name": "resource-id", "Values": [resource_id]}]
        return {
            each["Key"]: each.get("Value", "") for each in pages(client("ec2"), "describe_tags", "Tags", Filters=wanted)
        }
    if kind == DATABASE:
        return _tags(client("rds").list_tags_for_resource(ResourceName=arn).get("TagList"))
    told = client("elbv2").describe_tags(ResourceArns=[arn])["TagDescriptions"]
    return _tags(told[0].get("Tags") if told else [])


def _instances(ec2: Any) -> list[Mapping[str, Any]]:
    alive = [{"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]}]
    return [each for r in pages(ec2, "describe_instances", "Reservations", Filters=alive) for each in r["Instances"]]


def _databases(rds: Any) -> list[Resource]:
    return [
        Resource(DATABASE, f"db:{each['DBInstanceIdentifier']}", each["DBInstanceArn"], _tags(each.get("TagList")))
        for each in pages(rds, "describe_db_instances", "DBInstances")
    ]


def _balancers(elb: Any) -> list[Resource]:
    arns = [each["LoadBalancerArn"] for each in pages(elb, "describe_load_balancers", "LoadBalancers")]
    tags = {}
    for batch in batches(arns, 20):
        for each in elb.describe_tags(ResourceArns=batch)["TagDescriptions"]:
            tags[each["ResourceArn"]] = _tags(each.get("Tags"))
    return [Resource(BALANCER, arn.split(":", 5)[-1], arn, tags.get(arn, {})) for arn in arns if arn in tags]


def _as_resource(told: Mapping[str, Any], kind: str, key: str) -> Resource:
    return Resource(kind, told[key], told[key], _tags(told.get("Tags")))


def _of(
    parents: Mapping[str, Mapping[str, str]], told: Mapping[str, Any], kind: str, key: str, parent: str
) -> Resource:
    return Resource(kind, told[key], told[key], _tags(told.get("Tags")), parent, parents.get(parent, {}))


def _instance_of(volume: Mapping[str, Any]) -> str:
    attachments = volume.get("Attachments") or []
    return attachments[0].get("InstanceId") or "" if len(attachments) == 1 else ""


def _tags(told: Sequence[Mapping[str, str]] | None) -> dict[str, str]:
    return dict(tag_pairs(told))
