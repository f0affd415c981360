"""The panel list names only columns that the marts promise, and the page shows every panel."""

from __future__ import annotations

import pytest
import typer
import yaml
from bs4 import BeautifulSoup

import finops
from dashboards.cli import FINDINGS
from dashboards.page import draw
from dashboards.panels import PANELS, Panel, panel
from lake import zones
from lake.tables import MART_NAMES
from lake.workspace import Workspace
from tests.dashboards import built


@pytest.mark.parametrize("one", PANELS, ids=lambda one: one.id)
def test_panel_reads_only_columns_of_the_contract(one: Panel) -> None:
    assert set(one.columns) <= set(built.schema(one.mart).names)
    assert one.measure in one.columns


def test_every_panel_is_on_the_page(ws: Workspace) -> None:
    draw(ws)
    page = (ws.store.read(zones.PAGE) or b"").decode()
    assert [one.id for one in PANELS if f'id="{one.id}"' not in page] == []


def test_unknown_panel_names_the_valid_ones() -> None:
    with pytest.raises(KeyError, match="billed"):
        panel("nothing")


def test_exposure_of_the_page_names_the_marts_that_panels_read() -> None:
    exposures = yaml.safe_load((built.CONTRACTS / "exposures.yml").read_text())["exposures"]
    page = next(one for one in exposures if one["name"] == "cost_page")
    assert {f"ref('{one.mart}')" for one in PANELS} == set(page["depends_on"])


def test_commands_that_explain_panels_are_ones_that_finops_knows() -> None:
    commands = typer.main.get_command(finops.app).commands  # type: ignore[attr-defined]
    reports = (*MART_NAMES, *FINDINGS, "costs", "trends", "commitments", "allocation")
    for line in sorted({one.explain.format(period="2026-11") for one in PANELS}):
        first, verb, *words = line.split()
        asked = commands[verb].make_context(verb, words).params
        assert first == "finops"
        assert verb != "report" or asked["mart"] in reports


def test_every_figure_leads_to_the_command_that_explains_it(ws: Workspace) -> None:
    draw(ws)
    page = BeautifulSoup(ws.store.read(zones.PAGE) or b"", "html.parser")
    ids = {tag["id"] for tag in page.find_all(id=True)}
    for one in PANELS:
        (place,) = page.select(f"#{one.id}")
        assert [link["href"] for link in place.select("a.explain")] == [f"#explain-{one.id}"]
        assert f"explain-{one.id}" in ids
        assert one.explain.format(period="2026-11") in page.select_one(f"#explain-{one.id}").text  # type: ignore[union-attr]
