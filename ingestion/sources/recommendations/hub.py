"""The Cost Optimization Hub: every recommendation of the organization, by the prices that it pays."""

from __future__ import annotations

from collections.abc import Iterator

from ingestion.collecting.model import Ask, Row
from ingestion.collecting.rows import money

# The Hub has one address for all regions.
ADDRESS = "us-east-1"
_KINDS = {
    "Ec2Instance": "instance",
    "Ec2AutoScalingGroup": "auto_scaling_group",
    "EbsVolume": "volume",
    "RdsDbInstance": "database",
    "RdsDbInstanceStorage": "database",
    "AuroraDbClusterStorage": "database_cluster",
    "NatGateway": "nat_gateway",
}


def read(ask: Ask) -> Iterator[Row]:
    """Every recommendation, those of one resource that exclude each other among them."""
    pages = ask.client("cost-optimization-hub", ADDRESS).get_paginator("list_recommendations")
    for page in pages.paginate(includeAllRecommendations=True):
        for told in page["items"]:
            kind = told.get("currentResourceType")
            yield {
                "recommended_by": "cost_optimization_hub",
                "recommendation_id": told.get("recommendationId"),
                "account_id": told.get("accountId"),
                "region_id": told.get("region"),
                "resource_type": _KINDS.get(kind, kind),
                "resource_id": told.get("resourceId"),
                "resource_arn": told.get("resourceArn"),
                "finding_reasons": told.get("source"),
                "action": told.get("actionType"),
                "current_type": told.get("currentResourceSummary"),
                "recommended_type": told.get("recommendedResourceSummary"),
                "effort": told.get("implementationEffort"),
                "is_restart_needed": told.get("restartNeeded"),
                "is_rollback_possible": told.get("rollbackPossible"),
                "look_back_days": told.get("recommendationLookbackPeriodInDays"),
                "monthly_cost": money(told.get("estimatedMonthlyCost")),
                "monthly_savings_cost": money(told.get("estimatedMonthlySavings")),
                "savings_pct": told.get("estimatedSavingsPercentage"),
                "billing_currency": told.get("currencyCode"),
                "refreshed_at": told.get("lastRefreshTimestamp"),
            }
