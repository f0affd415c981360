"""What AWS says of scaling groups and services that have a schedule. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lambdas.runtime.described import batches
from lambdas.scheduler.decide import GROUP, SERVICE, Machine, Sizes, State
from lambdas.scheduler.look import Client
from lambdas.scheduler.wishes import TAG

# ECS describes ten services at once.
BATCH = 10


def groups(client: Client, ids: Sequence[str]) -> list[Machine]:
    """Auto Scaling groups with a schedule tag, and those of `ids`; a group is known by its name."""
    pages = client("autoscaling").get_paginator("describe_auto_scaling_groups").paginate()
    told = [as_group(each) for page in pages for each in page["AutoScalingGroups"]]
    return [each for each in told if each.tag(TAG) is not None or each.resource_id in ids]


def services(client: Client, ids: Sequence[str]) -> list[Machine]:
    """ECS services with a schedule tag, and those of `ids`; a service is known by its ARN."""
    ecs = client("ecs")
    found = []
    for cluster in (arn for page in ecs.get_paginator("list_clusters").paginate() for arn in page["clusterArns"]):
        pages = ecs.get_paginator("list_services").paginate(cluster=cluster)
        arns = [arn for page in pages for arn in page["serviceArns"]]
        for batch in batches(arns, BATCH):
            told = ecs.describe_services(cluster=cluster, services=batch, include=["TAGS"])
            found += [as_service(each) for each in told["services"] if each.get("status") != "INACTIVE"]
    scheduled = [each for each in found if each.tag(TAG) is not None or each.resource_id in ids]
    return _unless_scaled(client, scheduled) if scheduled else []


def as_group(told: Mapping[str, Any]) -> Machine:
    """An Auto Scaling group as facts."""
    sizes = Sizes(told["MinSize"], told["DesiredCapacity"], told["MaxSize"])
    tags = tuple((tag["Key"], tag.get("Value", "")) for tag in told.get("Tags") or [])
    return Machine(
        GROUP,
        told["AutoScalingGroupName"],
        State.RUNNING if sizes.desired or sizes.minimum else State.STOPPED,
        f"{sizes.desired} instances",
        tags,
        hands_off=next(_against_group(told, dict(tags)), ""),
        sizes=sizes,
    )


def as_service(told: Mapping[str, Any]) -> Machine:
    """An ECS service as facts."""
    desired = told["desiredCount"]
    return Machine(
        SERVICE,
        told["serviceArn"],
        State.RUNNING if desired else State.STOPPED,
        f"{desired} tasks",
        tuple((tag["key"], tag.get("value", "")) for tag in told.get("tags") or []),
        hands_off=next(_against_service(told), ""),
        sizes=Sizes(desired, desired, desired),
    )


def cluster_of(service_arn: str) -> str:
    """The cluster in the ARN of a service: `…:service/<cluster>/<name>`; old ARNs name none, which is the default."""
    parts = service_arn.rpartition(":service/")[2].split("/")
    return parts[0] if len(parts) == 2 else "default"


def _against_group(told: Mapping[str, Any], tags: Mapping[str, str]) -> Iterator[str]:
    suspended = {each["ProcessName"] for each in told.get("SuspendedProcesses") or []} & {"Launch", "Terminate"}
    if suspended:
        yield f"its process {' and '.join(sorted(suspended))} is suspended, so its size would change nothing"
    if told.get("Status"):
        yield "it is being deleted"
    if "eks:nodegroup-name" in tags:
        yield f"of the EKS node group {tags['eks:nodegroup-name']}, which sets its size"


def _against_service(told: Mapping[str, Any]) -> Iterator[str]:
    if told.get("schedulingStrategy") == "DAEMON":
        yield "a daemon runs on each instance and has no count"
    if (told.get("deploymentController") or {}).get("type") == "EXTERNAL":
        yield "its deployments are controlled from outside of ECS"
    if told.get("status") == "DRAINING":
        yield "it is being deleted"


def _unless_scaled(client: Client, found: Sequence[Machine]) -> list[Machine]:
    """A service that Application Auto Scaling keeps at one task or more would be scaled up again at once."""
    from dataclasses import replace

    names = {
        each.resource_id: f"service/{cluster_of(each.resource_id)}/{each.resource_id.rpartition('/')[2]}"
        for each in found
    }
    pages = (
        client("application-autoscaling").get_paginator("describe_scalable_targets").paginate(ServiceNamespace="ecs")
    )
    least = {each["ResourceId"]: each["MinCapacity"] for page in pages for each in page["ScalableTargets"]}
    kept = "Application Auto Scaling keeps at least {} tasks of it"
    return [
        replace(each, hands_off=each.hands_off or kept.format(least[name])) if least.get(name, 0) > 0 else each
        for each in found
        for name in (names[each.resource_id],)
    ]
