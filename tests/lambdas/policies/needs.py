"""What each call needs on AWS, what the service does in the caller's name included."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.lambdas.builders import OWN, REGION
from tests.lambdas.policies.iam import Need

BUCKET = "finops-dev-lake"
KEY = f"arn:aws:kms:{REGION}:{OWN}:key/lake"
TOPIC = f"arn:aws:sns:{REGION}:{OWN}:finops"
# IAM's names where they are not those of the API.
SERVICES = {"elb": "elasticloadbalancing", "elbv2": "elasticloadbalancing", "resourcegroupstaggingapi": "tag"}
KINDS = {"i": "instance", "vol": "volume", "snap": "snapshot", "eipalloc": "elastic-ip", "nat": "natgateway"}
ACTIONS = {"budgets:DescribeBudgets": "budgets:ViewBudget"}
FREE = {"sts:GetCallerIdentity"}
_READING = ("Describe", "List", "Get", "Lookup")

Clients = Callable[[str], Any]
Rule = Callable[[Mapping[str, Any], Clients], list[Need]]


def action_of(service: str, operation: str) -> str:
    """IAM's name of what a call does."""
    action = f"{SERVICES.get(service, service)}:{operation}"
    return ACTIONS.get(action, action)


def needs_of(service: str, operation: str, params: Mapping[str, Any], free: Clients) -> list[Need]:
    """The rights that a call needs; `free` are clients that look things up unseen. LookupError for an unknown call."""
    action = action_of(service, operation)
    if action in FREE:
        return []
    if service == "s3":
        return _S3[operation](params)
    if operation in _WRITES:
        return _WRITES[operation](params, free)
    if operation.startswith(_READING):
        # None of the reads that are made can be limited to some resources, or need be.
        return [Need(action)]
    raise LookupError(f"no rule says what {action} needs")


def _object(action: str, *kms: str) -> Callable[[Mapping[str, Any]], list[Need]]:
    def need(params: Mapping[str, Any]) -> list[Need]:
        named = f"arn:aws:s3:::{params['Bucket']}/{params['Key']}"
        return [Need(f"s3:{action}", named), *(Need(f"kms:{each}", KEY) for each in kms)]

    return need


_S3: dict[str, Callable[[Mapping[str, Any]], list[Need]]] = {
    "GetObject": _object("GetObject", "Decrypt"),
    "HeadObject": _object("GetObject"),
    "PutObject": _object("PutObject", "GenerateDataKey"),
    "DeleteObject": _object("DeleteObject"),
    "ListObjectsV2": lambda params: [Need("s3:ListBucket", f"arn:aws:s3:::{params['Bucket']}")],
}


def _ec2_tags(free: Clients, name: str) -> dict[str, str]:
    told = free("ec2").describe_tags(Filters=[{"Name": "resource-id", "Values": [name]}])["Tags"]
    return {f"aws:ResourceTag/{tag['Key']}": tag["Value"] for tag in told}


def _ec2_arn(name: str) -> str:
    kind = KINDS[name.partition("-")[0]]
    # Snapshots are the one kind whose ARN has no account.
    return f"arn:aws:ec2:{REGION}:{'' if kind == 'snapshot' else OWN}:{kind}/{name}"


def _on(action: str, parameter: str) -> Rule:
    def need(params: Mapping[str, Any], free: Clients) -> list[Need]:
        named = params[parameter]
        names = [named] if isinstance(named, str) else named
        tagging: dict[str, Any] = {}
        if parameter == "Resources":
            tagging = {"aws:TagKeys": tuple(tag["Key"] for tag in params["Tags"])}
        return [Need(action, _ec2_arn(name), {**_ec2_tags(free, name), **tagging}) for name in names]

    return need


def _snapshot(params: Mapping[str, Any], free: Clients) -> list[Need]:
    made = f"arn:aws:ec2:{REGION}::snapshot/*"
    keys = tuple(tag["Key"] for spec in params.get("TagSpecifications", []) for tag in spec["Tags"])
    volume = params["VolumeId"]
    return [
        Need("ec2:CreateSnapshot", _ec2_arn(volume), _ec2_tags(free, volume)),
        Need("ec2:CreateSnapshot", made),
        # Tags that are given at once are a right of their own.
        Need("ec2:CreateTags", made, {"ec2:CreateAction": "CreateSnapshot", "aws:TagKeys": keys}),
    ]


def _detach(params: Mapping[str, Any], free: Clients) -> list[Need]:
    names = (params["VolumeId"], params["InstanceId"])
    return [Need("ec2:DetachVolume", _ec2_arn(name), _ec2_tags(free, name)) for name in names]


def _rds(action: str, parameter: str, kind: str) -> Rule:
    def need(params: Mapping[str, Any], free: Clients) -> list[Need]:
        arn = f"arn:aws:rds:{REGION}:{OWN}:{kind}:{params[parameter]}"
        told = free("rds").list_tags_for_resource(ResourceName=arn)["TagList"]
        return [Need(action, arn, {f"aws:ResourceTag/{tag['Key']}": tag["Value"] for tag in told})]

    return need


def _group(params: Mapping[str, Any], free: Clients) -> list[Need]:
    names = [params["AutoScalingGroupName"]]
    (told,) = free("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=names)["AutoScalingGroups"]
    tags = {f"aws:ResourceTag/{tag['Key']}": tag["Value"] for tag in told["Tags"]}
    return [Need("autoscaling:UpdateAutoScalingGroup", told["AutoScalingGroupARN"], tags)]


def _service(params: Mapping[str, Any], free: Clients) -> list[Need]:
    told = free("ecs").list_tags_for_resource(resourceArn=params["service"])["tags"]
    tags = {f"aws:ResourceTag/{tag['key']}": tag["value"] for tag in told}
    return [Need("ecs:UpdateService", params["service"], tags)]


def _balancer(action: str, parameter: str) -> Rule:
    def need(params: Mapping[str, Any], free: Clients) -> list[Need]:
        named = params[parameter]
        told = free("elbv2").describe_tags(ResourceArns=[named] if isinstance(named, str) else named)
        keys = params.get("TagKeys") or [tag["Key"] for tag in params.get("Tags", ())]
        return [
            Need(
                action,
                each["ResourceArn"],
                {
                    **{f"aws:ResourceTag/{tag['Key']}": tag["Value"] for tag in each["Tags"]},
                    **({"aws:TagKeys": tuple(keys)} if keys else {}),
                },
            )
            for each in told["TagDescriptions"]
        ]

    return need


def _database_tags(action: str) -> Rule:
    def need(params: Mapping[str, Any], free: Clients) -> list[Need]:
        keys = params.get("TagKeys") or [tag["Key"] for tag in params.get("Tags", ())]
        told = free("rds").list_tags_for_resource(ResourceName=params["ResourceName"])["TagList"]
        tags = {f"aws:ResourceTag/{tag['Key']}": tag["Value"] for tag in told}
        return [Need(action, params["ResourceName"], {**tags, "aws:TagKeys": tuple(keys)})]

    return need


def _tagging(params: Mapping[str, Any], free: Clients) -> list[Need]:
    own = {"rds": "rds:AddTagsToResource", "elasticloadbalancing": "elasticloadbalancing:AddTags"}
    keys = {"aws:TagKeys": tuple(params["Tags"])}
    return [
        Need("tag:TagResources"),
        *(Need(own[arn.split(":")[2]], arn, keys) for arn in params["ResourceARNList"]),
    ]


_WRITES: dict[str, Rule] = {
    "StartInstances": _on("ec2:StartInstances", "InstanceIds"),
    "StopInstances": _on("ec2:StopInstances", "InstanceIds"),
    "ModifyInstanceAttribute": _on("ec2:ModifyInstanceAttribute", "InstanceId"),
    "ModifyVolume": _on("ec2:ModifyVolume", "VolumeId"),
    "CreateTags": _on("ec2:CreateTags", "Resources"),
    "DeleteTags": _on("ec2:DeleteTags", "Resources"),
    "CreateSnapshot": _snapshot,
    "DeleteSnapshot": _on("ec2:DeleteSnapshot", "SnapshotId"),
    "DetachVolume": _detach,
    "DeleteVolume": _on("ec2:DeleteVolume", "VolumeId"),
    "DeleteNatGateway": _on("ec2:DeleteNatGateway", "NatGatewayId"),
    "DeleteLoadBalancer": _balancer("elasticloadbalancing:DeleteLoadBalancer", "LoadBalancerArn"),
    "AddTags": _balancer("elasticloadbalancing:AddTags", "ResourceArns"),
    "RemoveTags": _balancer("elasticloadbalancing:RemoveTags", "ResourceArns"),
    "AddTagsToResource": _database_tags("rds:AddTagsToResource"),
    "RemoveTagsFromResource": _database_tags("rds:RemoveTagsFromResource"),
    "ReleaseAddress": _on("ec2:ReleaseAddress", "AllocationId"),
    "StartDBInstance": _rds("rds:StartDBInstance", "DBInstanceIdentifier", "db"),
    "StopDBInstance": _rds("rds:StopDBInstance", "DBInstanceIdentifier", "db"),
    "StartDBCluster": _rds("rds:StartDBCluster", "DBClusterIdentifier", "cluster"),
    "StopDBCluster": _rds("rds:StopDBCluster", "DBClusterIdentifier", "cluster"),
    "UpdateAutoScalingGroup": _group,
    "UpdateService": _service,
    "TagResources": _tagging,
    "Publish": lambda params, free: [Need("sns:Publish", params["TopicArn"])],
    "PutMetricData": lambda params, free: [
        Need("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": params["Namespace"]})
    ],
}
