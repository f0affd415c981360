"""Models use only what DuckDB and Athena share; what differs stands in macros/dialect."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2] / "dbt_project"
MODELS = sorted((PROJECT / "models").rglob("*.sql"))

FORBIDDEN = {
    "target.type in a model": r"target\.(type|name)",
    "a cast with ::": r"::",
    "qualify": r"\bqualify\b",
    "select * exclude": r"\bexclude\b",
    "group by all": r"group by all",
    "ilike": r"\bilike\b",
    "distinct on": r"distinct on",
    "a type that only DuckDB knows": r"as (text|string|float|hugeint)\b",
    "bare element_at or map[...]": r"element_at\(|\w(?<!array)\['",
    "split_part, '' on one engine and null on the other": r"split_part",
    "count_if, null on DuckDB and 0 on Trino where there are only nulls": r"\bcount_if\b",
    "date arithmetic other than dbt's": r"\bdate_add\b",
}


@pytest.mark.parametrize("path", [*MODELS, *sorted((PROJECT / "tests").glob("*.sql"))], ids=lambda path: path.stem)
def test_a_model_uses_only_the_dialect_that_both_engines_share(path: Path):
    text = re.sub(r"--.*", "", path.read_text())
    for what, pattern in FORBIDDEN.items():
        assert not re.search(pattern, text), f"{path.name}: {what}"


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_model_is_short_and_ends_with_its_final_step(path: Path):
    lines = path.read_text().rstrip().splitlines()
    assert len(lines) <= 170
    assert re.fullmatch(r"select \* from (final|answers)", lines[-1])


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_ratio_is_guarded_against_zero(path: Path):
    text = re.sub(r"--.*|\{\{.*?\}\}", "", path.read_text(), flags=re.S)
    for divisor in re.findall(r"/\s*([a-z_.]+\(?)", text):
        assert divisor in ("nullif(",) or divisor == "observed_hours", f"{path.name}: division by {divisor}"
