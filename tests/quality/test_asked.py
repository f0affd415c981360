"""Of a mart with a file per month, what did not change since a green verdict is not asked again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lake import verdicts, zones
from lake.workspace import Workspace
from quality.asked import months_to_ask
from quality.run import validate
from quality.snapshot import snapshot
from quality.suite import Suite, load_suites, moments
from tests.quality.conftest import Validate, in_account
from tests.quality.faults import focus_without_a_cost
from tests.quality.marts import NOW, World, as_parquet, clean_world, publish, workspace_in_s3
from tests.support.local_aws import RemoteAws

FOCUS = "focus_1_2"
SUITE = {suite.mart: suite for suite in load_suites(moments(NOW))}[FOCUS]
BOTH = ("2026-10", "2026-11")


def asked(ws: Workspace, suite: Suite = SUITE) -> tuple[str, ...]:
    with snapshot(ws.store) as copies:
        return months_to_ask(ws.store, suite, copies[suite.mart])


def publish_month(ws: Workspace, world: World, month: str) -> None:
    rows = [row for row in world[FOCUS] if row["x_BillingPeriod"] == month]
    ws.store.write(zones.published_month(FOCUS, month), as_parquet(FOCUS, rows))


def green(ws: Workspace, **changed: object) -> None:
    """A green verdict on what is published, but for what is `changed`."""
    with snapshot(ws.store) as copies:
        copied = copies[FOCUS]
    told = {
        "mart": FOCUS,
        "run_id": "before",
        "passed": True,
        "version": copied.version,
        "row_count": copied.row_count,
        "evaluated": len(SUITE.expectations),
        "data_through": "2026-11-22",
        "validated_at": NOW.isoformat(),
        "expires_at": NOW.isoformat(),
        "suite_version": SUITE.version,
        "months": {month: file.version for month, file in copied.months.items()},
        **dict.fromkeys(("critical_failures", "warning_failures", "errors"), ()),
        **changed,
    }
    verdicts.record(ws.store, verdicts.Verdict(**told))  # type: ignore[arg-type]


def test_without_a_verdict_every_month_is_asked(lake: Workspace) -> None:
    assert asked(lake) == BOTH


def test_what_a_green_verdict_knows_is_not_asked_again_but_for_the_newest_month(lake: Workspace) -> None:
    green(lake)
    assert asked(lake) == ("2026-11",)


def test_a_month_that_changed_since_is_asked(lake: Workspace) -> None:
    green(lake)
    world = clean_world()
    focus_without_a_cost(world)
    world[FOCUS][0]["BilledCost"] = None
    publish_month(lake, world, "2026-10")
    assert asked(lake) == BOTH


@pytest.mark.parametrize("changed", [{"passed": False}, {"suite_version": "of other expectations"}, {"months": {}}])
def test_a_verdict_that_is_red_or_of_another_suite_says_nothing_of_a_month(
    lake: Workspace, changed: dict[str, object]
) -> None:
    green(lake, **changed)
    assert asked(lake) == BOTH


def test_a_verdict_that_cannot_be_read_says_nothing_of_a_month(lake: Workspace) -> None:
    lake.store.write(f"{zones.VERDICTS}/{FOCUS}/20261122T063000000000Z-a.json", json.dumps([]).encode())
    assert asked(lake) == BOTH


def test_a_mart_that_is_one_file_is_asked_whole(lake: Workspace) -> None:
    (costs,) = [suite for suite in load_suites(moments(NOW)) if suite.mart == "daily_costs"]
    assert asked(lake, costs) == ()


def test_a_verdict_names_the_months_it_speaks_of(validated: Validate) -> None:
    ws, _ = validated()
    verdict = verdicts.newest(ws.store, FOCUS)
    assert verdict is not None
    assert tuple(sorted(verdict.months)) == BOTH
    other = verdicts.newest(ws.store, "daily_costs")
    assert other is not None
    assert other.months == {}


@pytest.mark.xdist_group("quality_on_athena")
def test_athena_reads_of_the_charges_only_the_months_that_are_asked(account: RemoteAws, tmp_path: Path) -> None:
    with in_account(account, tmp_path):
        ws = workspace_in_s3("s3://company/asked", glue_prefix="asked")
        publish(ws.store, clean_world())
        green(ws)
        report = validate(ws)
    assert report.passed
    read = [
        scan for one in account.statements for scan in one.scans if scan.table.endswith(f"asked_build.{FOCUS}_asked")
    ]
    assert {partition for scan in read for partition in scan.partitions} == {("2026-11",)}
    assert not [scan for one in account.statements for scan in one.scans if scan.table.endswith(f"asked_marts.{FOCUS}")]
