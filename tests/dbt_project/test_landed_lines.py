"""What Athena reads of bills in place: the columns that models ask for, and amounts among the amounts."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import jinja2
import pytest

from lake.tables import IN_PLACE_SOURCES

ROOT = Path(__file__).parents[2]
STAGING = ROOT / "dbt_project" / "models" / "staging"
MACROS = ROOT / "dbt_project" / "macros"
READERS = {
    "cur2": (MACROS / "shared_line_item_columns.sql", STAGING / "cur2" / "stg_cur2__line_items.sql"),
    "focus": (MACROS / "focus_charge_kind.sql", STAGING / "focus" / "stg_focus__line_items.sql"),
}


def asked() -> dict[str, dict[str, list[str]]]:
    found: list[Any] = []
    source = (MACROS / "lake" / "landed_lines.sql").read_text()
    macro = source[source.index("{% macro asked_columns()") :]
    jinja2.Environment().from_string(macro + "{{ asked_columns() }}").render({"return": found.append})
    return found[0]


def kinds(form: str) -> dict[str, str]:
    with (ROOT / "ingestion" / "columns" / f"{form}.csv").open() as file:
        return {row["name"]: row["type"] for row in csv.DictReader(file)}


@pytest.mark.parametrize("form", IN_PLACE_SOURCES)
def test_every_column_that_a_staging_model_reads_is_asked_for_and_no_other(form: str):
    text = "\n".join(
        path.read_text() for path in (*READERS[form], STAGING / "superseded" / "stg_superseded__line_items.sql")
    )
    # What a column is called behind `as` is no column of the bill.
    words = set(re.findall(r"\w+", re.sub(r" as \w+", "", text)))
    assert set(asked()[form]["amounts"] + asked()[form]["others"]) == words & set(kinds(form))


@pytest.mark.parametrize("form", IN_PLACE_SOURCES)
def test_amounts_are_what_is_landed_as_decimals(form: str):
    decimals = {name for name, kind in kinds(form).items() if kind.startswith("decimal")}
    assert set(asked()[form]["amounts"]) <= decimals
    assert not set(asked()[form]["others"]) & decimals
