"""Load balancers and the health of what they send traffic to: ELBv2, and the classic ones of ELB."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from ingestion.collecting.model import Ask, Row
from ingestion.collecting.rows import joined
from ingestion.sources.inventory.facts import resource

# What DescribeTags takes in one call.
BATCH = 20


def load_balancers(ask: Ask) -> Iterator[Row]:
    """Every load balancer of ELBv2; `use_count` are its targets in all of its groups, each once."""
    client = ask.client("elbv2")
    balancers = [one for page in ask.pages("elbv2", "describe_load_balancers") for one in page["LoadBalancers"]]
    targets: dict[str, dict[str, bool]] = defaultdict(dict)
    groups: dict[str, int] = defaultdict(int)
    for page in ask.pages("elbv2", "describe_target_groups"):
        for group in page["TargetGroups"]:
            # A group that no load balancer sends traffic to costs nothing, and its health is not asked.
            if group.get("LoadBalancerArns"):
                health = client.describe_target_health(TargetGroupArn=group["TargetGroupArn"])
                for arn in group["LoadBalancerArns"]:
                    groups[arn] += 1
                    for one in health["TargetHealthDescriptions"]:
                        is_well = one["TargetHealth"]["State"] == "healthy"
                        targets[arn][one["Target"]["Id"]] = targets[arn].get(one["Target"]["Id"], False) or is_well
    tags = _tags(client.describe_tags, "ResourceArns", "ResourceArn", [one["LoadBalancerArn"] for one in balancers])
    for told in balancers:
        arn = told["LoadBalancerArn"]
        row = _balancer(told, tags.get(arn), targets[arn])
        row["attributes"]["target_group_count"] = str(groups[arn])
        yield row


def _balancer(told: dict[str, Any], tags: Any, targets: dict[str, bool]) -> Row:
    return resource(
        "load_balancer",
        told["LoadBalancerName"],
        tags,
        told,
        {"scheme": "Scheme", "dns_name": "DNSName", "ip_address_type": "IpAddressType"},
        resource_arn=told["LoadBalancerArn"],
        state=told.get("State", {}).get("Code"),
        state_reason=told.get("State", {}).get("Reason"),
        type=told.get("Type"),
        created_at=told.get("CreatedTime"),
        parent_id=told.get("VpcId"),
        used_by=joined(targets),
        use_count=len(targets),
        healthy_count=sum(targets.values()),
    )


def classic_load_balancers(ask: Ask) -> Iterator[Row]:
    """Every classic load balancer; `use_count` are its instances."""
    client = ask.client("elb")
    balancers = [
        one for page in ask.pages("elb", "describe_load_balancers") for one in page["LoadBalancerDescriptions"]
    ]
    names = [one["LoadBalancerName"] for one in balancers]
    tags = _tags(client.describe_tags, "LoadBalancerNames", "LoadBalancerName", names)
    for told in balancers:
        name = told["LoadBalancerName"]
        members = [one["InstanceId"] for one in told.get("Instances", [])]
        health = client.describe_instance_health(LoadBalancerName=name)["InstanceStates"] if members else []
        yield resource(
            "load_balancer",
            name,
            tags.get(name),
            told,
            {"scheme": "Scheme", "dns_name": "DNSName"},
            state="active",
            type="classic",
            created_at=told.get("CreatedTime"),
            parent_id=told.get("VPCId"),
            used_by=joined(members),
            use_count=len(members),
            healthy_count=sum(one.get("State") == "InService" for one in health),
        )


def _tags(describe: Any, asked_by: str, told_by: str, names: Sequence[str]) -> dict[str, Any]:
    found = {}
    for start in range(0, len(names), BATCH):
        for one in describe(**{asked_by: list(names[start : start + BATCH])})["TagDescriptions"]:
            found[one[told_by]] = one.get("Tags")
    return found
