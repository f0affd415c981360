"""Names in Terraform are the lake's names. Read from the files: these tests need no terraform."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from lake import tables, zones
from lake.settings import Profile, Settings

ROOT = Path(__file__).parents[2]
MODULE = ROOT / "terraform" / "modules" / "lake"
DBT = ROOT / "dbt_project"


def _words(name: str) -> tuple[str, ...]:
    """The list of words that names.tf gives `name`."""
    (body,) = re.findall(rf"^\s*{name}\s*=\s*\[([^\]]*)\]", (MODULE / "names.tf").read_text(), re.MULTILINE)
    return tuple(re.findall(r'"([^"]*)"', body))


def _databases() -> dict[str, str]:
    """Folders of the lake by the use of the Glue database over them, as names.tf has them."""
    (body,) = re.findall(r"^\s*databases\s*=\s*\{([^}]*)\}", (MODULE / "names.tf").read_text(), re.MULTILINE)
    return dict(re.findall(r'(\w+)\s*=\s*"([^"]*)"', body))


def test_glue_databases_lie_over_the_folders_that_their_tables_lie_in() -> None:
    assert _databases() == zones.GLUE_DATABASES


def test_glue_databases_are_called_as_settings_and_dbt_call_them() -> None:
    prefix = Settings.resolve(environ={"FINOPS_GLUE_PREFIX": "finops_dev"})
    called = {f"finops_dev_{use}" for use in _databases()}
    assert {prefix.glue_database(use) for use in zones.GLUE_DATABASES} == called
    profile = yaml.safe_load((DBT / "profiles.yml").read_text())["finops"]["outputs"]["athena"]
    assert profile["schema"] == "{{ env_var('FINOPS_GLUE_PREFIX', 'finops') }}_" + zones.BUILD
    assert profile["s3_data_dir"].endswith(f"/{_databases()['build']}")


def test_bills_are_delivered_under_the_names_of_their_sources() -> None:
    assert _words("bill_sources") == tables.BILL_SOURCES


def test_databases_are_made_of_those_names() -> None:
    catalog = (MODULE / "catalog.tf").read_text()
    assert re.search(r"for_each\s*=\s*local\.databases", catalog)
    assert re.search(r'name\s*=\s*"\$\{local\.database_prefix\}_\$\{each\.key\}"', catalog)
    assert re.search(r'location_uri\s*=\s*"s3://\$\{module\.lake\.name\}/\$\{each\.value\}/"', catalog)


def test_published_marts_and_landed_bills_lie_inside_the_databases() -> None:
    folders = _databases()
    landing = folders["landing"]
    assert all(zones.published_mart(mart).startswith(f"{folders['marts']}/") for mart in tables.MART_NAMES)
    assert all(zones.landed_folder(s, "2024-01", "d").startswith(f"{landing}/{s}/") for s in _words("bill_sources"))


def test_settings_are_those_that_finops_reads() -> None:
    outputs = (MODULE / "outputs.tf").read_text()
    settings = (ROOT / "lake" / "settings.py").read_text()
    named = set(re.findall(r"\b((?:FINOPS|AWS)_[A-Z_]+)\s*=", outputs))
    assert named == {
        "FINOPS_LAKE",
        "FINOPS_PROFILE",
        "FINOPS_GLUE_PREFIX",
        "FINOPS_ATHENA_WORKGROUP",
        "FINOPS_ATHENA_RESULTS",
        "AWS_REGION",
    }
    assert all(f'"{name}"' in settings for name in named)
    assert re.search(rf'FINOPS_PROFILE\s*= "{Profile.AWS}"', outputs)
