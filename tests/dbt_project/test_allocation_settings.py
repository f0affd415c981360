"""The files in which a user says whose a cost is: what is taken from them, and one clear error for what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from dbt_project.allocation import variables
from lake import zones
from lake.errors import SettingsError
from lake.store import LocalStore

PROJECT = Path(__file__).parents[2] / "dbt_project"
RULES = "dimension,place,match_on,match_key,match_value,target\n"
SPLITS = "shared_pool,method,team,percentage,driver_name\n"
DRIVERS = "month,driver_name,quantity,team,service_name\n"


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path)


def test_without_files_nothing_is_said(store: LocalStore):
    assert variables(store) == {}


def test_the_project_s_own_seeds_would_be_taken_as_a_user_s_and_ask_for_keys_that_are_read(store: LocalStore):
    for key in (zones.ALLOCATION_RULES, zones.SHARED_COST_SPLITS):
        store.write(key, (PROJECT / "seeds" / Path(key).name).read_bytes())
    told = variables(store)
    read = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]
    assert set(told["allocation_tag_keys"]) <= set(read["allocation_tag_keys"])
    assert set(told["allocation_category_keys"]) <= set(read["allocation_category_keys"])


def test_rows_keys_and_pools_of_all_files_are_taken(store: LocalStore):
    store.write(
        zones.ALLOCATION_RULES,
        "\ufefftarget,place,dimension,match_on,match_key,match_value,reason\n"
        ' {value} ,10,team,tag,Squad,*,"as typed, with case"\n\n'
        "shop,20,team,cost_category,Business Unit,Shop*,\n"
        "shared:lease,30,team,service,,AWS Outposts,\n"
        "prod,10,environment,tag,Squad,p*,\n".encode(),
    )
    store.write(zones.SHARED_COST_SPLITS, (SPLITS + "lease,fixed,a,12.5,\nlease,fixed,b,87.5,\n").encode())
    store.write(zones.DRIVERS, (DRIVERS + "2026-03,orders,1200.5,,\n2026-03,orders,0,shop,Amazon S3\n").encode())
    told = variables(store)
    assert told["allocation_tag_keys"] == ["Squad"]
    assert told["allocation_category_keys"] == ["Business Unit"]
    assert told["allocation_rules"][0]["target"] == "{value}"
    assert [row["percentage"] for row in told["shared_cost_splits"]] == ["12.5", "87.5"]
    assert [row["quantity"] for row in told["drivers"]] == ["1200.5", "0"]


@pytest.mark.parametrize(
    ("key", "content", "line", "what"),
    [
        (zones.ALLOCATION_RULES, "dimension,place\n", "", "The column match_on is missing."),
        (zones.ALLOCATION_RULES, "", "", "The column dimension is missing."),
        (zones.ALLOCATION_RULES, RULES.replace("\n", ",owner\n"), "", "There is no such column as 'owner'"),
        (zones.ALLOCATION_RULES, RULES + "team,1,account,,1,a,b\n", "2", "The line has 7 cells, the first one 6."),
        (zones.ALLOCATION_RULES, RULES + '"team\n', "", "The file is no csv"),
        (zones.ALLOCATION_RULES, b"\xff\xfe", "", "The file is no csv"),
        (zones.ALLOCATION_RULES, RULES + "\n" * 100_000, "", "The file has more than 100,000 bytes."),
        (zones.ALLOCATION_RULES, RULES + "\nsquad,1,account,,1,a\n", "3", "'squad' is no dimension."),
        (zones.ALLOCATION_RULES, RULES + "team,1.5,account,,1,a\n", "2", "The place '1.5' is no whole number."),
        (zones.ALLOCATION_RULES, RULES + "team,1,account,,1,a\nteam,01,account,,2,b\n", "3", "The place 1 is taken."),
        (zones.ALLOCATION_RULES, RULES + "team,1,region,,1,a\n", "2", "'region' is no match_on."),
        (zones.ALLOCATION_RULES, RULES + "team,1,tag,,a,a\n", "2", "match_key is '' for tag."),
        (zones.ALLOCATION_RULES, RULES + "team,1,account,team,1,a\n", "2", "match_key is 'team' for account."),
        (zones.ALLOCATION_RULES, RULES + "team,1,tag,it's,a,a\n", "2", '"it\'s" is no key.'),
        (zones.ALLOCATION_RULES, RULES + "team,1,account,,,a\n", "2", "match_value is blank."),
        (zones.ALLOCATION_RULES, RULES + "team,1,service,,*S3,a\n", "2", "'*S3' has a * that is not at its end."),
        (zones.ALLOCATION_RULES, RULES + "team,1,charge,,taxes,a\n", "2", "'taxes' is no match_value."),
        (zones.ALLOCATION_RULES, RULES + "team,1,account,,1,\n", "2", "target is blank."),
        (
            zones.ALLOCATION_RULES,
            RULES + "team,1,account,,1,shared:x\n",
            "2",
            "Nothing says how the pool 'x'",
        ),
        (zones.ALLOCATION_RULES, RULES + "environment,1,account,,1,shared\n", "2", "Only teams share costs."),
        (zones.SHARED_COST_SPLITS, SPLITS + ",even,,,\n", "2", "shared_pool is blank."),
        (zones.SHARED_COST_SPLITS, SPLITS + "tax,evenly,,,\n", "2", "'evenly' is no method."),
        (zones.SHARED_COST_SPLITS, SPLITS + "tax,even,a,,\n", "2", "team is 'a' for even."),
        (zones.SHARED_COST_SPLITS, SPLITS + "tax,driver,,,\n", "2", "driver_name is '' for driver."),
        (zones.SHARED_COST_SPLITS, SPLITS + "tax,fixed,a,half,\n", "2", "'half' is no percentage."),
        (zones.SHARED_COST_SPLITS, SPLITS + "tax,fixed,a,60,\ntax,fixed,b,30,\n", "3", "add up to 90."),
        (zones.SHARED_COST_SPLITS, SPLITS + "tax,even,,,\ntax,even,,,\n", "3", "The pool 'tax' is split twice."),
        (
            zones.SHARED_COST_SPLITS,
            SPLITS + "tax,even,,,\ntax,proportional,,,\n",
            "3",
            "The pool 'tax' is split twice.",
        ),
        (zones.DRIVERS, DRIVERS + "2026-13,orders,1,,\n", "2", "'2026-13' is no month."),
        (zones.DRIVERS, DRIVERS + "2026-03,,1,,\n", "2", "driver_name is blank."),
        (zones.DRIVERS, DRIVERS + "2026-03,orders,-1,,\n", "2", "'-1' is no quantity."),
        (zones.DRIVERS, DRIVERS + "2026-03,orders,1,,\n2026-03,orders,2,,\n", "3", "are there twice."),
    ],
)
def test_what_cannot_be_used_is_told_with_its_line(store: LocalStore, key: str, content: str | bytes, line: str, what):
    store.write(key, content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SettingsError) as told:
        variables(store)
    assert what in told.value.what
    assert told.value.where == store.location(key) + (f", line {line}" if line else "")
    assert told.value.todo
