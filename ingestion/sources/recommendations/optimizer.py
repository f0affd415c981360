"""Compute Optimizer: EC2 instances, Auto Scaling groups, EBS volumes, RDS instances, and what it finds idle."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ingestion.collecting.model import Ask, Row
from ingestion.collecting.rows import joined, money, tags_of

_SERVICE = "compute-optimizer"
_IDLE_KINDS = {
    "EC2Instance": "instance",
    "AutoScalingGroup": "auto_scaling_group",
    "EBSVolume": "volume",
    "RDSDBInstance": "database",
    "NatGateway": "nat_gateway",
}


def instances(ask: Ask) -> Iterator[Row]:
    """An instance and each type that Compute Optimizer would choose."""
    for told in _all(ask, "get_ec2_instance_recommendations", "instanceRecommendations"):
        about = _about(told, "instance", told["instanceArn"], told.get("instanceName"), told.get("currentInstanceType"))
        yield from _options(about, told.get("recommendationOptions", []), lambda option: option.get("instanceType"))


def auto_scaling_groups(ask: Ask) -> Iterator[Row]:
    """A group and each type that its instances could be."""
    for told in _all(ask, "get_auto_scaling_group_recommendations", "autoScalingGroupRecommendations"):
        current = told.get("currentConfiguration", {}).get("instanceType")
        about = _about(
            told, "auto_scaling_group", told["autoScalingGroupArn"], told.get("autoScalingGroupName"), current
        )
        about["resource_id"] = told.get("autoScalingGroupName")
        yield from _options(
            about,
            told.get("recommendationOptions", []),
            lambda option: option.get("configuration", {}).get("instanceType"),
        )


def volumes(ask: Ask) -> Iterator[Row]:
    """A volume and each type, size and speed that it could have."""
    for told in _all(ask, "get_ebs_volume_recommendations", "volumeRecommendations"):
        about = _about(told, "volume", told["volumeArn"], None, _volume(told.get("currentConfiguration", {})))
        options = told.get("volumeRecommendationOptions", [])
        yield from _options(about, options, lambda option: _volume(option.get("configuration", {})))


def databases(ask: Ask) -> Iterator[Row]:
    """A database instance and each class that it could be."""
    for told in _all(ask, "get_rds_database_recommendations", "rdsDBRecommendations"):
        about = _about(told, "database", told["resourceArn"], None, told.get("currentDBInstanceClass"))
        about["finding"] = told.get("instanceFinding")
        about["finding_reasons"] = joined(told.get("instanceFindingReasonCodes", [])) or None
        about["look_back_days"] = told.get("lookbackPeriodInDays")
        options = told.get("instanceRecommendationOptions", [])
        yield from _options(about, options, lambda option: option.get("dbInstanceClass"))


def idle(ask: Ask) -> Iterator[Row]:
    """What Compute Optimizer calls idle, unattached or unused."""
    for told in _all(ask, "get_idle_recommendations", "idleRecommendations"):
        kind = _IDLE_KINDS.get(told["resourceType"], told["resourceType"])
        about = _about(told, kind, told["resourceArn"], None, None)
        about |= {"resource_id": told.get("resourceId") or about["resource_id"], "action": "Delete", "rank": 1}
        about["finding_reasons"] = told.get("findingDescription")
        yield {**about, **_savings(told)}


def _all(ask: Ask, operation: str, field: str) -> Iterator[Mapping[str, Any]]:
    """Every item of an operation that botocore cannot page. Raises ValueError where AWS answers in part."""
    call: Callable[..., Any] = getattr(ask.client(_SERVICE), operation)
    token: dict[str, str] = {}
    while True:
        page = call(**token)
        if page.get("errors"):
            first = page["errors"][0]
            raise ValueError(
                f"{len(page['errors'])} resources were left out: {first.get('code')} {first.get('message')}"
            )
        yield from page.get(field, [])
        if not page.get("nextToken"):
            return
        token = {"nextToken": page["nextToken"]}


def _about(told: Mapping[str, Any], kind: str, arn: str, name: str | None, current: str | None) -> Row:
    return {
        "recommended_by": "compute_optimizer",
        "account_id": told.get("accountId") or arn.split(":")[4],
        "region_id": arn.split(":")[3],
        "resource_type": kind,
        "resource_id": arn.rpartition("/")[2].rpartition(":")[2],
        "resource_arn": arn,
        "resource_name": name or tags_of([_tag(one) for one in told.get("tags", [])]).get("Name"),
        "finding": told.get("finding"),
        "finding_reasons": joined(told.get("findingReasonCodes", [])) or None,
        "current_type": current,
        "look_back_days": told.get("lookBackPeriodInDays"),
        "refreshed_at": told.get("lastRefreshTimestamp"),
    }


def _tag(told: Mapping[str, str]) -> dict[str, str]:
    return {"Key": told.get("key", ""), "Value": told.get("value", "")}


def _options(
    about: Row, options: Sequence[Mapping[str, Any]], named: Callable[[Mapping[str, Any]], Any]
) -> Iterator[Row]:
    """A row per option; one without a target where there is none, since its finding is worth knowing, too."""
    if not options:
        yield about
    for number, option in enumerate(options, 1):
        target = {
            "action": "Rightsize",
            "rank": option.get("rank") or number,
            "recommended_type": named(option),
            "performance_risk": option.get("performanceRisk"),
            "effort": option.get("migrationEffort"),
        }
        yield {**about, **target, **_savings(option)}


def _savings(option: Mapping[str, Any]) -> Row:
    """After the account's own discounts where Compute Optimizer knows them, else by public prices."""
    told = option.get("savingsOpportunityAfterDiscounts") or option.get("savingsOpportunity") or {}
    saved = told.get("estimatedMonthlySavings") or {}
    return {
        "monthly_savings_cost": money(saved.get("value")),
        "billing_currency": saved.get("currency"),
        "savings_pct": told.get("savingsOpportunityPercentage"),
    }


def _volume(told: Mapping[str, Any]) -> str | None:
    """A volume's type, size and speed in words, as far as they are told."""
    words = [
        told.get("volumeType"),
        f"{told['volumeSize']} GiB" if told.get("volumeSize") else None,
        f"{told['volumeBaselineIOPS']} IOPS" if told.get("volumeBaselineIOPS") else None,
        f"{told['volumeBaselineThroughput']} MiB/s" if told.get("volumeBaselineThroughput") else None,
    ]
    return " ".join(word for word in words if word) or None
