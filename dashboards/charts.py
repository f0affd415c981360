"""What the page's script draws: the charts' rows as JSON, amounts as text with every digit."""

from __future__ import annotations

from typing import Any

from dashboards import shown
from dashboards.facts import Facts
from dashboards.figures import ZERO, Slice

BARS_SHOWN = 8


def chart_rows(facts: Facts) -> dict[str, Any]:
    """The document of the element `#marts`. Bars are cut to the largest; the tables below each chart have them all."""
    scope, daily = facts.scope, facts.daily
    return {
        "currency": scope.currency,
        "symbol": shown.symbol(scope.currency),
        "period": scope.period,
        "is_complete": scope.is_complete,
        "daily": {
            "days": [day.isoformat() for day in daily.days],
            "series": [
                {
                    "name": one.name,
                    "billed": [shown.exact(amount) for amount in one.billed],
                    "effective": [shown.exact(amount) for amount in one.effective],
                }
                for one in daily.series
            ],
        },
        "movers": {
            "now": facts.days_now,
            "before": facts.days_before,
            "rows": [
                [mover.service_name, shown.exact(mover.change.before or ZERO), shown.exact(mover.change.now)]
                for mover in facts.movers[:BARS_SHOWN]
            ],
        },
        "accounts": _bars(facts.accounts, "billed"),
        "months": [
            [shown.month(part.key), shown.exact(part.billed)] for part in facts.months if part.billed is not None
        ],
        "purchases": _bars(facts.purchases, "effective"),
    }


def account_label(part: Slice, accounts: tuple[Slice, ...]) -> str:
    """The account's name; with the end of its id where two accounts share the name."""
    twins = [other for other in accounts if other.name == part.name]
    return part.name if len(twins) == 1 else f"{part.name} …{part.key[-4:]}"


def _bars(parts: tuple[Slice, ...], measure: str) -> list[list[str]]:
    return [[account_label(part, parts), shown.exact(getattr(part, measure))] for part in parts[:BARS_SHOWN]]
