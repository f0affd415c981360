"""One path, one name: a table is called the same in Python, dbt, the suites and the docs."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
import yaml

from lake.placed import IN_PLACE
from lake.tables import BILL_SOURCES, COLLECTED_SOURCES, IN_PLACE_SOURCES, MART_NAMES, MARTS, WAIST, Mart

ROOT = Path(__file__).parents[2]
MODELS = ROOT / "dbt_project" / "models"
PLACED = {f"{source}{IN_PLACE}" for source in IN_PLACE_SOURCES}


def contracts() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in MODELS.rglob("*.yml"):
        for model in (yaml.safe_load(path.read_text()) or {}).get("models", []):
            assert model["name"] not in found, f"{model['name']} is described twice"
            found[model["name"]] = model | {"path": path}
    return found


def grains_asked(mart: Mart, contract: dict[str, Any]) -> list[list[str]]:
    """By dbt; of a mart with a row per charge by its suite alone, for its ids are a tenth of the bill."""
    if not mart.month_column:
        tests = [test["unique_grain"] for test in contract["data_tests"] if "unique_grain" in test]
        return [test["arguments"]["columns"] for test in tests]
    suite = yaml.safe_load((ROOT / "quality" / "suites" / f"{mart.name}.yml").read_text())
    told = [one for one in suite["expectations"] if one["expect"] == "expect_grain_to_be_unique"]
    return [one["with"]["columns"] for one in told if one["severity"] == "critical"]


def test_the_marts_of_the_registry_are_the_marts_of_dbt():
    assert {path.stem for path in (MODELS / "marts").rglob("*.sql")} == set(MART_NAMES)


def test_every_mart_has_a_suite_and_every_suite_a_mart():
    assert {path.stem for path in (ROOT / "quality" / "suites").glob("*.yml")} == set(MART_NAMES)


@pytest.mark.parametrize("mart", MARTS, ids=lambda mart: mart.name)
def test_a_mart_has_a_contract_a_grain_test_and_described_columns(mart: Mart):
    contract = contracts()[mart.name]
    assert contract["path"].name == f"{mart.name}.yml", "each mart has its own YAML beside it"
    assert contract["config"]["contract"]["enforced"] is True
    assert grains_asked(mart, contract) == [list(mart.grain)]
    assert all(column["description"] and column["data_type"] for column in contract["columns"])
    assert contract["description"].strip().lower().startswith("one row per")


def test_every_mart_is_somebody_s_and_says_for_whom():
    exposures = yaml.safe_load((MODELS / "marts" / "exposures.yml").read_text())["exposures"]
    consumed = {reference for exposure in exposures for reference in exposure["depends_on"]}
    assert {f"ref('{mart}')" for mart in MART_NAMES} <= consumed


def test_every_model_is_described():
    described = contracts()
    for path in MODELS.rglob("*.sql"):
        assert described.get(path.stem, {}).get("description"), f"{path.stem} has no description"


def test_every_model_has_a_prefix_that_says_who_may_read_it():
    for path in MODELS.rglob("*.sql"):
        room = path.relative_to(MODELS).parts[0]
        prefix = {"staging": "stg_", "intermediate": "int_", "marts": "", "_checks": ""}[room]
        assert path.stem.startswith(prefix)
    assert (MODELS / "intermediate" / f"{WAIST}.sql").exists()


def test_the_forms_of_bill_are_named_and_ranked_alike():
    with (ROOT / "dbt_project" / "seeds" / "bill_sources.csv").open() as file:
        ranked = sorted(csv.DictReader(file), key=lambda row: int(row["preference"]))
    assert [row["source"] for row in ranked] == list(BILL_SOURCES)
    sources = yaml.safe_load((MODELS / "staging" / "landing.yml").read_text())["sources"][0]["tables"]
    told = {"acts", "deliveries", "delivery_accounts", "invoices", "placed_files"}
    assert {table["name"] for table in sources} == {*BILL_SOURCES, *PLACED, *told}


def test_every_form_of_bill_can_be_compared_with_the_delivery_before():
    path = MODELS / "staging" / "superseded" / "superseded.yml"
    tables = yaml.safe_load(path.read_text())["sources"][0]["tables"]
    assert {table["name"] for table in tables} == {*BILL_SOURCES, *PLACED, "deliveries"}
    lines = (path.parent / "stg_superseded__line_items.sql").read_text()
    for source in BILL_SOURCES:
        assert f"('superseded', '{source}')" in lines


def test_every_form_of_bill_has_a_reader_and_a_column_dictionary():
    from ingestion.sources import FORMS

    assert {form.source for form in FORMS} == set(BILL_SOURCES)
    assert {path.stem for path in (ROOT / "ingestion" / "columns").glob("*.csv")} == set(BILL_SOURCES)


def test_every_source_that_is_collected_has_columns_a_reader_and_a_table():
    from ingestion.collecting.registry import source

    columns = ROOT / "lake" / "collected" / "columns"
    assert {path.stem for path in columns.glob("*.csv")} == set(COLLECTED_SOURCES)
    tables = yaml.safe_load((MODELS / "staging" / "collected" / "collected.yml").read_text())["sources"][0]["tables"]
    assert {table["name"] for table in tables} == {*COLLECTED_SOURCES, "collections"}
    documented = (ROOT / "docs" / "collecting.md").read_text()
    for name in COLLECTED_SOURCES:
        assert source(name).name == name
        assert f"| `{name}` |" in documented
        rows = list(csv.DictReader((columns / f"{name}.csv").open()))
        assert all(row["description"] and row["type"] for row in rows)


def test_nobody_imports_the_command():
    for room in ("lake", "ingestion", "dbt_project", "quality", "lambdas", "dashboards"):
        for path in (ROOT / room).rglob("*.py"):
            assert "import finops" not in path.read_text(), f"{path} imports the command"


def test_the_folder_to_spill_to_is_told_when_the_engine_s_file_is_opened_and_never_again():
    """DuckDB refuses the same folder once it has spilled to it: a build of millions of lines would stop there."""
    profile = yaml.safe_load((ROOT / "dbt_project" / "profiles.yml").read_text())["finops"]["outputs"]["local"]
    assert "temp_directory" in profile["config_options"]
    assert "temp_directory" not in profile["settings"]
