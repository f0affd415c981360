"""What Data Exports is asked for is what ingestion knows. Read from the files: these tests need no terraform."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ingestion.dictionary import columns

MODULE = Path(__file__).parents[2] / "terraform" / "modules" / "billing_export"

# Only where a setting adds them, or of a form that not every account has yet.
LEFT_OUT = {
    "cur2": {
        *("line_item_iam_principal", "line_item_user_identifier", "tags"),
        *(f"capacity_reservation_capacity_reservation_{what}" for what in ("arn", "status", "type")),
    },
    # Of FOCUS 1.0.
    "focus": {"x_UsageType", "x_CostCategories"},
}


def _list(name: str) -> list[str]:
    (body,) = re.findall(
        rf"^\s*{name}\s*= \[\n(.*?)^\s*\]", (MODULE / "columns.tf").read_text(), re.MULTILINE | re.DOTALL
    )
    return re.findall(r'"(\w+)"', body)


@pytest.mark.parametrize(("source", "lists"), [("cur2", ("cur2_columns", "split_columns")), ("focus", ("focus",))])
def test_export_has_every_column_that_we_land(source: str, lists: tuple[str, ...]) -> None:
    asked = [name for one in lists for name in _list(one)]
    assert len(asked) == len(set(asked))
    assert set(asked) == {column.name for column in columns(source)} - LEFT_OUT[source]


def test_no_required_column_is_left_out() -> None:
    for source, names in LEFT_OUT.items():
        assert not names & {column.name for column in columns(source) if column.is_required}
