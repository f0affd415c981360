"""Formulas for every kind of line that the seed knows, and a lake that holds nothing yet."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from dbt_project.explain import LINE_ITEM_TYPES, METRICS, Filters, basis_of, explain, formula
from dbt_project.explain_cli import MetricName
from lake.errors import LakeError
from lake.output import Output
from lake.settings import Settings
from lake.workspace import Workspace

KINDS = list(csv.DictReader(LINE_ITEM_TYPES.open(newline="")))
REGION = {"AWS_REGION": "us-east-1"}


def workspace(lake: Path | str, profile: str = "local") -> Workspace:
    return Workspace.begin(Settings.resolve(lake=str(lake), profile=profile, environ=REGION), Output(quiet=True))


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind["charge_kind"])
def test_every_kind_of_line_has_a_formula_in_columns_of_the_bill_or_counts_for_nothing(metric: str, kind: dict):
    told = formula(METRICS[metric], basis_of(METRICS[metric], kind))
    if kind["charge_kind"].startswith("Focus:"):
        assert told == "0" or "Cost" in told
        assert not any(of_the_cur in told for of_the_cur in ("line_item_", "savings_plan_", "reservation_"))
    else:
        assert told == "0" or any(known in told for known in ("line_item_", "_cost", "reservation_", "savings_plan_"))


@pytest.mark.parametrize("metric", METRICS)
def test_a_kind_of_line_that_nobody_told_us_about_says_so(metric: str):
    told = formula(METRICS[metric], None)
    assert "we do not know" in told
    # As in the waist: it counts for what was invoiced, and for nothing where prices would have to be known.
    assert told.startswith("0") == (metric in ("list", "contracted", "unused-commitment"))


def test_an_effective_cost_names_the_net_form_and_a_discount_is_not_taken_off_twice():
    effective = METRICS["effective"]
    assert formula(effective, "billed").startswith("line_item_net_unblended_cost where net columns are filled")
    assert formula(effective, "reservation").endswith("reservation_effective_cost")
    assert formula(effective, "discount").startswith("0 where net columns are filled")
    gross = formula(METRICS["amortized"], "unused_savings_plan")
    assert formula(effective, "unused_savings_plan") == f"its net form where net columns are filled, else {gross}"


def test_the_command_offers_every_metric():
    assert [str(name) for name in MetricName] == list(METRICS)


def test_a_lake_without_a_bill_says_what_to_do_and_stays_as_it_was(tmp_path: Path):
    with pytest.raises(LakeError) as error:
        explain(workspace(tmp_path / "lake"), METRICS["billed"], Filters(), 1)
    assert "finops ingest" in error.value.todo
    assert not (tmp_path / "lake").exists()
