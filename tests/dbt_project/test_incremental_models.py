"""What our macros take for granted of the adapter."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

MACROS = Path(__file__).parents[2] / "dbt_project" / "macros"
SIGNATURE = re.compile(r"macro duckdb__create_table_as(\([^)]*\))")


def test_our_create_table_as_takes_what_the_adapter_gives_it():
    ours = SIGNATURE.findall((MACROS / "lake" / "create_table_as.sql").read_text())
    adapter = files("dbt") / "include" / "duckdb" / "macros" / "adapters.sql"
    assert ours == SIGNATURE.findall(adapter.read_text())
    assert len(ours) == 1


def test_the_adapter_asks_for_new_rows_as_a_temporary_relation():
    """Else they would be written twice: our macro makes a view of the temporary one."""
    folder = files("dbt") / "include" / "duckdb" / "macros" / "materializations"
    [incremental] = [one.read_text() for one in folder.iterdir() if one.name == "incremental.sql"]
    assert "create_table_as(temporary, temp_relation" in incremental
