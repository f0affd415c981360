"""The dashboard of QuickSight: what AWS's own models take, over columns that are there. Nothing here renders it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import duckdb
import pytest
from botocore.validate import ParamValidator

from dashboards import quicksight
from dashboards.panels import PANELS
from lake.tables import MART_NAMES
from tests.dashboards import built
from tests.support.local_aws import gate

MODULE = Path(__file__).parents[2] / "terraform" / "modules" / "quicksight"
TYPES = quicksight.contracts(built.CONTRACTS)
SETS = quicksight.data_sets(TYPES)
DEFINITION = quicksight.definition(TYPES)


def filled(text: str) -> str:
    return re.sub(
        r"\$\{arn_(\w+)\}", r"arn:aws:quicksight:eu-west-1:123456789012:dataset/\1", text.replace("${currency}", "USD")
    )


def objections(definition: dict[str, Any]) -> str:
    """What botocore's model of CreateDashboard has against a definition."""
    model = botocore.session.get_session().get_service_model("quicksight").operation_model("CreateDashboard")
    asked = {"AwsAccountId": "123456789012", "DashboardId": "finops", "Name": "finops", "Definition": definition}
    return str(ParamValidator().validate(asked, model.input_shape).generate_report())


def columns_named(node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        if "DataSetIdentifier" in node and "ColumnName" in node:
            yield node["DataSetIdentifier"], node["ColumnName"]
        for value in node.values():
            yield from columns_named(value)
    elif isinstance(node, list):
        for value in node:
            yield from columns_named(value)


def test_files_are_what_the_panels_make() -> None:
    for name, text in quicksight.files(TYPES).items():
        assert (MODULE / name).read_text() == text, "Run `python -m dashboards.quicksight`."


def test_definition_is_what_create_dashboard_takes() -> None:
    assert objections(json.loads(filled(json.dumps(DEFINITION)))) == ""


def test_word_that_aws_does_not_know_is_found() -> None:
    broken = json.loads(json.dumps(DEFINITION).replace("BarChartVisual", "BarChrtVisual", 1))
    assert "BarChrtVisual" in objections(broken)


def test_every_panel_is_drawn_once_and_placed() -> None:
    (sheet,) = DEFINITION["Sheets"]
    drawn = [visual["VisualId"] for each in sheet["Visuals"] for visual in each.values()]
    (layout,) = sheet["Layouts"]
    assert drawn == [panel.id for panel in PANELS]
    assert [one["ElementId"] for one in layout["Configuration"]["GridLayout"]["Elements"]] == drawn


def test_every_column_that_is_drawn_is_in_its_data_set() -> None:
    known = {(mart, column["name"]) for mart, one in SETS.items() for column in one["columns"]}
    named = set(columns_named(DEFINITION))
    assert len(named) > 60
    assert named <= known


def test_no_figure_adds_up_two_currencies() -> None:
    filtered = {
        (filters["CategoryFilter"]["Column"]["DataSetIdentifier"], visual)
        for group in DEFINITION["FilterGroups"]
        for filters in group["Filters"]
        if filters["CategoryFilter"]["Column"]["ColumnName"] == "billing_currency"
        for scope in group["ScopeConfiguration"]["SelectedSheets"]["SheetVisualScopingConfigurations"]
        for visual in scope["VisualIds"]
    }
    assert filtered == {(panel.mart, panel.id) for panel in PANELS}


def test_cloudformation_takes_the_stack(tmp_path: Path) -> None:
    properties = {
        "AwsAccountId": "123456789012",
        "DashboardId": "finops",
        "Name": "finops",
        "Definition": json.loads(filled(json.dumps(DEFINITION))),
    }
    resources = {"Dashboard": {"Type": "AWS::QuickSight::Dashboard", "Properties": properties}}
    template = tmp_path / "stack.json"
    template.write_text(json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}))
    lint = str(Path(sys.executable).with_name("cfn-lint"))
    done = subprocess.run(
        [lint, "--regions", "eu-west-1", "--", str(template)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.fixture(scope="module")
def engine(rows: built.Marts) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        for mart in MART_NAMES:
            told = built.table(mart, rows[mart])  # noqa: F841
            connection.execute(f"create table marts.{mart} as from told")
        yield connection


@pytest.mark.parametrize("mart", SETS)
def test_query_of_a_data_set_answers_its_columns(engine: duckdb.DuckDBPyConnection, mart: str) -> None:
    query = SETS[mart]["sql"].replace("{database}", "marts")
    found = engine.execute(query)
    assert [column[0] for column in found.description or ()] == [one["name"] for one in SETS[mart]["columns"]]
    assert found.fetchall()
    gate.grammar(query)
    gate.names(query)


def test_resource_with_two_findings_is_in_its_data_set_once(rows: built.Marts) -> None:
    either, other = built.idle_row(0, rule_id="a", monthly_cost=30), built.idle_row(0, rule_id="b", monthly_cost=12)
    told = built.table("idle_resources", [either, other])  # noqa: F841
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.idle_resources as from told")
        found = connection.execute(SETS["idle_resources"]["sql"].replace("{database}", "marts")).to_arrow_table()
    assert [(row["rule_id"], row["month"]) for row in found.to_pylist()] == [("a", "newest")]
