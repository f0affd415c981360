"""What Cost Anomaly Detection found (GetAnomalies): AWS keeps it for 90 days, the lake for good."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import Any

from ingestion.collecting.model import Ask, Row, Source, Span
from ingestion.collecting.rows import money

ADDRESS = "us-east-1"
# It is a question to Cost Explorer's API; whether AWS takes its price for this one, too, its price list leaves open.
PRICE = Decimal("0.01")
_LOOK_BACK = timedelta(days=90)


def read(ask: Ask) -> Iterator[Row]:
    """Every anomaly of the last 90 days. Raises OverBudgetError."""
    today = ask.now.astimezone(UTC).date()
    wanted: dict[str, Any] = {
        "DateInterval": {"StartDate": (today - _LOOK_BACK).isoformat(), "EndDate": today.isoformat()}
    }
    client = ask.client("ce", ADDRESS)
    while True:
        ask.purse.pay(PRICE)
        page = client.get_anomalies(**wanted)
        yield from (_row(told) for told in page["Anomalies"])
        if not page.get("NextPageToken"):
            return
        wanted["NextPageToken"] = page["NextPageToken"]


def _row(told: Mapping[str, Any]) -> Row:
    causes, impact, score = told.get("RootCauses", []), told["Impact"], told.get("AnomalyScore", {})
    first: Mapping[str, Any] = causes[0] if causes else {}
    return {
        "anomaly_id": told["AnomalyId"],
        "monitor_arn": told.get("MonitorArn"),
        "started_on": _day(told.get("AnomalyStartDate")),
        "ended_on": _day(told.get("AnomalyEndDate")),
        "dimension_value": told.get("DimensionValue"),
        "service_name": first.get("Service"),
        "region_id": first.get("Region"),
        "sub_account_id": first.get("LinkedAccount"),
        "usage_type": first.get("UsageType"),
        "cause_count": len(causes),
        "causes": json.dumps(causes, sort_keys=True, default=str),
        "actual_cost": money(impact.get("TotalActualSpend")),
        "expected_cost": money(impact.get("TotalExpectedSpend")),
        "impact_cost": money(impact.get("TotalImpact")),
        "greatest_daily_impact_cost": money(impact.get("MaxImpact")),
        "impact_pct": impact.get("TotalImpactPercentage"),
        "score": score.get("CurrentScore"),
        "greatest_score": score.get("MaxScore"),
        "feedback": told.get("Feedback"),
    }


def _day(told: str | None) -> date | None:
    """AWS writes a day, or its first second."""
    return date.fromisoformat(told[:10]) if told else None


SOURCE = Source("anomalies", "anomalies", Span.PAYER, {"anomaly": read}, least_price=lambda _: PRICE)
