"""Words and rows of the panels on commitments, budgets and savings."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dashboards import shown
from dashboards.facts import Facts
from dashboards.figures import ZERO
from dashboards.grids import ROWS, ChartView, Grid, ListView, largest
from dashboards.panels import panel

# A commitment that ends within so many days says so: as long as AWS's own alert looks ahead at most.
SOON_DAYS = 60


def coverage(facts: Facts) -> ChartView:
    """What commitments cover of what they could."""
    currency = facts.scope.currency
    eligible = sum((one.eligible for one in facts.coverage), ZERO)
    covered = sum((one.plans + one.reservations for one in facts.coverage), ZERO)
    rows = tuple(
        (
            one.service_name,
            *(shown.money(part, currency) for part in (one.plans, one.reservations, one.on_demand, one.eligible)),
            shown.percent(one.pct),
        )
        for one in facts.coverage
    )
    pct = shown.percent(shown.share(covered, eligible))
    return ChartView(
        id="coverage",
        title=panel("coverage").title,
        sub=f"{pct} of {shown.money(eligible, currency)} at public prices that a commitment could pay for.",
        label=f"Stacked bars by service: eligible usage by what pays for it. {pct} is covered.",
        grid=Grid(
            "Every service",
            ("Service", "Savings plans", "Reservations", "On demand", "Eligible", "Covered"),
            frozenset({1, 2, 3, 4, 5}),
            rows,
        ),
        width="c4",
        is_empty=not rows,
        swatches=(("--s1", "savings plans"), ("--s3", "reservations"), ("--before", "on demand")),
        empty="Nothing on this bill could be paid for by a commitment.",
    )


def commitments(facts: Facts) -> ListView:
    """Savings plans and reservations: what nobody uses, and when they end."""
    currency = facts.scope.currency
    rows = tuple(
        (
            shown.resource(row["commitment_discount_id"])[0],
            f"{row['commitment_kind']}, {row['usage_type'] or 'type not told'}",
            row["sub_account_name"] or row["sub_account_id"] or "–",
            _used(row["used_commitment_cost"], row["unused_commitment_to_date_cost"]),
            _ends(row),
            shown.money(row["net_savings_cost"], currency),
            shown.money(row["unused_commitment_to_date_cost"], currency),
        )
        for row in facts.commitments[:ROWS]
    )
    return ListView(
        id="commitments",
        title=panel("commitments").title,
        sub=f"Utilisation in {shown.month(facts.scope.period)}, what nobody used, and when each ends.",
        grid=Grid(
            largest(len(rows), len(facts.commitments), "commitment"),
            ("Commitment", "Kind", "Account", "Used", "Ends", "Saved", "Unused"),
            frozenset({3, 5, 6}),
            rows,
            tuple(row["sub_account_id"] or "" for row in facts.commitments[:ROWS]),
            short=frozenset({4}),
        ),
        width="c8",
        empty="No savings plan and no reservation is on this bill.",
        by_account=True,
    )


def budgets(facts: Facts) -> ListView:
    """Budgets beside what is spent and what is expected."""
    currency = facts.scope.currency
    rows = tuple(
        (
            row["budget_name"],
            row["sub_account_name"] or row["sub_account_id"],
            row["adherence"],
            shown.money(_first(row["billed_cost"], row["told_actual_cost"]), currency),
            shown.money(_first(row["forecast_cost"], row["told_forecast_cost"]), currency),
            shown.money(row["limit_cost"], currency),
            "–" if row["used_pct"] is None else f"{row['used_pct']:.1f}%",
        )
        for row in facts.budgets[:ROWS]
    )
    return ListView(
        id="budgets",
        title=panel("budgets").title,
        sub="Spent by the bill where it tells, else by AWS, which also tells of a part of the costs.",
        grid=Grid(
            "The budgets nearest to their limits first",
            ("Budget", "Account", "Standing", "Spent", "Expected", "Limit", "Used"),
            frozenset({3, 4, 5, 6}),
            rows,
            tuple(row["sub_account_id"] for row in facts.budgets[:ROWS]),
        ),
        width="c6",
        empty="No budget was collected. `finops collect budgets` asks AWS for them.",
        by_account=True,
    )


def pipeline(facts: Facts) -> ChartView:
    """From what was found to what the bill confirms."""
    currency = facts.scope.currency
    steps = (*facts.pipeline, *facts.levers)
    rows = tuple((step.name.capitalize(), f"{step.count:,}", shown.money(step.monthly, currency)) for step in steps)
    found = facts.pipeline[0]
    return ChartView(
        id="pipeline",
        title=panel("pipeline").title,
        sub=f"{shown.money(found.monthly, currency)} a month found, each resource once.",
        label="Bars: savings a month that were found, are fit for an action, were done, and the bill confirms.",
        grid=Grid("Every step, and what is found by lever", ("Step", "Findings", "A month"), frozenset({1, 2}), rows),
        width="c4",
        is_empty=not any(step.count for step in facts.pipeline),
        empty="Nothing to save was found on this bill, and no action has acted.",
    )


def realized(facts: Facts) -> ListView:
    """What actions did and what the bill shows of it."""
    currency = facts.scope.currency
    rows = tuple(
        (
            shown.resource(row["resource_id"])[0],
            f"{row['action']}: {row['verb']}",
            f"{row['acted_at']:%Y-%m-%d}",
            row["status"].replace("_", " ").lower(),
            shown.money(row["estimated_monthly_savings_cost"], currency),
            shown.money(row["monthly_savings_cost"], currency),
            shown.money(row["saved_cost"], currency),
        )
        for row in facts.realized[:ROWS]
    )
    return ListView(
        id="realized",
        title=panel("realized").title,
        sub="What each act was to save and what the bill shows, less what it left behind.",
        grid=Grid(
            f"The newest {len(rows)} of {shown.count(len(facts.realized), 'act')}",
            ("Resource", "What was done", "On", "Standing", "Estimated a month", "Shown a month", "Saved so far"),
            frozenset({4, 5, 6}),
            rows,
            tuple(row["sub_account_id"] for row in facts.realized[:ROWS]),
            short=frozenset({2}),
        ),
        width="c8",
        empty="No action has changed anything that the bill could show.",
        by_account=True,
    )


def _ends(row: dict[str, Any]) -> str:
    if row["ends_at"] is None:
        return "–"
    soon = row["days_left"] is not None and row["days_left"] <= SOON_DAYS
    return f"{row['ends_at']:%Y-%m-%d}" + (f", in {shown.count(row['days_left'], 'day')}" if soon else "")


def _used(used: Decimal | None, unused: Decimal | None) -> str:
    return shown.percent(shown.share(used or ZERO, (used or ZERO) + (unused or ZERO)))


def _first(ours: Decimal | None, theirs: Decimal | None) -> Decimal | None:
    return theirs if ours is None else ours
