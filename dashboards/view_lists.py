"""Words and rows of the panels beside the cost charts: why it moved, what stood out, whose it is."""

from __future__ import annotations

from dashboards import shown
from dashboards.facts import Facts
from dashboards.figures import ZERO
from dashboards.grids import ROWS, ChartView, Grid, ListView, largest
from dashboards.owned import Team
from dashboards.panels import panel

TEAM_ROWS = 40


def causes(facts: Facts) -> ListView:
    """What moved by account, service and usage type, with the part that is most of the change."""
    currency = facts.scope.currency
    rows = tuple(
        (
            row["service_name"],
            row["sub_account_name"] or row["sub_account_id"],
            f"{row['usage_type']}, {row['region_id']}",
            # The sign stays with its amount where the line breaks.
            f"{row['cause']} {shown.money(row['cause_cost'], currency, signed=True)}".replace("−", "−\u2060"),
            shown.money(row["effective_cost_change"], currency, signed=True),
        )
        for row in facts.causes[:ROWS]
    )
    return ListView(
        id="causes",
        title=panel("causes").title,
        sub=f"Effective cost against {shown.month(facts.scope.previous_period)}, over the same days; "
        "the part that is most of each change.",
        grid=Grid(
            largest(len(rows), len(facts.causes), "change"),
            ("Service", "Account", "What", "Most of it", "Change"),
            frozenset({4}),
            rows,
            tuple(row["sub_account_id"] for row in facts.causes[:ROWS]),
        ),
        width="c6",
        empty=f"No bill of {shown.month(facts.scope.previous_period)} in the lake to compare with, or nothing moved.",
        by_account=True,
    )


def anomalies(facts: Facts) -> ListView:
    """Days that stood out, the largest impact first."""
    currency = facts.scope.currency
    rows = tuple(
        (
            one.service_name,
            one.account_name,
            one.started_on,
            f"{shown.count(one.days, 'day')}, {one.usage_group.lower()}, {one.cause}"
            + (f": {one.top_resources}" if one.top_resources else ""),
            shown.money(one.expected, currency),
            shown.money(one.impact, currency, signed=True),
        )
        for one in facts.anomalies[:ROWS]
    )
    return ListView(
        id="anomalies",
        title=panel("anomalies").title,
        sub=f"Usage since {shown.day(facts.daily.days[0])} that cost far more or less than its level and weekday let "
        "expect.",
        grid=Grid(
            largest(len(rows), len(facts.anomalies), "anomaly", "anomalies"),
            ("Service", "Account", "Since", "What and why", "Expected", "Impact"),
            frozenset({4, 5}),
            rows,
            tuple(one.account_id for one in facts.anomalies[:ROWS]),
            wide=frozenset({3}),
            short=frozenset({2}),
        ),
        width="c6",
        empty="Nothing stood out: no usage cost far more or less than expected in these days.",
        by_account=True,
    )


def teams(facts: Facts) -> ChartView:
    """Whose the costs are, and what is nobody's."""
    currency = facts.scope.currency
    whole = sum((team.total for team in facts.teams), ZERO)
    nobody = sum((team.total for team in facts.teams if team.name is None), ZERO)
    rows = tuple(
        (
            team.title,
            shown.money(team.direct, currency),
            shown.money(team.shared, currency),
            shown.money(team.total, currency),
            shown.percent(shown.share(team.total, whole)),
        )
        for team in facts.teams
    )
    share = shown.percent(shown.share(nobody, whole))
    return ChartView(
        id="teams",
        title=panel("teams").title,
        sub=f"Effective cost of {shown.month(facts.scope.period)}; {share} of it is nobody's.",
        label=f"Bars: effective cost by team, direct and shared. {share} is nobody's.",
        grid=Grid("Every team", ("Team", "Direct", "Shared", "All", "Share"), frozenset({1, 2, 3, 4}), rows),
        width="c6",
        is_empty=not rows,
        swatches=(("--s1", "direct"), ("--s2", "part of what is shared")),
        empty="No cost of this month is allocated.",
    )


def tags(facts: Facts) -> ListView:
    """Coverage by tag key."""
    currency = facts.scope.currency
    rows = tuple(
        (
            one.key,
            ", ".join(one.variants) or "–",
            shown.money(one.taggable - one.tagged, currency),
            shown.money(one.taggable, currency),
            shown.percent(one.pct),
        )
        for one in facts.tags
    )
    return ListView(
        id="tags",
        title=panel("tags").title,
        sub=f"Of the effective cost of {shown.month(facts.scope.period)} that could carry a tag. What can carry none, "
        "such as tax, is left out.",
        grid=Grid(
            "Every tag that rules of allocation look at",
            ("Tag", "Also spelt", "Without it", "Could carry it", "Covered"),
            frozenset({2, 3, 4}),
            rows,
        ),
        width="c6",
        empty="No rule of allocation looks at a tag.",
    )


def units(facts: Facts) -> ChartView:
    """What one of something costs, month by month."""
    currency = facts.scope.currency
    rows = tuple(
        (
            unit.what,
            shown.month(month),
            "–" if quantity is None else f"{quantity.normalize():,f}",
            shown.money(cost, currency),
            shown.money(each, currency, places=4),
        )
        for unit in facts.units
        for month, cost, quantity, each in reversed(unit.months)
    )
    return ChartView(
        id="units",
        title=panel("units").title,
        sub="Cost of one, as an index: the first month that is known is 100.",
        label="Lines: cost of a unit by month, the first known month as 100. "
        + ", ".join(unit.what for unit in facts.units),
        grid=Grid("Every driver", ("Of what", "Month", "How many", "Cost", "Cost of one"), frozenset({2, 3, 4}), rows),
        width="c6",
        is_empty=not any(each is not None for unit in facts.units for *_, each in unit.months),
        swatches=tuple((f"--s{at % 8 + 1}", unit.what) for at, unit in enumerate(facts.units)),
        empty="Nothing is counted yet. settings/drivers.csv in the lake says how many orders or requests there were.",
    )


def team_grid(team: Team, currency: str) -> Grid:
    """What one team's cost is made of, the rest of many lines as one."""
    rows = [(line.what, line.account, line.environment, line.how, line.cost) for line in team.lines[:TEAM_ROWS]]
    if rest := team.lines[TEAM_ROWS:]:
        rows.append((f"{len(rest)} smaller ones", "", "", "", sum((line.cost for line in rest), ZERO)))
    return Grid(
        "What it is made of",
        ("Service", "Account", "Environment", "How", "Effective cost"),
        frozenset({4}),
        tuple((*words, shown.money(cost, currency)) for *words, cost in rows),
    )
