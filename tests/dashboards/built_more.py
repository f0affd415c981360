"""Plausible rows of the marts beside the costs: what is expected, what stood out, whose it is, what was saved."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

PAYER = "111122223333"
WEB, WAREHOUSE = "210987654321", "310987654321"
_SCOPE = {"billing_period": "2026-11", "billing_account_id": PAYER, "billing_currency": "USD"}

Row = dict[str, Any]


def forecast_row(measure: str = "effective_cost", **columns: Any) -> Row:
    """What a payer's month will come to."""
    row = {
        **_SCOPE,
        "horizon": "month",
        "ends_on": date(2026, 11, 30),
        "scope": "payer",
        "measure": measure,
        "sub_account_id": None,
        "sub_account_name": None,
        "service_name": None,
        "known_through_on": date(2026, 11, 20),
        "days_left": 10,
        "cost_to_date": Decimal(50_000),
        "forecast_cost": Decimal(72_000),
        "low_cost": Decimal(70_000),
        "high_cost": Decimal(74_500),
        "method": "four_weeks",
        "try_count": 3,
        "wape_pct": 4.25,
        "last_month_wape_pct": 9.0,
        "seasonal_naive_wape_pct": 5.0,
    }
    return row | columns


def budget_row(name: str, used: float | None, adherence: str, **columns: Any) -> Row:
    """A payer's monthly budget of a hundred thousand."""
    row = {
        **_SCOPE,
        "sub_account_id": PAYER,
        "sub_account_name": "management",
        "budget_name": name,
        "time_unit": "MONTHLY",
        "is_filtered": False,
        "limit_cost": Decimal(100_000),
        "billed_cost": None if used is None else Decimal(str(used * 1000)),
        "told_actual_cost": None,
        "forecast_cost": Decimal(72_000),
        "told_forecast_cost": None,
        "used_pct": used,
        "adherence": adherence,
        "told_at": datetime(2026, 11, 22, 6, tzinfo=UTC).replace(tzinfo=None),
    }
    return row | columns


def moved_row(service: str, price: int, use: int, **columns: Any) -> Row:
    """A usage type whose change is of price and of use."""
    row = {
        **_SCOPE,
        "compared_period": "2026-10",
        "sub_account_id": WEB,
        "sub_account_name": "prod-web",
        "service_name": service,
        "region_id": "eu-west-1",
        "usage_type": "EU-BoxUsage:m7g.large",
        "days_compared": 22,
        "effective_cost": Decimal(1000 + price + use),
        "previous_effective_cost": Decimal(1000),
        "effective_cost_change": Decimal(price + use),
        "price_change_cost": Decimal(price),
        "usage_change_cost": Decimal(use),
        "mix_change_cost": Decimal(0),
        "new_resources_cost": Decimal(0),
        "gone_resources_cost": Decimal(0),
        "other_change_cost": Decimal(0),
        "new_resource_count": 0,
        "gone_resource_count": 0,
    }
    return row | columns


def anomaly_row(day: int, cost: int, **columns: Any) -> Row:
    """A day of November on which functions of one account cost far more than a hundred."""
    row = {
        **_SCOPE,
        "anomaly_id": "spike",
        "charged_on": date(2026, 11, day),
        "started_on": date(2026, 11, 10),
        "sub_account_id": WEB,
        "sub_account_name": "prod-web",
        "service_name": "AWS Lambda",
        "usage_group": "Requests",
        "direction": "up",
        "effective_cost": Decimal(cost),
        "expected_cost": Decimal(100),
        "impact_cost": Decimal(cost - 100),
        "score": 9.5,
        "cause": "new_resource",
        "top_resources": "resize-images +190.00",
        "resource_count": 1,
    }
    return row | columns


def team_row(team: str | None, cost: int, period: str = "2026-11", **columns: Any) -> Row:
    """A direct cost of a team; of nobody it could carry a tag and does not."""
    row = {
        **_SCOPE,
        "billing_period": period,
        "sub_account_id": WEB,
        "service_name": "Amazon Elastic Compute Cloud",
        "charge_name": "usage",
        "team": team,
        "environment": "production",
        "cost_center": None,
        "allocation": "Untagged" if team is None else "Direct",
        "shared_pool": None,
        "allocated_method": None,
        "sub_account_name": "prod-web",
        "direct_cost": Decimal(0 if team is None else cost),
        "shared_cost": Decimal(0),
        "unallocated_cost": Decimal(cost if team is None else 0),
        "effective_cost": Decimal(cost),
    }
    return row | columns


def shared_row(team: str, cost: int, **columns: Any) -> Row:
    """A team's part of what support costs."""
    return team_row(
        team,
        cost,
        allocation="Shared",
        shared_pool="support",
        allocated_method="proportional",
        environment=None,
        direct_cost=Decimal(0),
        shared_cost=Decimal(cost),
        **columns,
    )


def tag_row(key: str, tagged: int, **columns: Any) -> Row:
    """A thousand that could carry a tag, of which so many do."""
    row = {
        **_SCOPE,
        "sub_account_id": WEB,
        "sub_account_name": "prod-web",
        "service_name": "Amazon Elastic Compute Cloud",
        "tag_key": key,
        "effective_cost": Decimal(1100),
        "taggable_cost": Decimal(1000),
        "tagged_cost": Decimal(tagged),
        "untagged_cost": Decimal(1000 - tagged),
        "untaggable_cost": Decimal(100),
        "covered_pct_of_taggable_cost": tagged / 10,
        "resource_count": 10,
        "tagged_resource_count": 7,
        "covered_pct_of_resources": 70.0,
        "variant_tag_key": None,
        "variant_cost": Decimal(0),
    }
    return row | columns


def unit_row(period: str, cost: int, quantity: int | None, **columns: Any) -> Row:
    """What orders cost in a month."""
    row = {
        **_SCOPE,
        "billing_period": period,
        "driver_name": "orders",
        "team": None,
        "service_name": None,
        "effective_cost": Decimal(cost),
        "quantity": None if quantity is None else Decimal(quantity),
        "unit_cost": None if not quantity else Decimal(cost) / Decimal(quantity),
    }
    return row | columns


def found_row(index: int, lever: str, saving: int, **columns: Any) -> Row:
    """A finding that is counted."""
    row = {
        **_SCOPE,
        "opportunity_id": f"found-{index}",
        "is_latest_period": True,
        "sub_account_id": WEB,
        "sub_account_name": "prod-web",
        "region_id": "eu-west-1",
        "service_name": "Amazon Elastic Compute Cloud",
        "resource_id": f"vol-{index:017x}",
        "resource_type": "EBS volume",
        "lever": lever,
        "rule_id": "unattached_volume",
        "found_in": "idle_resources",
        "reason": "The volume is billed, and nothing reads or writes it.",
        "remark": None,
        "confidence": "high",
        "owner": None,
        "is_actionable": False,
        "last_seen_on": date(2026, 11, 22),
        "effective_cost": Decimal(saving),
        **dict.fromkeys(("alone_savings_cost", "savings_cost", "cash_savings_cost"), Decimal(saving)),
        **dict.fromkeys(("monthly_savings_cost", "monthly_cash_savings_cost"), Decimal(saving)),
        "is_counted": True,
        "superseded_by": None,
    }
    return row | columns


def realized_row(index: int, status: str, estimated: int, shown: int | None, **columns: Any) -> Row:
    """An act of idle_cleanup and what the bill shows of it."""
    row = {
        **_SCOPE,
        "action": "idle_cleanup",
        "act_key": f"act-{index}",
        "rule_id": "unattached_volume",
        "verb": "delete",
        "kind": "EBS volume",
        "sub_account_id": WEB,
        "region_id": "eu-west-1",
        "resource_id": f"vol-{index + 100:017x}",
        "acted_at": datetime(2026, 11, 3 + index, 10, tzinfo=UTC).replace(tzinfo=None),
        "days_before": 14,
        "days_after": 10,
        "baseline_cost": Decimal(40),
        "expected_cost": Decimal(30),
        "actual_cost": Decimal(0),
        "created_cost": Decimal(2),
        "saved_cost": Decimal(28),
        "status": status,
        "estimated_monthly_savings_cost": Decimal(estimated),
        "monthly_savings_cost": None if shown is None else Decimal(shown),
        "estimate_error_pct": None,
    }
    return row | columns


def part_row(dimension: str, value: str, cost: int, day: int = 20, **columns: Any) -> Row:
    """A day's cost of one value of a dimension."""
    row = {
        **_SCOPE,
        "charged_on": date(2026, 11, day),
        "sub_account_id": WEB,
        "sub_account_name": "prod-web",
        "dimension": dimension,
        "dimension_value": value,
        **dict.fromkeys(("billed_cost", "amortized_cost", "effective_cost"), Decimal(cost)),
    }
    return row | columns


def history_row(index: int, state: str, saving: int, **columns: Any) -> Row:
    """A finding that has stood since September, and what became of it."""
    row = {
        **_SCOPE,
        "is_latest_period": True,
        "sub_account_id": WEB,
        "sub_account_name": "prod-web",
        "region_id": "eu-west-1",
        "resource_id": f"vol-{index:017x}",
        "resource_type": "EBS volume",
        "rule_id": "unattached_volume",
        "service_name": "Amazon Elastic Compute Cloud",
        "confidence": "high",
        "found_in": "idle_resources",
        "lever": "delete",
        "state": state,
        "first_billing_period": "2026-09",
        "last_seen_on": date(2026, 11, 22),
        "months_found": 3,
        **dict.fromkeys(("first_monthly_savings_cost", "monthly_savings_cost"), Decimal(saving)),
        "monthly_savings_cost_change": Decimal(0),
    }
    return row | columns


def snapshot_row(index: int, cost: int, age: int | None, volume: str = "there", **columns: Any) -> Row:
    """A snapshot of which all is known, or, without an age, nothing."""
    row = {
        **_SCOPE,
        "is_latest_period": True,
        "sub_account_id": WEB,
        "sub_account_name": "prod-web",
        "region_id": "eu-west-1",
        "resource_id": f"arn:aws:ec2:eu-west-1::snapshot/snap-{index:017x}",
        "snapshot_id": f"snap-{index:017x}",
        "owner": None,
        "first_billed_on": date(2026, 11, 1),
        "last_billed_on": date(2026, 11, 22),
        "effective_cost": Decimal(cost),
        "monthly_cost": Decimal(cost),
        "snapshot_standing": "unknown" if age is None else "there",
        "age_days": age,
        "volume_size_gb": None if age is None else 500,
        "source_volume_standing": volume,
        "image_standing": "unknown" if age is None else "unused",
        "managed_by": None,
    }
    return row | columns


def marts() -> dict[str, list[Row]]:
    """Every one of these marts with something to show."""
    return {
        "cost_forecasts": [
            forecast_row(),
            forecast_row("billed_cost", forecast_cost=Decimal(69_000)),
            forecast_row(horizon="quarter", ends_on=date(2026, 12, 31), forecast_cost=Decimal(200_000)),
        ],
        "budget_adherence": [
            budget_row("all of it", 68.0, "within"),
            budget_row("a filtered one", 97.5, "expected to be over", is_filtered=True),
            budget_row("nobody tells", None, "unknown"),
        ],
        "cost_movers": [
            moved_row("AWS Lambda", 10, 240),
            moved_row("Amazon CloudFront", -300, 20, sub_account_id=WAREHOUSE, sub_account_name="prod-warehouse"),
            moved_row("AWS Key Management Service", 0, 0),
        ],
        "cost_anomalies": [anomaly_row(10, 310), anomaly_row(11, 290), anomaly_row(12, 300)],
        "team_costs": [
            team_row("web", 700),
            team_row("web", 650, "2026-10"),
            shared_row("web", 35),
            team_row("Warehouse & Co", 500, sub_account_id=WAREHOUSE, sub_account_name="prod-warehouse"),
            shared_row("Warehouse & Co", 25),
            team_row(None, 40),
        ],
        "tag_coverage": [
            tag_row("team", 930),
            tag_row("cost_center", 400, variant_tag_key="CostCenter", variant_cost=Decimal(90)),
        ],
        "unit_costs": [unit_row("2026-09", 5000, 100), unit_row("2026-10", 5200, None), unit_row("2026-11", 4000, 64)],
        "cost_breakdowns": [
            *(part_row("usage_type", f"BoxUsage:m7g.{size}xlarge", 100 - size) for size in range(1, 20)),
            part_row("tag:team", "web", 700),
            part_row("tag:team", "(untagged)", 1010),
            part_row("purchase_option", "On-Demand", 1710),
        ],
        "recommendation_history": [
            history_row(0, "open", 40),
            history_row(
                1, "open", 90, first_billing_period="2026-10", months_found=2, first_monthly_savings_cost=Decimal(60)
            ),
            history_row(2, "acted", 30, acted_at=datetime(2026, 11, 9, 8, tzinfo=UTC).replace(tzinfo=None)),
            history_row(3, "gone", 25, billing_period="2026-09", months_found=1, is_latest_period=False),
        ],
        "snapshots": [
            snapshot_row(0, 80, 12),
            snapshot_row(1, 300, 900, "gone"),
            snapshot_row(2, 120, 700, "gone", managed_by="AWS Backup"),
            snapshot_row(3, 55, 200, "gone", image_standing="used"),
            snapshot_row(4, 20, None, "unknown", owner="maria.lopez"),
        ],
        "savings": [
            found_row(0, "delete", 200, is_actionable=True),
            found_row(1, "modernise", 90),
            found_row(2, "modernise", 60, is_counted=False, superseded_by="unattached_volume"),
        ],
        "realized_savings": [realized_row(0, "CONFIRMED", 90, 84), realized_row(1, "PENDING", 30, None)],
    }
