"""What the page's script draws: the charts' rows as JSON, amounts as text with every digit, of one account as cents."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dashboards import breakdowns, shown
from dashboards.facts import Facts
from dashboards.figures import MEASURES, ZERO, Mover, Slice

BARS_SHOWN = 8
# In a panel of twice the width.
BREAKDOWN_BARS = 11


def chart_rows(facts: Facts) -> dict[str, Any]:
    """The document of the element `#marts`. Bars are cut to the largest; the tables below each chart have them all."""
    scope, daily = facts.scope, facts.daily
    return {
        "currency": scope.currency,
        "symbol": shown.symbol(scope.currency),
        "period": scope.period,
        "is_complete": scope.is_complete,
        "days": [day.isoformat() for day in daily.days],
        "daily": [{"name": one.name, **_measures(one)} for one in daily.series],
        "now": facts.days_now,
        "before": facts.days_before,
        "movers": [_mover(mover) for mover in facts.movers],
        "accounts": [[account_label(part, facts.accounts), *_costs(part)] for part in facts.accounts[:BARS_SHOWN]],
        "months": [[shown.month(part.key), *_costs(part)] for part in facts.months],
        "purchases": [[part.name, *_costs(part)] for part in facts.purchases[:BARS_SHOWN]],
        **_divided(facts),
        "forecast": {measure: [one.ends_on[:7], shown.exact(one.expected)] for measure, one in facts.forecasts.items()},
        "anomalies": [
            [one.account_id, one.started_on, one.ended_on, one.service_name, shown.exact(one.impact)]
            for one in facts.anomalies
        ],
        "coverage": [
            [one.service_name, *map(shown.exact, (one.plans, one.reservations, one.on_demand))]
            for one in facts.coverage[:BARS_SHOWN]
        ],
        "teams": [[one.title, shown.exact(one.direct), shown.exact(one.shared)] for one in _bars_of_teams(facts)],
        "team_months": {
            one.slug: [[shown.month(month), *map(shown.exact, costs)] for month, *costs in one.months]
            for one in facts.teams
            if one.slug
        },
        "pipeline": [[step.name, shown.exact(step.monthly)] for step in facts.pipeline],
        "units": [
            {
                "name": unit.what,
                "months": [[shown.month(month), _known(cost)] for month, _, _, cost in unit.months],
            }
            for unit in facts.units
        ],
        "by_account": facts.cuts,
    }


def _divided(facts: Facts) -> dict[str, Any]:
    """What stands in few bars: the month by region and by what else divides it, findings by month, snapshots by age."""
    return {
        "regions": [[part.name, *_costs(part)] for part in breakdowns.cut(facts.regions, BARS_SHOWN)],
        "breakdowns": {
            one.dimension: [[part.name, *_costs(part)] for part in breakdowns.cut(one.parts, BREAKDOWN_BARS)]
            for one in facts.breakdowns
        },
        "history": [
            [shown.month(one.period), *(shown.exact(many.monthly) for many in (one.opened, one.acted, one.gone))]
            for one in facts.history.drawn
        ],
        "snapshot_ages": [
            [one.name, *map(shown.exact, (one.there, one.gone, one.unknown))] for one in facts.snapshots.ages
        ],
    }


def account_label(part: Slice, accounts: tuple[Slice, ...]) -> str:
    """The account's name; with the end of its id where two accounts share the name."""
    twins = [other for other in accounts if other.name == part.name]
    return part.name if len(twins) == 1 else f"{part.name} …{part.key[-4:]}"


def _measures(one: Any) -> dict[str, list[str]]:
    return {measure: [shown.exact(amount) for amount in getattr(one, measure)] for measure in MEASURES}


def _costs(part: Slice) -> list[str]:
    return [shown.exact(getattr(part, measure)) for measure in MEASURES]


def _mover(mover: Mover) -> list[str]:
    changes = [getattr(mover, measure) for measure in MEASURES]
    return [
        mover.service_name,
        *(shown.exact(change.now) for change in changes),
        *(shown.exact(change.before or ZERO) for change in changes),
    ]


def _bars_of_teams(facts: Facts) -> list[Any]:
    # The dearest teams, and all that is nobody's: it is what the picture is for.
    named = [team for team in facts.teams if team.name is not None]
    return [*named[:BARS_SHOWN], *(team for team in facts.teams if team.name is None)]


def _known(amount: Decimal | None) -> str | None:
    return None if amount is None else shown.exact(amount)
