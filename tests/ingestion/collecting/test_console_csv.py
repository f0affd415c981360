"""Cost Explorer's rightsizing as a file of its console lands beside what the APIs answer."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

import finops
from ingestion.collecting.files import land_rightsizing
from ingestion.sources.recommendations.console_csv import read, region_code
from lake.collected.days import latest_rows
from lake.errors import SettingsError
from lake.output import Output
from lake.settings import Settings
from lake.workspace import Workspace
from tests.ingestion.collecting.conftest import NOW, Cloud

HEADER = (
    "Account ID,Account name,Instance ID,Finding reason(s),Instance name,Instance type,OS,Region,Recommended action,"
    "Recommended instance type 1,Recommended instance type 1 Estimated savings,"
    "Recommended instance type 2,Recommended instance type 2 Estimated savings"
)
MODIFY = '011122223333,shop,i-1,"CPUOverprovisioned, EBSIOPSOverprovisioned",web,m5.8xlarge,Linux/UNIX,EU (Frankfurt),'
LINES = (
    f"{MODIFY}Modify,m5.4xlarge,982.6384,m5.2xlarge,1200.10",
    "011122223333,shop,i-2,,,c4.8xlarge,Linux/UNIX,US East (N. Virginia),Terminate,,1039.47985,,",
)


def written(folder: Path, *lines: str, header: str = HEADER) -> Path:
    path = folder / "ec2-rightsizing-recommendations.csv"
    # As a browser on Windows may save it.
    path.write_text("\ufeff" + "\r\n".join((header, *lines)), encoding="utf-8")
    return path


def test_each_type_that_an_instance_could_be_is_a_row_and_so_is_a_termination(tmp_path: Path):
    told = [
        (row["resource_id"], row["region_id"], row["action"], row.get("recommended_type"), row["monthly_savings_cost"])
        for row in read(written(tmp_path, *LINES))
    ]
    assert told == [
        ("i-1", "eu-central-1", "Rightsize", "m5.4xlarge", Decimal("982.6384")),
        ("i-1", "eu-central-1", "Rightsize", "m5.2xlarge", Decimal("1200.10")),
        ("i-2", "us-east-1", "Terminate", None, Decimal("1039.47985")),
    ]


def test_it_lands_as_what_cost_explorer_recommends_and_again_the_same_day_takes_its_place(tmp_path: Path):
    ws = Workspace.begin(Settings.resolve(lake=str(tmp_path / "lake"), environ={}), Output(quiet=True), NOW)
    for lines in (LINES, LINES[:1]):
        with ws.store.locked():
            land_rightsizing(ws, written(tmp_path, *lines))
    rows, _ = latest_rows(ws.store, "recommendations")
    told = [(row["recommended_by"], row["account_id"], row["rank"], row["finding"]) for row in rows.to_pylist()]
    assert told == [("cost_explorer", "011122223333", 1, "MODIFY"), ("cost_explorer", "011122223333", 2, "MODIFY")]


def test_the_command_lands_a_file_and_asks_nobody(tmp_path: Path, cloud: Cloud):
    arguments = ("--lake", str(tmp_path / "lake"), "collect", "--rightsizing-csv", str(written(tmp_path, *LINES)))
    done = CliRunner().invoke(finops.app, arguments, obj=Output())
    assert (done.exit_code, cloud.calls) == (0, [])
    assert "Landed 3 recommendations" in done.output


@pytest.mark.parametrize(
    ("lines", "header", "why"),
    [
        (("1,2",), "Account ID,Instance ID", "It has no column 'Instance type'"),
        ((LINES[0].replace("011122223333", "1.11222E+10"),), HEADER, "Line 2: '1.11222E+10' is no account"),
        ((LINES[0], LINES[1].replace("Terminate", "Resize")), HEADER, "Line 3: the action 'Resize'"),
        ((LINES[0].replace("982.6384", "a lot"),), HEADER, "Line 2: 'a lot' is no amount"),
    ],
)
def test_a_damaged_file_is_refused_with_the_line_that_is_wrong(
    tmp_path: Path, lines: tuple[str, ...], header: str, why: str
):
    with pytest.raises(SettingsError) as refused:
        list(read(written(tmp_path, *lines, header=header)))
    assert why in refused.value.what


def test_a_region_that_nobody_knows_stays_as_it_was_told():
    assert region_code("Moon (South Pole)") == "Moon (South Pole)"
    assert region_code("eu-west-1") == "eu-west-1"
