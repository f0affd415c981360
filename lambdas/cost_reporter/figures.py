"""What a digest tells, out of rows of marts. Pure. Amounts are Decimal, never summed over currencies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

Rows = Sequence[Mapping[str, Any]]
TOP = 5
# As many services as a dashboard shows apart.
SERVICES = 12

# The columns that are read of each mart; only the first one must be there.
COLUMNS: dict[str, tuple[str, ...]] = {
    "daily_costs": ("billing_period", "charged_on", "service_name", "billing_currency", "effective_cost"),
    "cost_movers": (
        *("billing_period", "sub_account_name", "service_name", "billing_currency"),
        "effective_cost_change",
    ),
    "cost_anomalies": (
        *("anomaly_id", "charged_on", "sub_account_name", "service_name", "billing_currency"),
        *("impact_cost", "cause"),
    ),
    "cost_forecasts": ("billing_period", "horizon", "scope", "measure", "ends_on", "billing_currency", "forecast_cost"),
    "budget_adherence": ("billing_period", "sub_account_id", "budget_name", "billing_currency", "used_pct"),
    "realized_savings": ("action", "status", "billing_currency", "saved_cost"),
    "savings": ("is_latest_period", "is_counted", "lever", "billing_currency", "monthly_savings_cost"),
}


@dataclass(frozen=True)
class Digest:
    """The figures of one currency. `through` is the newest UTC day of the bill; the last days of an open month grow.

    `week` and `week_before` are effective costs of seven days each. `forecast` is what the month will come to, None
    when nobody told. `movers` and `anomalies` are (account, service, amount), the largest first; `savings` are
    (lever, amount a month), `services` (service, amount of the month so far), `budgets` (account, budget, used %).
    `realized` are (action, what its settled acts saved in up to thirty days each), `regressed` counts acts whose saving
    is lost again.
    """

    currency: str
    through: date
    week: Decimal
    week_before: Decimal
    month: Decimal
    forecast: Decimal | None
    movers: tuple[tuple[str, str, Decimal], ...] = ()
    anomalies: tuple[tuple[str, str, Decimal], ...] = ()
    savings: tuple[tuple[str, Decimal], ...] = ()
    services: tuple[tuple[str, Decimal], ...] = ()
    budgets: tuple[tuple[str, str, Decimal], ...] = ()
    realized: tuple[tuple[str, Decimal], ...] = ()
    regressed: int = 0

    @property
    def saved(self) -> Decimal:
        """What could be saved a month, all levers."""
        return sum((amount for _, amount in self.savings), Decimal(0))


def digests(marts: Mapping[str, Rows]) -> list[Digest]:
    """One digest per currency, the dearest first. Marts that are missing leave their part out."""
    daily = marts["daily_costs"]
    currencies = {str(row["billing_currency"]) for row in daily}
    told = [_digest(currency, {name: _of(rows, currency) for name, rows in marts.items()}) for currency in currencies]
    return sorted(told, key=lambda one: -one.month)


def _digest(currency: str, marts: Mapping[str, Rows]) -> Digest:
    daily = marts["daily_costs"]
    through: date = max(row["charged_on"] for row in daily)
    newest = max(str(row["billing_period"]) for row in daily)
    return Digest(
        currency,
        through,
        week=_between(daily, through - timedelta(6), through),
        week_before=_between(daily, through - timedelta(13), through - timedelta(7)),
        month=_sum(row["effective_cost"] for row in daily if row["billing_period"] == newest),
        forecast=_forecast(marts.get("cost_forecasts", ()), newest),
        movers=_movers(marts.get("cost_movers", ()), newest),
        anomalies=_anomalies(marts.get("cost_anomalies", ()), through),
        savings=_savings(marts.get("savings", ())),
        services=_services(row for row in daily if row["billing_period"] == newest),
        budgets=_budgets(marts.get("budget_adherence", ())),
        realized=_realized(marts.get("realized_savings", ())),
        regressed=sum(row["status"] == "REGRESSED" for row in marts.get("realized_savings", ())),
    )


def _of(rows: Rows, currency: str) -> Rows:
    return [row for row in rows if row["billing_currency"] == currency]


def _between(rows: Rows, first: date, last: date) -> Decimal:
    return _sum(row["effective_cost"] for row in rows if first <= row["charged_on"] <= last)


def _forecast(rows: Rows, newest: str) -> Decimal | None:
    meant = [
        row["forecast_cost"]
        for row in rows
        if (row["billing_period"], row["horizon"], row["scope"], row["measure"])
        == (newest, "month", "payer", "effective_cost")
    ]
    return _sum(meant) if meant else None


def _movers(rows: Rows, newest: str) -> tuple[tuple[str, str, Decimal], ...]:
    return _largest(
        (row["sub_account_name"], row["service_name"], row["effective_cost_change"])
        for row in rows
        if row["billing_period"] == newest
    )


def _anomalies(rows: Rows, through: date) -> tuple[tuple[str, str, Decimal], ...]:
    return _largest(
        (row["sub_account_name"], row["service_name"], row["impact_cost"])
        for row in rows
        if row["charged_on"] > through - timedelta(7)
    )


def _savings(rows: Rows) -> tuple[tuple[str, Decimal], ...]:
    by_lever: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        if row["is_latest_period"] and row["is_counted"]:
            by_lever[str(row["lever"])] += row["monthly_savings_cost"] or Decimal(0)
    return tuple(sorted(by_lever.items(), key=lambda pair: (-pair[1], pair[0])))


def _realized(rows: Rows) -> tuple[tuple[str, Decimal], ...]:
    by_action: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        # What is pending may still turn, and what somebody else took away is not ours.
        if row["status"] not in ("PENDING", "VANISHED"):
            by_action[str(row["action"])] += row["saved_cost"] or Decimal(0)
    return tuple(sorted(by_action.items(), key=lambda pair: (-pair[1], pair[0])))


def _services(rows: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, Decimal], ...]:
    by_service: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        by_service[str(row["service_name"])] += row["effective_cost"] or Decimal(0)
    return tuple(sorted(by_service.items(), key=lambda pair: (-pair[1], pair[0]))[:SERVICES])


def _budgets(rows: Rows) -> tuple[tuple[str, str, Decimal], ...]:
    # A budget is told once for each month in which it was collected: the newest one counts.
    newest = max((str(row["billing_period"]) for row in rows), default="")
    return tuple(
        (str(row["sub_account_id"]), str(row["budget_name"]), Decimal(str(row["used_pct"])))
        for row in rows
        if row["billing_period"] == newest and row["used_pct"] is not None
    )


def _largest(told: Any) -> tuple[tuple[str, str, Decimal], ...]:
    summed: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for account, service, amount in told:
        summed[str(account), str(service)] += amount or Decimal(0)
    ordered = sorted(summed.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
    return tuple((*names, amount) for names, amount in ordered[:TOP] if amount)


def _sum(amounts: Any) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))
