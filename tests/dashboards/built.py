"""A small lake with plausible marts: 90 days, 8 services, 4 accounts. Column types come from dbt's own contracts."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from lake import verdicts, zones
from lake.marts import mart_files
from lake.output import Output
from lake.settings import Profile, Settings
from lake.store import LocalStore
from lake.verdicts import Verdict
from lake.workspace import Workspace
from tests.dashboards import built_more

NOW = datetime(2026, 11, 23, 6, 10, tzinfo=UTC)
THROUGH = date(2026, 11, 22)
PAYER = "111122223333"
OTHER_PAYER = "999988887777"
CONTRACTS = Path(__file__).parents[2] / "dbt_project" / "models" / "marts"
TYPES = {
    "varchar": pa.string(),
    "date": pa.date32(),
    "decimal(38,10)": pa.decimal128(38, 10),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us"),
}
# name: (dollars a day, growth a day, share bought by commitment)
SERVICES = {
    "Amazon Elastic Compute Cloud": (920, "0.0031", "Savings Plan"),
    "Amazon Relational Database Service": (510, "0.0012", "Reserved"),
    "Amazon Simple Storage Service": (262, "0.0018", "On-Demand"),
    "Amazon Elastic Container Service for Kubernetes": (181, "0.0005", "On-Demand"),
    "Amazon CloudFront": (143, "-0.0021", "On-Demand"),
    "AWS Lambda": (97, "0.0090", "On-Demand"),
    "Amazon DynamoDB": (76, "0.0004", "On-Demand"),
    "AWS Key Management Service": (12, "0", "On-Demand"),
    "AmazonCloudWatch": (31, "0.0015", "On-Demand"),
    "AWS Data Transfer": (64, "-0.0008", "Spot"),
}
ACCOUNTS = {
    "210987654321": ("prod-web", Decimal("0.46")),
    "310987654321": ("prod-warehouse", Decimal("0.31")),
    "410987654321": ("staging", Decimal("0.15")),
    "510987654321": ("sandbox", Decimal("0.08")),
}
PLACES = Decimal("0.0000000001")
WEEKEND = Decimal("0.78")

Rows = list[dict[str, Any]]
Marts = dict[str, Rows]


def schema(mart: str) -> pa.Schema:
    """The mart's columns as its dbt contract types them."""
    (path,) = CONTRACTS.glob(f"*/{mart}.yml")
    columns = yaml.safe_load(path.read_text())["models"][0]["columns"]
    return pa.schema([(column["name"], TYPES[column["data_type"]]) for column in columns])


def noise(*parts: object) -> Decimal:
    """A number from -1 to 1 that depends on the parts alone."""
    digest = hashlib.sha256("/".join(map(str, parts)).encode()).digest()
    return Decimal(int.from_bytes(digest[:4], "big")) / Decimal(2**31) - 1


def charge(day: date, cost: Decimal | str, **columns: Any) -> dict[str, Any]:
    """A row of daily_costs; all measures follow the billed cost unless given."""
    amount = Decimal(cost).quantize(PLACES)
    row = {
        "billing_period": f"{day:%Y-%m}",
        "charged_on": day,
        "billing_account_id": PAYER,
        "sub_account_id": "210987654321",
        "sub_account_name": "prod-web",
        "service_category": "Compute",
        "service_name": "Amazon Elastic Compute Cloud",
        "region_id": "eu-west-1",
        "charge_category": "Usage",
        "purchase_option": "On-Demand",
        "billing_currency": "USD",
        "billed_cost": amount,
        "list_cost": amount,
        "contracted_cost": amount,
        "amortized_cost": amount,
        "effective_cost": amount,
        "unused_commitment_cost": Decimal(0),
        "unused_commitment_to_date_cost": Decimal(0),
        "charge_count": 24,
    }
    return row | columns


def daily_rows(days: int = 90, through: date = THROUGH) -> Rows:
    """Usage of every service and account, an RI fee and tax on each first of a month, one credit a month."""
    rows: Rows = []
    for offset in range(days):
        day = through - timedelta(days=days - 1 - offset)
        for name, (cost, growth, option) in SERVICES.items():
            week = WEEKEND if day.weekday() >= 5 and "Elastic" in name else Decimal(1)
            spike = Decimal("3.1") if name == "AWS Lambda" and date(2026, 11, 10) <= day <= date(2026, 11, 12) else 1
            for account, (account_name, part) in ACCOUNTS.items():
                amount = (
                    cost * part * week * spike * (1 + Decimal(growth) * offset) * (1 + noise(day, name, account) / 25)
                )
                rows.append(usage(day, amount, name, option, account, account_name))
        if day.day == 1:
            rows += monthly_charges(day)
    return rows


def usage(day: date, amount: Decimal, name: str, option: str, account: str, account_name: str) -> dict[str, Any]:
    """Committed usage is billed at zero and carries its effective cost."""
    committed = option in ("Savings Plan", "Reserved")
    row = charge(
        day,
        amount,
        service_name=name,
        purchase_option=option,
        sub_account_id=account,
        sub_account_name=account_name,
    )
    if committed:
        row["effective_cost"] = (amount * Decimal("0.7")).quantize(PLACES)
        row["amortized_cost"] = row["effective_cost"]
        row["billed_cost"] = (amount * Decimal("0.45")).quantize(PLACES)
        row["unused_commitment_to_date_cost"] = (amount * Decimal("0.02")).quantize(PLACES)
        row["unused_commitment_cost"] = row["unused_commitment_to_date_cost"] * 3
    return row


def monthly_charges(day: date) -> Rows:
    """Tax, a credit and a reservation's fee, all dated the first of the month."""
    return [
        charge(day, "512.3300000000", charge_category="Tax", purchase_option="None", list_cost=Decimal(0)),
        charge(day, "-150.0000000000", charge_category="Credit", purchase_option="None", list_cost=Decimal(0)),
        charge(
            day,
            "640.0000000000",
            charge_category="Purchase",
            purchase_option="None",
            service_name="Amazon Relational Database Service",
            effective_cost=Decimal(0),
            amortized_cost=Decimal(0),
        ),
    ]


def monthly_rows(daily: Rows) -> Rows:
    """monthly_costs from daily rows, as far as the page reads it."""
    sums: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in daily:
        key = tuple(
            row[name]
            for name in ("billing_period", "billing_account_id", "sub_account_id", "service_name", "billing_currency")
        )
        if key in sums:
            for name in ("billed_cost", "list_cost", "contracted_cost", "amortized_cost", "effective_cost"):
                sums[key][name] += row[name]
        else:
            sums[key] = {name: row[name] for name in schema("monthly_costs").names if name in row}
            sums[key]["is_previous_period_known"] = False
    return list(sums.values())


KINDS = (
    (
        "vol",
        "EBS volume",
        "unattached_volume",
        "The volume is billed, and no instance of the account reads or writes it.",
    ),
    ("eipalloc", "Elastic IP", "idle_address", "The address was billed as idle for every hour of the month."),
    ("nat", "NAT gateway", "idle_nat_gateway", "The gateway was billed for its hours and carried no traffic."),
    (
        "snap",
        "EBS snapshot",
        "old_snapshot",
        "The snapshot is billed and no volume or image of the account goes with it.",
    ),
)


def idle_row(index: int, **columns: Any) -> dict[str, Any]:
    """One idle resource of the newest month."""
    prefix, kind, rule, reason = KINDS[index % len(KINDS)]
    account = list(ACCOUNTS)[index % len(ACCOUNTS)]
    cost = (Decimal(210) / (index + 2) + abs(noise("idle", index))).quantize(PLACES)
    row = {
        "finding_id": hashlib.md5(f"idle{index}".encode()).hexdigest(),
        "billing_period": "2026-11",
        "is_latest_period": True,
        "billing_account_id": PAYER,
        "sub_account_id": account,
        "sub_account_name": ACCOUNTS[account][0],
        "region_id": ("eu-west-1", "us-east-1")[index % 2],
        "service_name": "Amazon Elastic Compute Cloud",
        "resource_id": resource_id(prefix, index, account),
        "resource_type": kind,
        "rule_id": rule,
        "reason": reason,
        "evidence": "bill",
        "aws_finding": "not told",
        "confidence": ("certain", "high", "medium")[index % 3],
        "observed_hours": 528.0,
        "activity_quantity": 0.0,
        "first_seen_on": date(2026, 11, 1),
        "last_seen_on": THROUGH,
        "idle_days": 22 - index % 9,
        "owner": ("team-web", "team-warehouse", None)[index % 3],
        "billing_currency": "USD",
        "effective_cost": (cost / 2).quantize(PLACES),
        "monthly_cost": cost,
        "is_actionable": index % 4 == 0,
        "action": "idle_cleanup" if index % 4 == 0 else None,
        "blockers": "A snapshot is taken first." if index % 4 == 0 else "Ask the owner whether it is kept on purpose.",
    }
    return row | columns


def resource_id(prefix: str, index: int, account: str) -> str:
    """Some bills write ids, some ARNs."""
    short = f"{prefix}-{hashlib.md5(str(index).encode()).hexdigest()[:17]}"
    return f"arn:aws:ec2:eu-west-1:{account}:natgateway/{short}" if prefix == "nat" else short


MOVES = (
    ("m5.2xlarge", "m7g.2xlarge", "graviton", "EC2 instance"),
    ("t2.large", "t3.large", "previous_generation", "EC2 instance"),
    ("db.r5.xlarge", "db.r7g.xlarge", "graviton", "RDS instance"),
    ("gp2", "gp3", "gp2_to_gp3", "EBS volume"),
)


def rightsizing_row(index: int, **columns: Any) -> dict[str, Any]:
    """One recommendation of the newest month."""
    now, then, rule, kind = MOVES[index % len(MOVES)]
    account = list(ACCOUNTS)[index % len(ACCOUNTS)]
    cost = (Decimal(900) / (index + 2) + abs(noise("size", index))).quantize(PLACES)
    row = {
        "recommendation_id": hashlib.md5(f"size{index}".encode()).hexdigest(),
        "billing_period": "2026-11",
        "is_latest_period": True,
        "billing_account_id": PAYER,
        "sub_account_id": account,
        "sub_account_name": ACCOUNTS[account][0],
        "region_id": "eu-west-1",
        "service_name": "Amazon Elastic Compute Cloud",
        "resource_id": f"i-{hashlib.md5(f's{index}'.encode()).hexdigest()[:17]}",
        "resource_type": kind,
        "rule_id": rule,
        "current_type": now,
        "recommended_type": then,
        "reason": f"{then} does the work of {now} at a lower public price in the same region.",
        "effort": ("medium", "low", "high", "low")[index % 4],
        "evidence": "bill",
        "lever": "modernise",
        "compute_optimizer": "not told",
        "cost_optimization_hub": "not told",
        "cost_explorer": "not told",
        "blockers": None,
        "confidence": ("high", "medium")[index % 2],
        "observed_hours": 528.0,
        "current_unit_price": Decimal("0.3840000000"),
        "recommended_unit_price": Decimal("0.3264000000"),
        "price_basis": ("on this bill", "scaled from this bill")[index % 2],
        "is_covered_by_commitment": index % 5 == 0,
        "last_seen_on": THROUGH,
        "owner": ("team-web", None)[index % 2],
        "billing_currency": "USD",
        "effective_cost": (cost / 2).quantize(PLACES),
        "monthly_cost": cost,
        **{
            f"{name}monthly_savings_cost": (cost * Decimal(part)).quantize(PLACES)
            for name, part in (("low_", "0.1"), ("", "0.2"), ("high_", "0.3"))
        },
    }
    return row | columns


def commitment_row(index: int, **columns: Any) -> dict[str, Any]:
    """One commitment of the newest month: a plan, or a reservation that is half unused."""
    is_plan = index % 2 == 0
    account = list(ACCOUNTS)[index % len(ACCOUNTS)]
    cost = Decimal(700) / (index + 1)
    used = cost if is_plan else cost / 2
    name = "savingsplans::{}:savingsplan" if is_plan else "ec2:eu-west-1:{}:reserved-instances"
    row = {
        "billing_period": "2026-11",
        "is_latest_period": True,
        "billing_account_id": PAYER,
        "sub_account_id": account,
        "sub_account_name": ACCOUNTS[account][0],
        "commitment_discount_id": f"arn:aws:{name.format(account)}/{index:08d}",
        "commitment_kind": "Savings Plan" if is_plan else "Reserved Instance",
        "usage_type": "ComputeSP:1yrNoUpfront" if is_plan else "EU-HeavyUsage:m7g.large",
        "payment_option": "No Upfront",
        "ends_at": datetime(2027, 1, 10, tzinfo=UTC).replace(tzinfo=None),
        "days_left": 48,
        "billing_currency": "USD",
        "commitment_cost": cost,
        "used_commitment_cost": used,
        "unused_commitment_cost": cost - used,
        "unused_commitment_to_date_cost": cost - used,
        "utilization_pct": float(100 * used / cost),
        "covered_list_cost": used * 2,
        "net_savings_cost": used * 2 - cost,
        "effective_savings_rate_pct": float(100 * (used * 2 - cost) / (used * 2)),
    }
    exact = {name: value.quantize(PLACES) for name, value in row.items() if isinstance(value, Decimal)}
    return row | exact | columns


def coverage_row(kind: str, covered: int) -> dict[str, Any]:
    """A thousand dollars of eligible usage at public prices, of which plans covered so many."""
    return {
        "billing_period": "2026-11",
        "billing_account_id": PAYER,
        "sub_account_id": "210987654321",
        "sub_account_name": "prod-web",
        "region_id": "eu-west-1",
        "service_name": "Amazon Elastic Compute Cloud",
        "eligible_kind": kind,
        "billing_currency": "USD",
        "eligible_list_cost": Decimal(1000),
        "plan_covered_list_cost": Decimal(covered),
        "reservation_covered_list_cost": Decimal(0),
        "on_demand_list_cost": Decimal(1000 - covered),
        "spot_cost": Decimal(0),
        "covered_pct_of_eligible_list_cost": covered / 10,
    }


def savings_row(service: str, saved: int) -> dict[str, Any]:
    """A thousand dollars at public prices, of which so many were saved."""
    return {
        "billing_period": "2026-11",
        "billing_account_id": PAYER,
        "service_name": service,
        "billing_currency": "USD",
        "list_cost": Decimal(1000),
        "amortized_cost": Decimal(1000 - saved),
        "unused_commitment_to_date_cost": Decimal(0),
        "savings_cost": Decimal(saved),
        "eligible_list_cost": Decimal(1000),
        "eligible_amortized_cost": Decimal(1000 - saved),
        "eligible_savings_cost": Decimal(saved),
    }


def plan_row(offering: str, family: str) -> dict[str, Any]:
    """A recommended plan of one region; that of a family is the other way to pay for the same hours."""
    return {
        "billing_period": "2026-11",
        "is_latest_period": True,
        "billing_account_id": PAYER,
        "region_id": "eu-west-1",
        "plan_offering": offering,
        "instance_family": family,
        "billing_currency": "USD",
        "status": "recommended",
        "is_alternative": family != "all",
        "hourly_commitment_cost": Decimal("0.73"),
        "low_monthly_savings_cost": Decimal(-20),
        "monthly_savings_cost": Decimal(150),
        "high_monthly_savings_cost": Decimal("197.1"),
        "expected_utilization_pct": 95.5,
        "break_even_utilization_pct": 73.0,
        "plan_discount_pct": 27.0,
        "discount_basis": "default",
        "hours_looked_at": 720,
    }


def reconciliation_rows(daily: Rows) -> Rows:
    """Every month's totals, all reconciled."""
    rows: Rows = []
    keys = sorted({(row["billing_period"], row["billing_account_id"], row["billing_currency"]) for row in daily})
    for period, payer, currency in keys:
        own = [
            row
            for row in daily
            if (row["billing_period"], row["billing_account_id"], row["billing_currency"]) == (period, payer, currency)
        ]
        lines = sum(row["charge_count"] for row in own)
        for table, measure, against in (
            ("int_charges", "billed_cost", "landing"),
            ("daily_costs", "billed_cost", "landing"),
            ("daily_costs", "effective_cost", "int_charges"),
            ("monthly_costs", "billed_cost", "landing"),
        ):
            cost = sum((row[measure] for row in own), Decimal(0))
            rows.append(
                {
                    "billing_period": period,
                    "billing_account_id": payer,
                    "billing_currency": currency,
                    "invoice_id": "all",
                    "table_name": table,
                    "measure": measure,
                    "compared_with": against,
                    "expected_cost": cost,
                    "actual_cost": cost,
                    "difference_micros": 0,
                    "expected_charge_count": lines,
                    "actual_charge_count": lines,
                    "tolerance_cost": Decimal(0),
                    "is_reconciled": True,
                    "is_held_back": False,
                }
            )
    return rows


def marts(daily: Rows | None = None, idle: Rows | None = None, rightsizing: Rows | None = None) -> Marts:
    """Rows of all marts, nothing restated; with charges of one's own the marts that say why and whose are empty."""
    charges = daily_rows() if daily is None else daily
    return {
        "daily_costs": charges,
        "monthly_costs": monthly_rows(charges),
        "cost_comparisons": [],
        "allocated_costs": [],
        **(built_more.marts() if daily is None else {mart: [] for mart in built_more.marts()}),
        "commitment_usage": [commitment_row(i) for i in range(5)],
        "commitment_coverage": [coverage_row("EC2 instance", 600), coverage_row("Lambda", 0)],
        "effective_savings_rates": [savings_row("Amazon Elastic Compute Cloud", 300), savings_row("AWS Lambda", 0)],
        "commitment_recommendations": [
            plan_row("ComputeSavingsPlans", "all"),
            plan_row("EC2InstanceSavingsPlans", "m7g"),
        ],
        "idle_resources": [idle_row(i) for i in range(23)] if idle is None else idle,
        "rightsizing_recommendations": [rightsizing_row(i) for i in range(31)] if rightsizing is None else rightsizing,
        "reconciliation": reconciliation_rows(charges),
        "identities": [],
        "focus_1_2": [],
        "restatements": [],
    }


def table(mart: str, rows: Rows) -> pa.Table:
    """Rows under the mart's contract; columns a row leaves out are null."""
    return pa.Table.from_pylist(rows, schema=schema(mart))


def publish(store: LocalStore, built: Marts) -> None:
    """Write the marts where `finops build` would."""
    for name, rows in built.items():
        content = io.BytesIO()
        pq.write_table(table(name, rows), content)
        store.write(zones.published_mart(name), content.getvalue())


def approve(store: LocalStore, mart: str, **fields: Any) -> None:
    """Record a green verdict on the mart's bytes; the fields change what it says."""
    published = mart_files(store, mart)
    assert published is not None
    verdict = {
        "mart": mart,
        "run_id": "run-validation",
        "passed": True,
        "version": published.version,
        "row_count": 1,
        "evaluated": 9,
        "critical_failures": (),
        "warning_failures": (),
        "errors": (),
        "data_through": "2026-11-22",
        "validated_at": "2026-11-23T06:00:00+00:00",
        "expires_at": "2026-11-24T08:00:00+00:00",
        "suite_version": "s1",
    }
    verdicts.record(store, Verdict(**(verdict | fields)))


def workspace(root: Path, now: datetime = NOW) -> Workspace:
    """A workspace on a lake of its own."""
    return Workspace(
        Settings(str(root), Profile.LOCAL, None), LocalStore(root), Output(quiet=True), "20261123T061000Z-abc123", now
    )
