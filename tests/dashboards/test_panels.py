"""The panel list names only columns that the marts promise, and the page shows every panel."""

from __future__ import annotations

import pytest

from dashboards.page import draw
from dashboards.panels import PANELS, Panel, panel
from lake import zones
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
