"""The metrics that CloudWatch gets once a day: their names, in one place, and their values of a digest. Pure.

Dashboards and alarms read these names (terraform/modules/observability/names.tf); a test holds both together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from lambdas.cost_reporter.figures import Digest

NAMESPACE = "FinOps"
# Without a dimension.
ACTS = "ActsDone"
# By Currency; that of the month also by Currency and Service.
WEEK, MONTH, FORECAST = "EffectiveCostOfWeek", "EffectiveCostOfMonth", "ForecastOfMonth"
ANOMALIES, SAVINGS = "AnomalyImpactOfWeek", "PossibleMonthlySavings"
# By Account, the one that has the budget, and Budget.
BUDGET = "BudgetUsedPercent"

# What CloudWatch takes of a dimension's value, and of metrics in one call.
_VALUE, CALL = 1024, 1000


def metrics(digests: Sequence[Digest], acts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What `put_metric_data` takes, without a time. A metric is paid for by the hour in which it is told."""
    told: list[dict[str, Any]] = [_metric(ACTS, Decimal(len(acts)), {}, "Count")]
    for one in digests:
        currency = {"Currency": one.currency}
        anomalies = sum((max(amount, Decimal(0)) for *_, amount in one.anomalies), Decimal(0))
        told += [
            _metric(WEEK, one.week, currency),
            _metric(MONTH, one.month, currency),
            _metric(ANOMALIES, anomalies, currency),
            _metric(SAVINGS, one.saved, currency),
        ]
        if one.forecast is not None:
            told.append(_metric(FORECAST, one.forecast, currency))
        told += [_metric(MONTH, amount, {**currency, "Service": service}) for service, amount in one.services]
        told += [
            _metric(BUDGET, used, {"Account": account, "Budget": name}, "Percent")
            for account, name, used in one.budgets
        ]
    return told[:CALL]


def _metric(name: str, value: Decimal, dimensions: Mapping[str, str], unit: str = "None") -> dict[str, Any]:
    found: dict[str, Any] = {"MetricName": name, "Value": float(value), "Unit": unit}
    if dimensions:
        found["Dimensions"] = [{"Name": key, "Value": _plain(told)} for key, told in dimensions.items()]
    return found


def _plain(text: str) -> str:
    # CloudWatch takes printable ASCII alone, and nothing that is blank.
    return text.encode("ascii", "replace").decode().strip()[:_VALUE] or "unnamed"
