"""Snapshots on the page: by age, and those that nothing needs."""

from __future__ import annotations

from datetime import date

import pytest

from dashboards.scope import Headline, headline
from dashboards.snapshots import Snapshots, snapshots
from tests.dashboards import built
from tests.dashboards.built_more import Row, snapshot_row


@pytest.fixture(scope="module")
def shown() -> Headline:
    return headline(built.table("daily_costs", [built.charge(date(2026, 11, 20), "10")]), built.NOW.date())


def of(shown: Headline, *rows: Row) -> Snapshots:
    return snapshots(built.table("snapshots", list(rows)), shown)


def test_ages_stand_from_young_to_old_to_unknown_and_hold_their_last_day(shown: Headline) -> None:
    ages = [(0, 30), (1, 31), (2, 365), (3, 366), (4, None), (5, 0)]
    told = of(shown, *(snapshot_row(index, 2**index, age, "gone") for index, age in ages))
    assert [(one.name, one.count, one.monthly) for one in told.ages] == [
        ("Up to 30 days", 2, 33),
        ("31–90 days", 1, 2),
        ("181–365 days", 1, 4),
        ("More than a year", 1, 8),
        ("Age not known", 1, 16),
    ]


def test_only_what_is_known_to_be_needed_by_nothing_is_left_over(shown: Headline) -> None:
    told = of(
        shown,
        snapshot_row(0, 1, 9, "gone"),
        snapshot_row(1, 20, 9, "there"),
        snapshot_row(2, 300, 9, "unknown"),
        snapshot_row(3, 4000, 9, "gone", image_standing="used"),
        snapshot_row(4, 50000, 9, "gone", image_standing="unknown"),
        snapshot_row(5, 600000, 9, "gone", managed_by="AWS Backup"),
    )
    assert (told.left_over, told.left_over_monthly) == (1, 1)
    assert [row["monthly_cost"] for row in told.rows] == [600000, 50000, 4000, 300, 20, 1]


def test_deleted_snapshot_and_one_of_an_older_bill_are_left_out(shown: Headline) -> None:
    told = of(shown, snapshot_row(0, 1, 9, snapshot_standing="gone"), snapshot_row(1, 2, 9, is_latest_period=False))
    assert (told.rows, told.ages, told.monthly) == ((), (), 0)
