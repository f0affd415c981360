"""Cost Explorer's rightsizing of EC2 instances (GetRightsizingRecommendation), at a cent a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from ingestion.collecting.model import Ask, Row
from ingestion.collecting.rows import money
from ingestion.sources.recommendations.console_csv import region_code

ADDRESS = "us-east-1"
# AWS's public price of a page of Cost Explorer's.
PRICE = Decimal("0.01")


def read(ask: Ask) -> Iterator[Row]:
    """Instances to terminate or to change, and each type to change to. Raises OverBudgetError."""
    client = ask.client("ce", ADDRESS)
    wanted: dict[str, Any] = {
        "Service": "AmazonEC2",
        "Configuration": {"RecommendationTarget": "SAME_INSTANCE_FAMILY", "BenefitsConsidered": True},
    }
    while True:
        ask.purse.pay(PRICE)
        page = client.get_rightsizing_recommendation(**wanted)
        days = page.get("Metadata", {}).get("LookbackPeriodInDays", "")
        for told in page["RightsizingRecommendations"]:
            yield from _rows(told, _days(days))
        if not page.get("NextPageToken"):
            return
        wanted["NextPageToken"] = page["NextPageToken"]


def _rows(told: Mapping[str, Any], days: float | None) -> Iterator[Row]:
    current = told["CurrentInstance"]
    details = current.get("ResourceDetails", {}).get("EC2ResourceDetails", {})
    about: Row = {
        "recommended_by": "cost_explorer",
        "account_id": told.get("AccountId"),
        # In words, such as EU (Frankfurt).
        "region_id": region_code(details["Region"]) if details.get("Region") else None,
        "resource_type": "instance",
        "resource_id": current.get("ResourceId"),
        "resource_name": current.get("InstanceName"),
        "finding": told.get("RightsizingType"),
        "finding_reasons": ",".join(sorted(told.get("FindingReasonCodes", []))) or None,
        "current_type": details.get("InstanceType"),
        "look_back_days": days,
        "monthly_cost": money(current.get("MonthlyCost")),
        "billing_currency": current.get("CurrencyCode"),
    }
    if told.get("RightsizingType") == "TERMINATE":
        saved = told.get("TerminateRecommendationDetail", {}).get("EstimatedMonthlySavings")
        yield {**about, "action": "Terminate", "rank": 1, "monthly_savings_cost": money(saved)}
        return
    targets = told.get("ModifyRecommendationDetail", {}).get("TargetInstances", [])
    for number, target in enumerate(sorted(targets, key=lambda one: not one.get("DefaultTargetInstance")), 1):
        chosen = target.get("ResourceDetails", {}).get("EC2ResourceDetails", {}).get("InstanceType")
        saved = money(target.get("EstimatedMonthlySavings"))
        yield {
            **about,
            "action": "Rightsize",
            "rank": number,
            "recommended_type": chosen,
            "monthly_savings_cost": saved,
        }


def _days(told: str) -> float | None:
    """AWS names the period in words, such as FOURTEEN_DAYS, or as a number."""
    known = {"SEVEN_DAYS": 7.0, "FOURTEEN_DAYS": 14.0, "THIRTY_DAYS": 30.0, "SIXTY_DAYS": 60.0}
    return known.get(told) or (float(told) if told.replace(".", "", 1).isdigit() else None)
