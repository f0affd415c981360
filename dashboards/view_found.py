"""Words and rows of the panels on what became of findings, and on snapshots."""

from __future__ import annotations

from typing import Any

from dashboards import shown
from dashboards.facts import Facts
from dashboards.grids import ROWS, ChartView, Grid, ListView, largest
from dashboards.history import Many
from dashboards.panels import panel
from dashboards.snapshots import is_left_over

_VOLUMES = {"there": "volume is there", "gone": "volume is gone", "unknown": "volume not known"}
_IMAGES = {"used": "has an image", "unused": "no image", "unknown": "images not known"}


def history(facts: Facts) -> ChartView:
    """What each month opened and closed."""
    currency, of = facts.scope.currency, facts.history
    rows = tuple(
        (
            shown.month(one.period),
            *(cell for many in (one.opened, one.acted, one.gone) for cell in _cells(many, currency)),
        )
        for one in reversed(of.months)
    )
    first = (
        f" {shown.month(of.months[0].period)} found what was there before: not drawn." if of.drawn != of.months else ""
    )
    return ChartView(
        id="history",
        title=panel("history").title,
        sub=f"{shown.count(of.open.count, 'finding')} open, {of.acted.count:,} acted upon, {of.gone.count:,} gone by "
        f"themselves.{first}",
        label="Bars by month: savings a month that were found for the first time, upwards, and that were acted upon or "
        f"not found any more, downwards. {shown.count(of.open.count, 'finding')} open.",
        grid=Grid(
            "Each finding by itself, in the month in which it was found first and was closed",
            ("Month", "Opened", "A month", "Acted upon", "A month", "Gone", "A month"),
            frozenset({1, 2, 3, 4, 5, 6}),
            rows,
        ),
        width="c4",
        is_empty=not rows,
        swatches=(("--s1", "opened"), ("--s4", "acted upon"), ("--before", "gone by itself")),
        empty="Nothing was found in any month of the lake.",
    )


def longest(facts: Facts) -> ListView:
    """Open findings, what they would have saved since they were found first."""
    currency, of = facts.scope.currency, facts.history
    rows = tuple(
        (
            shown.resource(row["resource_id"])[0],
            f"{row['lever']}: {row['rule_id'].replace('_', ' ')}",
            row["sub_account_name"] or row["sub_account_id"],
            row["owner"] or "–",
            shown.month(row["first_billing_period"]),
            f"{row['months_found']:,}",
            shown.money(row["first_monthly_savings_cost"], currency),
            shown.money(row["monthly_savings_cost"], currency),
        )
        for row in of.longest[:ROWS]
    )
    return ListView(
        id="longest",
        title=panel("longest").title,
        sub=f"{shown.money(of.open.monthly, currency)} a month, each finding by itself: of one resource several may "
        "stand. By what was missed in the months found.",
        grid=Grid(
            largest(len(rows), len(of.longest), "open finding"),
            ("Resource", "What to do", "Account", "Owner", "Since", "Months", "Said first", "Now a month"),
            frozenset({5, 6, 7}),
            rows,
            tuple(row["sub_account_id"] for row in of.longest[:ROWS]),
            short=frozenset({4}),
        ),
        width="c8",
        empty="No finding is open.",
        by_account=True,
    )


def snapshot_ages(facts: Facts) -> ChartView:
    """What snapshots cost a month by their age."""
    currency, of = facts.scope.currency, facts.snapshots
    rows = tuple(
        (
            one.name,
            f"{one.count:,}",
            *(shown.money(part, currency) for part in (one.there, one.gone, one.unknown, one.monthly)),
        )
        for one in of.ages
    )
    return ChartView(
        id="snapshot_ages",
        title=panel("snapshot_ages").title,
        sub=f"{shown.money(of.monthly, currency)} a month for {shown.count(len(of.rows), 'snapshot')}.",
        label="Stacked bars by age: what snapshots cost a month, by whether their volume is there, gone or not known.",
        grid=Grid(
            "Every age",
            ("Age", "Snapshots", "Volume there", "Volume gone", "Not known", "A month"),
            frozenset({1, 2, 3, 4, 5}),
            rows,
        ),
        width="c4",
        is_empty=not rows,
        swatches=(("--s1", "volume is there"), ("--s2", "gone"), ("--before", "not known")),
        empty="No snapshot is on this bill.",
    )


def snapshots(facts: Facts) -> ListView:
    """The dearest snapshots and what is known of them."""
    currency, of = facts.scope.currency, facts.snapshots
    rows = tuple(
        (
            row["snapshot_id"],
            row["sub_account_name"] or row["sub_account_id"],
            _known(row),
            row["managed_by"] or row["owner"] or "–",
            "–" if row["volume_size_gb"] is None else f"{row['volume_size_gb']:,}",
            "–" if row["age_days"] is None else f"{row['age_days']:,}",
            shown.money(row["monthly_cost"], currency),
        )
        for row in of.rows[:ROWS]
    )
    return ListView(
        id="snapshots",
        title=panel("snapshots").title,
        sub=f"{_left_over(facts)}: volume gone, no image, no known keeper. Deleting one may free less than it costs.",
        grid=Grid(
            largest(len(rows), len(of.rows), "snapshot"),
            ("Snapshot", "Account", "What is known", "Kept by", "GiB", "Days old", "Cost a month"),
            frozenset({4, 5, 6}),
            rows,
            tuple(row["sub_account_id"] for row in of.rows[:ROWS]),
            wide=frozenset({2}),
        ),
        width="c8",
        empty="No snapshot costs anything on this bill.",
        by_account=True,
    )


def _cells(many: Many, currency: str) -> tuple[str, str]:
    return f"{many.count:,}", shown.money(many.monthly, currency)


def _left_over(facts: Facts) -> str:
    of = facts.snapshots
    if not of.left_over:
        return "None is known to be left over"
    many = shown.count(of.left_over, "is left over", "are left over")
    return f"{many}, at {shown.money(of.left_over_monthly, facts.scope.currency)} a month"


def _known(row: dict[str, Any]) -> str:
    if row["source_volume_standing"] == row["image_standing"] == "unknown":
        return "nothing but its cost"
    told = f"{_VOLUMES[row['source_volume_standing']]}, {_IMAGES[row['image_standing']]}"
    return f"left over: {told}" if is_left_over(row) else told
