"""The panels: what is shown, from which columns of which mart. The page draws them; other renderers may too."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a panel is shown: one figure, a chart with its rows, or a list."""

    TILE = "tile"
    CHART = "chart"
    LIST = "list"


@dataclass(frozen=True)
class Panel:
    """One panel. `measure` is the column it sums (the first, if it shows two), `columns` are all that it reads."""

    id: str
    title: str
    kind: Kind
    mart: str
    measure: str
    columns: tuple[str, ...]


_SCOPE = ("billing_period", "billing_account_id", "billing_currency")
_DAY = (*_SCOPE, "charged_on", "charge_category")
_FINDING = (
    "is_latest_period",
    "billing_account_id",
    "sub_account_id",
    "sub_account_name",
    "region_id",
    "resource_id",
    "resource_type",
    "rule_id",
    "reason",
    "owner",
    "billing_currency",
    "monthly_cost",
)
_IDLE = (*_FINDING, "idle_days", "blockers", "action", "is_actionable")
_RIGHTSIZING = (
    *_FINDING,
    "current_type",
    "recommended_type",
    "effort",
    "confidence",
    "price_basis",
    "is_covered_by_commitment",
    "monthly_savings_cost",
)
_RECONCILIATION = (
    *_SCOPE,
    "invoice_id",
    "table_name",
    "measure",
    "compared_with",
    "expected_cost",
    "actual_cost",
    "difference_micros",
    "expected_charge_count",
    "actual_charge_count",
    "is_reconciled",
)

PANELS: tuple[Panel, ...] = (
    Panel("billed", "Billed", Kind.TILE, "daily_costs", "billed_cost", (*_DAY, "billed_cost")),
    Panel(
        "effective",
        "Effective",
        Kind.TILE,
        "daily_costs",
        "effective_cost",
        (*_DAY, "effective_cost", "amortized_cost"),
    ),
    Panel(
        "unused",
        "Unused commitment",
        Kind.TILE,
        "daily_costs",
        "unused_commitment_to_date_cost",
        (*_DAY, "unused_commitment_to_date_cost", "effective_cost"),
    ),
    Panel("idle_waste", "Idle waste", Kind.TILE, "idle_resources", "monthly_cost", _IDLE),
    Panel(
        "savings",
        "Rightsizing saving",
        Kind.TILE,
        "rightsizing_recommendations",
        "monthly_savings_cost",
        _RIGHTSIZING,
    ),
    Panel("reconciled", "Reconciled", Kind.TILE, "reconciliation", "difference_micros", _RECONCILIATION),
    Panel(
        "daily",
        "Daily cost by service",
        Kind.CHART,
        "daily_costs",
        "effective_cost",
        (*_DAY, "service_name", "effective_cost", "billed_cost"),
    ),
    Panel("movers", "What moved", Kind.CHART, "daily_costs", "billed_cost", (*_DAY, "service_name", "billed_cost")),
    Panel(
        "accounts",
        "Cost by account",
        Kind.CHART,
        "daily_costs",
        "billed_cost",
        (*_DAY, "sub_account_id", "sub_account_name", "billed_cost", "effective_cost"),
    ),
    Panel("months", "Bill by month", Kind.CHART, "monthly_costs", "billed_cost", (*_SCOPE, "billed_cost")),
    Panel(
        "purchases",
        "How usage was bought",
        Kind.CHART,
        "daily_costs",
        "effective_cost",
        (*_DAY, "purchase_option", "effective_cost"),
    ),
    Panel("idle", "Idle resources", Kind.LIST, "idle_resources", "monthly_cost", _IDLE),
    Panel(
        "rightsizing",
        "Rightsizing",
        Kind.LIST,
        "rightsizing_recommendations",
        "monthly_savings_cost",
        _RIGHTSIZING,
    ),
    Panel("reconciliation", "Reconciliation", Kind.LIST, "reconciliation", "difference_micros", _RECONCILIATION),
)


def panel(panel_id: str) -> Panel:
    """The panel of that id. Raises KeyError naming the valid ones."""
    for known in PANELS:
        if known.id == panel_id:
            return known
    raise KeyError(f"{panel_id!r} is not a panel; the panels are {', '.join(known.id for known in PANELS)}")


def columns_of(mart: str) -> list[str]:
    """Every column of a mart that some panel reads, sorted: the page loads no other."""
    return sorted({column for known in PANELS if known.mart == mart for column in known.columns})
