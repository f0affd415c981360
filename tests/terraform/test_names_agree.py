"""Names in Terraform are the lake's names. Read from the files: these tests need no terraform."""

from __future__ import annotations

import re
from pathlib import Path

from lake import tables, zones
from lake.settings import Profile

MODULE = Path(__file__).parents[2] / "terraform" / "modules" / "lake"


def _words(name: str) -> tuple[str, ...]:
    """The list of words that names.tf gives `name`."""
    (body,) = re.findall(rf"^\s*{name}\s*=\s*\[([^\]]*)\]", (MODULE / "names.tf").read_text(), re.MULTILINE)
    return tuple(re.findall(r'"([^"]*)"', body))


def test_glue_databases_are_the_zones_that_hold_tables() -> None:
    assert _words("zones") == (zones.LANDING, zones.MARTS)


def test_bills_are_delivered_under_the_names_of_their_sources() -> None:
    assert _words("bill_sources") == tables.BILL_SOURCES


def test_databases_are_named_after_their_zone_and_lie_over_it() -> None:
    catalog = (MODULE / "catalog.tf").read_text()
    assert re.search(r"for_each\s*=\s*toset\(local\.zones\)", catalog)
    assert re.search(r'name\s*=\s*"\$\{local\.database_prefix\}_\$\{each\.key\}"', catalog)
    assert re.search(r'location_uri\s*=\s*"s3://\$\{module\.lake\.name\}/\$\{each\.key\}/"', catalog)


def test_published_marts_and_landed_bills_lie_inside_the_databases() -> None:
    landing, marts = _words("zones")
    assert all(zones.published_mart(mart).startswith(f"{marts}/") for mart in tables.MART_NAMES)
    assert all(zones.landed_folder(s, "2024-01", "d").startswith(f"{landing}/{s}/") for s in _words("bill_sources"))


def test_next_steps_speak_of_settings_that_exist() -> None:
    outputs = (MODULE / "outputs.tf").read_text()
    settings = (Path(__file__).parents[2] / "lake" / "settings.py").read_text()
    named = set(re.findall(r"\b((?:FINOPS|AWS)_[A-Z]+)=", outputs))
    assert named == {"FINOPS_LAKE", "FINOPS_PROFILE", "AWS_REGION"}
    assert all(f'"{name}"' in settings for name in named)
    assert f"FINOPS_PROFILE={Profile.AWS} " in outputs
