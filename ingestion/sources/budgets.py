"""Budgets of each account (DescribeBudgets): what may be spent, what was, and what AWS expects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ingestion.collecting.model import Ask, Row, Source, Span
from ingestion.collecting.rows import joined, money

# Budgets has one address for all regions.
ADDRESS = "us-east-1"


def read(ask: Ask) -> Iterator[Row]:
    """Every budget of an account."""
    pages = ask.client("budgets", ADDRESS).get_paginator("describe_budgets")
    for page in pages.paginate(AccountId=ask.account):
        yield from (_row(told) for told in page.get("Budgets", []))


def _row(told: Mapping[str, Any]) -> Row:
    limit, spent = told.get("BudgetLimit", {}), told.get("CalculatedSpend", {})
    actual, expected = spent.get("ActualSpend", {}), spent.get("ForecastedSpend", {})
    planned = told.get("PlannedBudgetLimits", {})
    units = [one["Unit"] for one in (limit, actual, *planned.values()) if one.get("Unit")]
    return {
        "budget_name": told["BudgetName"],
        "budget_type": told.get("BudgetType"),
        "time_unit": told.get("TimeUnit"),
        "period_start": told.get("TimePeriod", {}).get("Start"),
        "period_end": told.get("TimePeriod", {}).get("End"),
        "limit_amount": money(limit.get("Amount")),
        "planned_limits": {moment: one["Amount"] for moment, one in planned.items()},
        "actual_amount": money(actual.get("Amount")),
        "forecasted_amount": money(expected.get("Amount")),
        "unit": units[0] if units else None,
        "cost_filters": {by: joined(values) for by, values in told.get("CostFilters", {}).items()},
        "updated_at": told.get("LastUpdatedTime"),
    }


SOURCE = Source("budgets", "budgets", Span.ACCOUNTS, {"budget": read})
