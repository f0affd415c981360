"""The registry of tables: one name per table, the same in Python, dbt, the quality suites, Terraform and the docs."""

from __future__ import annotations

from dataclasses import dataclass

# Forms of bill, in the order in which they are trusted when two of them cover one payer and month.
BILL_SOURCES = ("cur2", "legacy_cur", "focus")

# Forms whose files can be read where AWS delivered them: Parquet of Data Exports, in folders that AWS never overwrites.
IN_PLACE_SOURCES = ("cur2", "focus")

# What AWS accounts are asked beside the bill, a table each, in the order in which they are asked: metrics are of what
# the inventory knows.
COLLECTED_SOURCES = (
    "accounts",
    "inventory",
    "instance_types",
    "metrics",
    "recommendations",
    "prices",
    "budgets",
    "anomalies",
    "cost_explorer",
)

WAIST = "int_charges"


@dataclass(frozen=True)
class Mart:
    """A published table; `grain` are the columns that make a row unique.

    `month_column` tells the month (YYYY-MM) of a mart that is published a file per month, and is empty for all others.
    `alike` are columns in which neighbours in its file are to be alike before the last of its grain tells them apart.
    """

    name: str
    grain: tuple[str, ...]
    month_column: str = ""
    alike: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[str, ...]:
        """The columns by which its published rows are sorted: no two rows are equal in all of them."""
        return (*self.grain[:-1], *self.alike, self.grain[-1])

    @property
    def period(self) -> str:
        """Its column of the bill's month, YYYY-MM."""
        return next(name for name in self.grain if name in ("billing_period", "x_BillingPeriod"))

    @property
    def payer(self) -> str:
        """Its column of the payer account."""
        return next(name for name in self.grain if name in ("billing_account_id", "BillingAccountId"))


FINDING_GRAIN = (
    "billing_period",
    "billing_account_id",
    "sub_account_id",
    "region_id",
    "resource_id",
    "rule_id",
    "billing_currency",
)

MARTS: tuple[Mart, ...] = (
    Mart(
        "daily_costs",
        (
            "billing_period",
            "charged_on",
            "billing_account_id",
            "sub_account_id",
            "service_name",
            "region_id",
            "charge_category",
            "purchase_option",
            "billing_currency",
        ),
    ),
    Mart(
        "monthly_costs",
        ("billing_period", "billing_account_id", "sub_account_id", "service_name", "billing_currency"),
    ),
    # The same costs once for each way to cut them; the rows of one dimension are the bill.
    Mart(
        "cost_breakdowns",
        (
            *("billing_period", "charged_on", "billing_account_id", "sub_account_id"),
            *("dimension", "dimension_value", "billing_currency"),
        ),
    ),
    Mart(
        "cost_comparisons",
        (
            "billing_period",
            "comparison",
            "billing_account_id",
            "sub_account_id",
            "service_name",
            "billing_currency",
        ),
    ),
    Mart(
        "cost_movers",
        (
            "billing_period",
            "billing_account_id",
            "sub_account_id",
            "service_name",
            "region_id",
            "usage_type",
            "billing_currency",
        ),
    ),
    Mart(
        "cost_anomalies",
        (
            "billing_period",
            "charged_on",
            "billing_account_id",
            "sub_account_id",
            "service_name",
            "usage_group",
            "billing_currency",
        ),
    ),
    Mart(
        "cost_forecasts",
        (
            "billing_period",
            "horizon",
            "scope",
            "measure",
            "billing_account_id",
            "sub_account_id",
            "service_name",
            "billing_currency",
        ),
    ),
    Mart("budget_adherence", ("billing_period", "billing_account_id", "sub_account_id", "budget_name")),
    # The daily costs again, and whose they are.
    Mart(
        "allocated_costs",
        (
            "billing_period",
            "charged_on",
            "billing_account_id",
            "sub_account_id",
            "service_name",
            "region_id",
            "charge_category",
            "purchase_option",
            "billing_currency",
            "allocation",
            "cluster_name",
            "namespace_name",
            "workload_name",
            "owner",
        ),
    ),
    Mart(
        "team_costs",
        (
            *("billing_period", "billing_account_id", "billing_currency", "sub_account_id", "service_name"),
            *("charge_name", "team", "environment", "cost_center", "allocation", "shared_pool", "allocated_method"),
        ),
    ),
    Mart(
        "unit_costs",
        ("billing_period", "billing_account_id", "billing_currency", "driver_name", "team", "service_name"),
    ),
    Mart(
        "tag_coverage",
        ("billing_period", "billing_account_id", "sub_account_id", "service_name", "tag_key", "billing_currency"),
    ),
    Mart(
        "commitment_usage",
        ("billing_period", "billing_account_id", "commitment_discount_id", "billing_currency"),
    ),
    Mart(
        "commitment_coverage",
        (
            *("billing_period", "billing_account_id", "sub_account_id", "region_id", "service_name"),
            *("eligible_kind", "instance_family", "instance_type", "billing_currency"),
        ),
    ),
    Mart(
        "effective_savings_rates",
        ("billing_period", "billing_account_id", "service_name", "billing_currency"),
    ),
    Mart(
        "commitment_recommendations",
        (
            *("billing_period", "billing_account_id", "region_id", "plan_offering", "instance_family"),
            "billing_currency",
        ),
    ),
    Mart(
        "idle_resources",
        FINDING_GRAIN,
    ),
    Mart(
        "rightsizing_recommendations",
        FINDING_GRAIN,
    ),
    Mart(
        "savings",
        FINDING_GRAIN,
    ),
    # A finding whatever months it was found in; its month is the newest of them.
    Mart("recommendation_history", FINDING_GRAIN),
    Mart(
        "snapshots",
        (
            *("billing_period", "billing_account_id", "sub_account_id", "region_id", "resource_id"),
            "billing_currency",
        ),
    ),
    # What actions did, and what the bill shows of it.
    Mart(
        "realized_savings",
        ("billing_period", "action", "billing_account_id", "sub_account_id", "region_id", "resource_id"),
    ),
    Mart(
        "reconciliation",
        ("billing_period", "billing_account_id", "billing_currency", "invoice_id", "table_name", "measure"),
    ),
    Mart(
        "identities",
        ("billing_period", "billing_account_id", "billing_currency", "identity"),
    ),
    # Under the names of FOCUS, for tools that read FOCUS. Charges' ids are random: rows that follow each other by them
    # alone have little in common, and take more than twice the bytes.
    Mart(
        "focus_1_2",
        ("x_BillingPeriod", "BillingAccountId", "SubAccountId", "ServiceName", "x_ChargeId"),
        month_column="x_BillingPeriod",
        alike=("ResourceId", "x_UsageType", "ChargePeriodStart"),
    ),
    Mart(
        "restatements",
        (
            "billing_period",
            "billing_account_id",
            "sub_account_id",
            "service_name",
            "charge_category",
            "billing_currency",
        ),
    ),
)

MART_NAMES = tuple(mart.name for mart in MARTS)

# A row per charge: as large as the bill, and never to be read into memory whole.
MONTHLY_MARTS = frozenset(mart.name for mart in MARTS if mart.month_column)
