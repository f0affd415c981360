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
    """One panel. `measure` is the column it sums (the first, if it shows two), `columns` are all that it reads.

    `explain` is the command that takes its figure apart; `{period}` stands for the month on show. `by` is the column
    whose values a chart has its bars or lines of, empty for tiles and lists.
    """

    id: str
    title: str
    kind: Kind
    mart: str
    measure: str
    columns: tuple[str, ...]
    explain: str
    by: str = ""


_SCOPE = ("billing_period", "billing_account_id", "billing_currency")
_ACCOUNT = ("sub_account_id", "sub_account_name")
_DAY = (*_SCOPE, "charged_on", "charge_category")
_MEASURES = ("billed_cost", "amortized_cost", "effective_cost")
_FINDING = (
    *("is_latest_period", "billing_account_id", *_ACCOUNT, "region_id", "resource_id", "resource_type"),
    *("rule_id", "reason", "owner", "billing_currency", "monthly_cost"),
)
_IDLE = (*_FINDING, "idle_days", "blockers", "action", "is_actionable")
_RIGHTSIZING = (
    *(*_FINDING, "current_type", "recommended_type", "effort", "confidence", "price_basis"),
    *("is_covered_by_commitment", "monthly_savings_cost"),
)
_RECONCILIATION = (
    *(*_SCOPE, "invoice_id", "table_name", "measure", "compared_with", "expected_cost", "actual_cost"),
    *("difference_micros", "expected_charge_count", "actual_charge_count", "is_reconciled"),
)
_FORECAST = (
    *(*_SCOPE, "horizon", "scope", "measure", "ends_on", "cost_to_date", "forecast_cost", "low_cost", "high_cost"),
    *("method", "wape_pct"),
)
_BUDGET = (
    *(*_SCOPE, *_ACCOUNT, "budget_name", "time_unit", "is_filtered", "limit_cost", "billed_cost"),
    *("told_actual_cost", "forecast_cost", "told_forecast_cost", "used_pct", "adherence"),
)
_MOVED = (
    *(*_SCOPE, *_ACCOUNT, "service_name", "region_id", "usage_type", "effective_cost", "previous_effective_cost"),
    *("effective_cost_change", "price_change_cost", "usage_change_cost", "mix_change_cost"),
    *("new_resources_cost", "gone_resources_cost", "other_change_cost"),
)
_ANOMALY = (
    *("anomaly_id", *_SCOPE, *_ACCOUNT, "charged_on", "started_on", "service_name", "usage_group", "direction"),
    *("effective_cost", "expected_cost", "impact_cost", "cause", "top_resources"),
)
_COVERAGE = (
    *(*_SCOPE, "service_name", "eligible_list_cost", "plan_covered_list_cost", "reservation_covered_list_cost"),
    "on_demand_list_cost",
)
_COMMITMENT = (
    *(*_SCOPE, "is_latest_period", *_ACCOUNT, "commitment_discount_id", "commitment_kind", "usage_type", "ends_at"),
    *("days_left", "commitment_cost", "used_commitment_cost", "unused_commitment_to_date_cost", "net_savings_cost"),
)
_TEAM = (
    *(*_SCOPE, *_ACCOUNT, "service_name", "team", "environment", "allocation", "shared_pool", "allocated_method"),
    *("direct_cost", "shared_cost", "unallocated_cost", "effective_cost"),
)
_TAG = (*_SCOPE, "tag_key", "taggable_cost", "tagged_cost", "untagged_cost", "variant_tag_key")
_FOUND = (*_SCOPE, "is_latest_period", "lever", "is_actionable", "is_counted", "monthly_savings_cost")
_REALIZED = (
    *(*_SCOPE, "action", "verb", "sub_account_id", "resource_id", "acted_at", "expected_cost", "actual_cost"),
    *("saved_cost", "status", "estimated_monthly_savings_cost", "monthly_savings_cost"),
)
_BREAKDOWN = (*_SCOPE, "charged_on", "dimension", "dimension_value", *_MEASURES)
_HISTORY = (
    *(*_SCOPE, *_ACCOUNT, "resource_id", "resource_type", "rule_id", "lever", "state", "owner"),
    *("first_billing_period", "months_found", "first_monthly_savings_cost", "monthly_savings_cost", "acted_at"),
)
_SNAPSHOT = (
    *(*_SCOPE, "is_latest_period", *_ACCOUNT, "region_id", "snapshot_id", "owner", "monthly_cost", "age_days"),
    *("volume_size_gb", "snapshot_standing", "source_volume_standing", "image_standing", "managed_by"),
)
_UNIT = (*_SCOPE, "driver_name", "team", "service_name", "effective_cost", "quantity", "unit_cost")


def _tile(panel_id: str, title: str, mart: str, measure: str, columns: tuple[str, ...], explain: str) -> Panel:
    return Panel(panel_id, title, Kind.TILE, mart, measure, columns, explain)


def _chart(panel_id: str, title: str, of: tuple[str, str, str], columns: tuple[str, ...], explain: str) -> Panel:
    mart, measure, by = of
    return Panel(panel_id, title, Kind.CHART, mart, measure, columns, explain, by)


def _list(panel_id: str, title: str, mart: str, measure: str, columns: tuple[str, ...], explain: str) -> Panel:
    return Panel(panel_id, title, Kind.LIST, mart, measure, columns, explain)


_EFFECTIVE = "finops explain effective --period {period}"
_BILLED = "finops explain billed --period {period}"
_UNUSED = ("unused_commitment_to_date_cost", "effective_cost")
_DAILY = "daily_costs"

PANELS: tuple[Panel, ...] = (
    _tile("billed", "Billed", _DAILY, "billed_cost", (*_DAY, "billed_cost"), _BILLED),
    _tile("effective", "Effective", _DAILY, "effective_cost", (*_DAY, "effective_cost", "amortized_cost"), _EFFECTIVE),
    _tile(
        *("forecast", "Expected for the month", "cost_forecasts", "forecast_cost"),
        _FORECAST,
        "finops report cost_forecasts",
    ),
    _tile("budget", "Budget", "budget_adherence", "used_pct", _BUDGET, "finops report budget_adherence"),
    _tile(
        *("unused", "Unused commitment", _DAILY, "unused_commitment_to_date_cost"),
        (*_DAY, *_UNUSED),
        "finops explain unused-commitment --period {period}",
    ),
    _tile("idle_waste", "Idle waste", "idle_resources", "monthly_cost", _IDLE, "finops report idle"),
    _tile(
        *("savings", "Rightsizing saving", "rightsizing_recommendations", "monthly_savings_cost"),
        _RIGHTSIZING,
        "finops report rightsizing",
    ),
    _tile("reconciled", "Reconciled", "reconciliation", "difference_micros", _RECONCILIATION, "finops reconcile"),
    _chart(
        *("daily", "Daily cost by service", (_DAILY, "effective_cost", "service_name")),
        (*_DAY, *_ACCOUNT, "service_name", *_MEASURES),
        _EFFECTIVE,
    ),
    _chart(
        *("movers", "What moved", (_DAILY, "effective_cost", "service_name")),
        (*_DAY, "service_name", *_MEASURES),
        "finops report costs",
    ),
    _list("causes", "Why it moved", "cost_movers", "effective_cost_change", _MOVED, "finops report cost_movers"),
    _list("anomalies", "What stood out", "cost_anomalies", "impact_cost", _ANOMALY, "finops report cost_anomalies"),
    _chart(
        *("accounts", "Cost by account", (_DAILY, "effective_cost", "sub_account_name")),
        (*_DAY, *_ACCOUNT, *_MEASURES),
        _EFFECTIVE,
    ),
    _chart(
        *("months", "Cost by month", ("monthly_costs", "effective_cost", "billing_period")),
        (*_SCOPE, "sub_account_id", *_MEASURES),
        _EFFECTIVE,
    ),
    _chart(
        *("purchases", "How usage was bought", (_DAILY, "effective_cost", "purchase_option")),
        (*_DAY, "purchase_option", *_MEASURES),
        _EFFECTIVE,
    ),
    _chart(
        *("regions", "Cost by region", (_DAILY, "effective_cost", "region_id")),
        (*_DAY, "region_id", *_MEASURES),
        _EFFECTIVE,
    ),
    _chart(
        *("breakdowns", "What it is made of", ("cost_breakdowns", "effective_cost", "dimension_value")),
        _BREAKDOWN,
        "finops report cost_breakdowns",
    ),
    _list("budgets", "Budgets", "budget_adherence", "limit_cost", _BUDGET, "finops report budget_adherence"),
    _chart(
        *("coverage", "What commitments cover", ("commitment_coverage", "eligible_list_cost", "service_name")),
        _COVERAGE,
        "finops report commitments",
    ),
    _list(
        "commitments", "Commitments", "commitment_usage", "commitment_cost", _COMMITMENT, "finops report commitments"
    ),
    _chart("teams", "Cost by team", ("team_costs", "effective_cost", "team"), _TEAM, "finops report allocation"),
    _list("tags", "How well tags cover", "tag_coverage", "tagged_cost", _TAG, "finops report tag_coverage"),
    _chart(
        *("units", "Unit costs", ("unit_costs", "unit_cost", "driver_name")),
        _UNIT,
        "finops report unit_costs",
    ),
    _chart(
        *("pipeline", "From found to saved", ("savings", "monthly_savings_cost", "lever")),
        _FOUND,
        "finops report savings",
    ),
    _list("realized", "What was saved", "realized_savings", "saved_cost", _REALIZED, "finops report realized_savings"),
    _chart(
        *("history", "What became of findings", ("recommendation_history", "monthly_savings_cost", "state")),
        _HISTORY,
        "finops report recommendation_history",
    ),
    _list(
        *("longest", "Open longest", "recommendation_history", "monthly_savings_cost"),
        _HISTORY,
        "finops report recommendation_history",
    ),
    _chart(
        *("snapshot_ages", "Snapshots by age", ("snapshots", "monthly_cost", "source_volume_standing")),
        _SNAPSHOT,
        "finops report snapshots",
    ),
    _list("snapshots", "Dearest snapshots", "snapshots", "monthly_cost", _SNAPSHOT, "finops report snapshots"),
    _list("idle", "Idle resources", "idle_resources", "monthly_cost", _IDLE, "finops report idle"),
    _list(
        *("rightsizing", "Rightsizing", "rightsizing_recommendations", "monthly_savings_cost"),
        _RIGHTSIZING,
        "finops report rightsizing",
    ),
    _list(
        "reconciliation", "Reconciliation", "reconciliation", "difference_micros", _RECONCILIATION, "finops reconcile"
    ),
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
