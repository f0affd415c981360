"""The rightsizing recommendations that AWS's Well-Architected Labs publish, line by line."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

from ingestion.sources.recommendations.console_csv import read


def test_every_recommendation_of_the_published_file_is_read_and_none_is_changed(real_bills: Path):
    path = real_bills / "recommendations" / "ec2-rightsizing-recommendations.csv"
    with path.open(newline="") as lines:
        told = list(csv.DictReader(lines))
    rows = list(read(path))
    assert len({row["resource_id"] for row in rows}) == len(told) == 1051
    first = [row for row in rows if row["rank"] == 1]
    assert sum(row["action"] == "Terminate" for row in first) == 17
    # Added up by hand in the file's own words.
    assert sum(row["monthly_savings_cost"] for row in first) == Decimal("29603.714581611")
    assert {row["region_id"] for row in rows if row["region_id"].startswith("eu")} == {
        *("eu-central-1", "eu-west-1", "eu-west-2"),
    }
