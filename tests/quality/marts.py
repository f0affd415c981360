"""Small published marts that keep the contract: columns and types come from the dbt YAML, amounts from one bill."""

from __future__ import annotations

import io
from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from lake import zones
from lake.output import Output
from lake.settings import Athena, Profile, Settings
from lake.store import LocalStore, Store
from lake.tables import MARTS
from lake.workspace import Workspace

CONTRACTS = Path(__file__).parents[2] / "dbt_project" / "models" / "marts"
NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
YESTERDAY = date(2026, 11, 22)

PAYER, WEB, DATA = "011254002932", "111122223333", "444455556666"
MEASURES = ("billed_cost", "amortized_cost", "effective_cost")
TYPES = {
    "varchar": pa.string(),
    "date": pa.date32(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us"),
    "decimal(38,10)": pa.decimal128(38, 10),
}

Row = dict[str, Any]
World = dict[str, list[Row]]


def contract(mart: str) -> pa.Schema:
    """A mart's columns and types as dbt enforces them."""
    (path,) = CONTRACTS.glob(f"*/{mart}.yml")
    (model,) = yaml.safe_load(path.read_text())["models"]
    return pa.schema([(column["name"], TYPES[column["data_type"]]) for column in model["columns"]])


def money(text: str) -> Decimal:
    return Decimal(text)


def _day(charged_on: date, account: str, service: str, cost: str, category: str = "Usage", option: str = "") -> Row:
    amount = money(cost)
    return {
        "billing_period": f"{charged_on:%Y-%m}",
        "charged_on": charged_on,
        "billing_account_id": PAYER,
        "sub_account_id": account,
        "sub_account_name": account,
        "service_category": "Compute",
        "service_name": service,
        "region_id": "eu-west-1",
        "charge_category": category,
        "purchase_option": option or ("On-Demand" if category == "Usage" else "None"),
        "billing_currency": "USD",
        "billed_cost": amount,
        "list_cost": amount if category == "Usage" else money("0"),
        "contracted_cost": amount if category == "Usage" else money("0"),
        "amortized_cost": amount,
        "effective_cost": amount,
        "unused_commitment_cost": money("0"),
        "unused_commitment_to_date_cost": money("0"),
        "charge_count": 24,
    }


def daily_costs() -> list[Row]:
    """Two months with all that is legal and looks wrong: credits below zero, refunds, and a fee that is yet to come."""
    return [
        _day(date(2026, 10, 30), WEB, "Amazon EC2", "12.3456789012"),
        _day(date(2026, 10, 31), DATA, "Amazon RDS", "123456789012123.4567891234"),
        _day(date(2026, 11, 20), WEB, "Amazon EC2", "12.0000000001"),
        _day(date(2026, 11, 20), WEB, "Amazon EC2", "3.3333333333", option="Spot"),
        _day(YESTERDAY, DATA, "Amazon RDS", "7.25"),
        _day(date(2026, 11, 20), WEB, "Amazon EC2", "-2.6137", "Credit"),
        _day(date(2026, 11, 21), WEB, "Amazon EC2", "-1.5", "Adjustment"),
        _day(date(2026, 11, 1), WEB, "Tax", "0.19", "Tax"),
        _day(date(2026, 11, 30), DATA, "Amazon RDS", "100", "Purchase"),
    ]


def _monthly_costs(days: list[Row]) -> list[Row]:
    keys = ("billing_period", "billing_account_id", "sub_account_id", "service_name", "billing_currency")
    months: dict[tuple[Any, ...], Row] = {}
    for day in days:
        month = months.setdefault(tuple(day[key] for key in keys), {**day, "is_previous_period_known": False})
        if month["charged_on"] != day["charged_on"] or month["purchase_option"] != day["purchase_option"]:
            for name in (*MEASURES, "charge_count"):
                month[name] += day[name]
    return list(months.values())


def _cost_comparisons(days: list[Row]) -> list[Row]:
    """November beside October, over its first 22 days: what is dated after them is compared with nothing."""
    keys = ("billing_account_id", "sub_account_id", "service_name", "billing_currency")
    told: dict[tuple[Any, ...], Row] = {}
    for day in days:
        nothing = {f"{side}{name}": money("0") for name in MEASURES for side in ("", "previous_", "uncompared_")}
        row = told.setdefault(
            tuple(day[key] for key in keys),
            {
                **{key: day[key] for key in keys},
                "billing_period": "2026-11",
                "comparison": "previous_month",
                "compared_period": "2026-10",
                "is_whole_month": False,
                "days_compared": 22,
                **nothing,
            },
        )
        side = "previous_" if day["billing_period"] == "2026-10" else ""
        if day["charged_on"].day > 22:
            side = "uncompared_" if day["billing_period"] == "2026-11" else "late_"
        for name in MEASURES:
            row[f"{side}{name}"] = row.get(f"{side}{name}", money("0")) + day[name]
            row[f"{name}_change"] = row[name] - row[f"previous_{name}"]
    return list(told.values())


def _breakdown(day: Row, number: int) -> Row:
    return {**day, "dimension": "usage_type", "dimension_value": f"BoxUsage:{number}"}


def _cost_movers(comparisons: list[Row]) -> list[Row]:
    """What moved, each of it by use alone."""
    parts = ("price_change", "mix_change", "new_resources", "gone_resources", "other_change")
    return [
        {
            **row,
            **dict.fromkeys((f"{part}_cost" for part in parts), money("0")),
            "region_id": "eu-west-1",
            "usage_type": "EU-BoxUsage:m7g.large",
            "usage_change_cost": row["effective_cost_change"],
            "new_resource_count": 0,
            "gone_resource_count": 0,
        }
        for row in comparisons
    ]


def _anomaly(day: Row) -> Row:
    return {
        **day,
        "anomaly_id": "0123456789abcdef",
        "started_on": day["charged_on"],
        "usage_group": "Compute",
        "direction": "up",
        "effective_cost": money("112"),
        "expected_cost": money("12"),
        "impact_cost": money("100"),
        "score": 33.3,
        "cause": "new_resource",
        "top_resources": "i-0a (100.00)",
        "resource_count": 1,
    }


def _budget(account: str, name: str) -> Row:
    return {
        "billing_period": "2026-11",
        "billing_account_id": PAYER,
        "sub_account_id": account,
        "budget_name": name,
        "time_unit": "MONTHLY",
        "is_filtered": False,
        "billing_currency": "USD",
        "limit_cost": money("200"),
        "billed_cost": money("80"),
        "used_pct": 40.0,
        "adherence": "within",
        "told_at": NOW.replace(tzinfo=None),
    }


def _snapshot(snapshot: str, volume: str) -> Row:
    return {
        "billing_period": "2026-11",
        "is_latest_period": True,
        "billing_account_id": PAYER,
        "sub_account_id": WEB,
        "region_id": "eu-west-1",
        "resource_id": f"arn:aws:ec2:eu-west-1:{WEB}:snapshot/{snapshot}",
        "snapshot_id": snapshot,
        "billing_currency": "USD",
        "effective_cost": money("5"),
        "monthly_cost": money("7"),
        "snapshot_standing": "there",
        "source_volume_standing": volume,
        "image_standing": "unknown",
    }


def _history(resource: str, state: str) -> Row:
    return {
        "billing_period": "2026-11",
        "is_latest_period": True,
        "billing_account_id": PAYER,
        "sub_account_id": WEB,
        "region_id": "eu-west-1",
        "resource_id": resource,
        "rule_id": "volume_alone",
        "billing_currency": "USD",
        "found_in": "idle_resources",
        "lever": "delete",
        "state": state,
        "first_billing_period": "2026-10",
        "last_seen_on": YESTERDAY,
        "months_found": 2,
        "first_monthly_savings_cost": money("7"),
        "monthly_savings_cost": money("8"),
        "monthly_savings_cost_change": money("1"),
    }


def _realized(resource: str, status: str) -> Row:
    return {
        "action": "idle_cleanup",
        "act_key": resource,
        "verb": "delete",
        "kind": "EBS volume",
        "billing_account_id": PAYER,
        "sub_account_id": WEB,
        "region_id": "eu-west-1",
        "resource_id": resource,
        "acted_at": NOW.replace(tzinfo=None),
        "billing_period": "2026-11",
        "billing_currency": "USD",
        "days_after": 10,
        "expected_cost": money("20"),
        "actual_cost": money("0"),
        "created_cost": money("5"),
        "saved_cost": money("15"),
        "status": status,
    }


def _forecast(scope: str) -> Row:
    return {
        "billing_period": "2026-11",
        "horizon": "month",
        "ends_on": date(2026, 11, 30),
        "scope": scope,
        "measure": "effective_cost",
        "billing_account_id": PAYER,
        "sub_account_id": None if scope == "payer" else WEB,
        "service_name": None if scope == "payer" else "Amazon EC2",
        "billing_currency": "USD",
        "known_through_on": YESTERDAY,
        "days_left": 8,
        "cost_to_date": money("80"),
        "forecast_cost": money("110"),
        "low_cost": money("105"),
        "high_cost": money("115"),
        "method": "four_weeks",
        "try_count": 3,
        "wape_pct": 2.1,
    }


def _reconciliation(days: list[Row]) -> list[Row]:
    rows = []
    for period in sorted({day["billing_period"] for day in days}):
        for table in ("int_charges", "daily_costs", "monthly_costs"):
            for measure in MEASURES:
                total = sum((day[measure] for day in days if day["billing_period"] == period), Decimal(0))
                rows.append(_compared(period, table, measure, total))
    return rows


def _compared(period: str, table: str, measure: str, total: Decimal) -> Row:
    return {
        "billing_period": period,
        "billing_account_id": PAYER,
        "billing_currency": "USD",
        "invoice_id": "all",
        "table_name": table,
        "measure": measure,
        "compared_with": "landing" if measure == "billed_cost" else "int_charges",
        "expected_cost": total,
        "actual_cost": total,
        "difference_micros": 0,
        "tolerance_cost": money("0"),
        "expected_charge_count": 216,
        "actual_charge_count": 216,
        "is_reconciled": True,
        "is_held_back": False,
    }


def _identity(day: Row) -> Row:
    return {
        **{key: day[key] for key in ("billing_period", "billing_account_id", "billing_currency")},
        "identity": "billed_is_amortized_trueup_and_upfront",
        "sentence": "What is invoiced is what is amortized",
        "part": "all lines",
        "expected_cost": day["billed_cost"],
        "actual_cost": day["billed_cost"],
        "difference_cost": money("0"),
        "tolerance_cost": money("0.00001"),
        "part_count": 1,
        "broken_part_count": 0,
        "holds": True,
        "holds_back": True,
    }


def _restatement() -> Row:
    return {
        "billing_period": "2026-10",
        "billing_account_id": PAYER,
        "sub_account_id": WEB,
        "service_name": "AWS Support (Business)",
        "charge_category": "Purchase",
        "billing_currency": "USD",
        "previous_billed_cost": money("0"),
        "current_billed_cost": money("100"),
        "billed_cost_change": money("100"),
        "previous_charge_count": 0,
        "current_charge_count": 1,
        "previous_delivery_id": "0123456789abcdef",
        "current_delivery_id": "fedcba9876543210",
        "previous_accepted_at": datetime(2026, 11, 3, 6, 0, tzinfo=UTC).replace(tzinfo=None),
        "current_accepted_at": datetime(2026, 11, 7, 6, 0, tzinfo=UTC).replace(tzinfo=None),
    }


def _focus(day: Row, number: int) -> Row:
    return {
        "x_BillingPeriod": day["billing_period"],
        "x_ChargeId": f"{number:016x}-1",
        "BillingAccountId": day["billing_account_id"],
        "SubAccountId": day["sub_account_id"],
        "ServiceName": day["service_name"],
        "ChargeCategory": day["charge_category"],
        "BillingCurrency": day["billing_currency"],
        "BilledCost": day["billed_cost"],
        "EffectiveCost": day["effective_cost"],
        "ListCost": day["list_cost"],
        "ContractedCost": day["contracted_cost"],
    }


def _commitment(day: Row) -> Row:
    """A plan that was used in part, on a bill that tells it without any unused commitment in its daily costs."""
    return {
        **{key: day[key] for key in ("billing_period", "billing_account_id", "sub_account_id", "billing_currency")},
        "is_latest_period": True,
        "commitment_discount_id": f"arn:aws:savingsplans::{WEB}:savingsplan/0a",
        "commitment_kind": "Savings Plan",
        "commitment_cost": money("3"),
        "used_commitment_cost": money("3"),
        "unused_commitment_cost": money("0"),
        "unused_commitment_to_date_cost": money("0"),
        "utilization_pct": 100.0,
        "covered_list_cost": money("5"),
        "net_savings_cost": money("2"),
    }


def _coverage(day: Row) -> Row:
    """Instances of which a plan covered five of eight dollars at public prices."""
    names = ("billing_period", "billing_account_id", "sub_account_id", "region_id", "service_name", "billing_currency")
    return {
        **{key: day[key] for key in names},
        "eligible_kind": "EC2 instance",
        "is_reservable": True,
        "eligible_list_cost": money("8"),
        "plan_covered_list_cost": money("5"),
        "reservation_covered_list_cost": money("0"),
        "on_demand_list_cost": money("3"),
        "spot_cost": money("0"),
        "eligible_amortized_cost": money("6"),
        "covered_pct_of_eligible_list_cost": 62.5,
    }


def _savings_rate(day: Row) -> Row:
    """The same instances: eight dollars' worth were paid with six."""
    worth, paid = money("8"), money("6")
    return {
        **{key: day[key] for key in ("billing_period", "billing_account_id", "service_name", "billing_currency")},
        **{f"{side}list_cost": worth for side in ("", "eligible_")},
        **{f"{side}amortized_cost": paid for side in ("", "eligible_")},
        **{f"{side}savings_cost": worth - paid for side in ("", "eligible_")},
        "unused_commitment_to_date_cost": money("0"),
        "effective_savings_rate_pct": 25.0,
        "eligible_savings_rate_pct": 25.0,
    }


def _recommended_plan(day: Row) -> Row:
    return {
        **{key: day[key] for key in ("billing_period", "billing_account_id", "region_id", "billing_currency")},
        "is_latest_period": True,
        "plan_offering": "ComputeSavingsPlans",
        "instance_family": "all",
        "status": "recommended",
        "is_alternative": False,
        "hourly_commitment_cost": money("0.73"),
        "monthly_commitment_cost": money("532.9"),
        "low_monthly_savings_cost": money("-20"),
        "monthly_savings_cost": money("150"),
        "high_monthly_savings_cost": money("197.1"),
        "expected_utilization_pct": 95.5,
        "break_even_utilization_pct": 73.0,
        "plan_discount_pct": 27.0,
        "discount_basis": "seen in this region",
        "hourly_floor_list_cost": money("1"),
        "floor_percentile": 10.0,
        "looked_at_from": datetime(2026, 10, 22, tzinfo=UTC).replace(tzinfo=None),
        "looked_at_until": datetime(2026, 11, 21, tzinfo=UTC).replace(tzinfo=None),
        "hours_looked_at": 720,
        "on_demand_list_cost": money("900"),
        "left_out_list_cost": money("0"),
        "not_known": "Whether the usage stays for the whole term.",
    }


def _finding(number: int, resource: str, rule: str, **more: Any) -> Row:
    return {
        "finding_id": f"{number:032d}",
        "recommendation_id": f"{number:032d}",
        "billing_period": "2026-11",
        "is_latest_period": True,
        "billing_account_id": PAYER,
        "sub_account_id": WEB,
        "sub_account_name": WEB,
        "region_id": "eu-west-1",
        "service_name": "Amazon EC2",
        "resource_id": resource,
        "resource_type": "EBS volume",
        "rule_id": rule,
        "reason": "It was billed and did nothing.",
        "evidence": "bill",
        "aws_finding": "not told",
        "compute_optimizer": "not told",
        "cost_optimization_hub": "not told",
        "cost_explorer": "not told",
        "lever": "modernise",
        "effort": "low",
        "confidence": "high",
        "observed_hours": 528.0,
        "activity_quantity": 0.0,
        "first_seen_on": date(2026, 11, 1),
        "last_seen_on": date(2026, 11, 21),
        "idle_days": 21,
        "billing_currency": "USD",
        "current_type": "gp2",
        "recommended_type": "gp3",
        "price_basis": "on this bill",
        "is_covered_by_commitment": False,
        "effective_cost": money("7.2"),
        "monthly_cost": money("10"),
        "is_actionable": True,
        **more,
    }


def _saving(number: int, resource: str, rule: str, lever: str) -> Row:
    finding = _finding(number, resource, rule)
    told = {name: finding[name] for name in contract("savings").names if name in finding}
    saved = {"savings_cost": money("7.2"), "cash_savings_cost": money("7.2")}
    return {
        **told,
        **saved,
        "opportunity_id": finding["finding_id"],
        "lever": lever,
        "found_in": "idle_resources",
        "is_counted": True,
    }


def _team_cost(day: Row, number: int) -> Row:
    cost = day["effective_cost"]
    return {
        **{name: day[name] for name in contract("team_costs").names if name in day},
        "charge_name": "usage",
        "team": f"team-{number}",
        "allocation": "Direct",
        "direct_cost": cost,
        "shared_cost": money("0"),
        "unallocated_cost": money("0"),
    }


def _unit_cost(day: Row) -> Row:
    return {
        **{name: day[name] for name in contract("unit_costs").names if name in day},
        "service_name": None,
        "driver_name": "orders",
        "quantity": money("4"),
        "unit_cost": money("2.5"),
    }


def _tag_coverage(day: Row) -> Row:
    cost = day["effective_cost"]
    return {
        **{name: day[name] for name in contract("tag_coverage").names if name in day},
        "tag_key": "team",
        "taggable_cost": cost,
        "tagged_cost": money("0"),
        "untagged_cost": cost,
        "untaggable_cost": money("0"),
        "covered_pct_of_taggable_cost": 0.0,
        "resource_count": 2,
        "tagged_resource_count": 0,
        "covered_pct_of_resources": 0.0,
        "variant_cost": money("0"),
    }


def clean_world() -> World:
    """Rows of every mart that agree with each other and with the contract."""
    days = daily_costs()
    return {
        "daily_costs": days,
        "monthly_costs": _monthly_costs(deepcopy(days)),
        "cost_breakdowns": [_breakdown(day, number) for number, day in enumerate(days)],
        "cost_comparisons": _cost_comparisons(deepcopy(days)),
        "cost_movers": _cost_movers(_cost_comparisons(deepcopy(days))),
        "cost_anomalies": [_anomaly(days[2])],
        "cost_forecasts": [_forecast("payer"), _forecast("account_service")],
        "budget_adherence": [_budget(WEB, "web"), _budget(PAYER, "all")],
        "allocated_costs": [{**day, "allocation": "Direct"} for day in days],
        "team_costs": [_team_cost(day, number) for number, day in enumerate(days)],
        "unit_costs": [_unit_cost(days[3])],
        "tag_coverage": [_tag_coverage(days[3])],
        "commitment_usage": [_commitment(days[3])],
        "commitment_coverage": [_coverage(days[3])],
        "effective_savings_rates": [_savings_rate(days[3])],
        "commitment_recommendations": [_recommended_plan(days[3])],
        "idle_resources": [_finding(1, "vol-0a", "volume_alone"), _finding(2, "eipalloc-1", "idle_address")],
        "rightsizing_recommendations": [
            _finding(1, "vol-0b", "gp2_to_gp3", monthly_savings_cost=money("2")),
            _finding(2, "i-0c", "graviton", monthly_savings_cost=None, price_basis="not on this bill"),
        ],
        "savings": [_saving(1, "vol-0a", "volume_alone", "delete"), _saving(2, "vol-0b", "gp2_to_gp3", "modernise")],
        "recommendation_history": [_history("vol-0a", "open"), _history("vol-0c", "acted")],
        "snapshots": [_snapshot("snap-0a", "gone"), _snapshot("snap-0b", "unknown")],
        "realized_savings": [_realized("vol-0c", "CONFIRMED"), _realized("vol-0d", "PENDING")],
        "reconciliation": _reconciliation(days),
        "identities": [_identity(days[0]), _identity(days[-1])],
        "focus_1_2": [_focus(day, number) for number, day in enumerate(days)],
        "restatements": [_restatement()],
    }


def as_parquet(mart: str, rows: list[Row], without: str = "") -> bytes:
    """A mart's file, optionally lacking a column that its contract asks for."""
    table = pa.Table.from_pylist(rows, schema=contract(mart))
    content = io.BytesIO()
    pq.write_table(table.drop_columns([without]) if without else table, content)
    return content.getvalue()


def publish(store: Store, world: World) -> None:
    for mart in MARTS:
        if not mart.month_column:
            store.write(zones.published_mart(mart.name), as_parquet(mart.name, world[mart.name]))
            continue
        for month in sorted({row[mart.month_column] for row in world[mart.name]}):
            rows = [row for row in world[mart.name] if row[mart.month_column] == month]
            store.write(zones.published_month(mart.name, month), as_parquet(mart.name, rows))


def workspace_in_s3(lake: str, glue_prefix: str) -> Workspace:
    settings = Settings(lake, Profile.AWS, "us-east-1", Athena(prefix=glue_prefix))
    return Workspace.begin(settings, Output(quiet=True), NOW)


def workspace(folder: Path, now: datetime = NOW) -> Workspace:
    settings = Settings(str(folder), Profile.LOCAL, None)
    return Workspace(settings, LocalStore(folder), Output(quiet=True), f"{now:%Y%m%dT%H%M%SZ}-abc123", now)
