"""The gate opens on fresh, green verdicts about these very bytes, and gives the right reason for all else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from lake import verdicts, zones
from lake.errors import GateClosedError
from lake.marts import version_of
from lake.tables import MART_NAMES
from lake.verdicts import CLOSED_REASONS, VERDICT_LIFETIME, Verdict, require
from lake.workspace import Workspace
from quality.run import validate
from tests.quality.conftest import Validate
from tests.quality.faults import unknown_account
from tests.quality.marts import NOW, as_parquet, clean_world, publish, workspace

IDLE = "idle_resources"
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def green(validated: Validate, tmp_path: Path) -> Workspace:
    """A copy of the validated clean lake, free to be spoiled."""
    ws, _ = validated()
    shutil.copytree(ws.store.uri, tmp_path / "lake")
    return workspace(tmp_path / "lake")


def verdict_on(ws: Workspace, mart: str) -> Verdict:
    verdict = verdicts.newest(ws.store, mart)
    assert verdict is not None
    return verdict


def not_published(ws: Workspace) -> datetime:
    ws.store.delete(zones.published_mart(IDLE))
    return NOW


def not_validated(ws: Workspace) -> datetime:
    ws.store.delete(verdict_on(ws, IDLE).key())
    return NOW


def unreadable(ws: Workspace) -> datetime:
    ws.store.write(verdict_on(ws, IDLE).key(), b'{"mart": "idle_resources", "passed": true')
    return NOW


def failed(ws: Workspace) -> datetime:
    red = replace(verdict_on(ws, IDLE), passed=False, critical_failures=("It broke",), validated_at=LATER.isoformat())
    verdicts.record(ws.store, red)
    return LATER


def changed_since(ws: Workspace) -> datetime:
    """A mart rebuilt to other numbers has no verdict yet, however good they are."""
    rows = clean_world()[IDLE]
    rows[0]["monthly_cost"] -= Decimal(1)
    ws.store.write(zones.published_mart(IDLE), as_parquet(IDLE, rows))
    return NOW


def expired(ws: Workspace) -> datetime:
    return NOW + VERDICT_LIFETIME


def stale(ws: Workspace) -> datetime:
    old = replace(verdict_on(ws, IDLE), data_through="2026-11-18", validated_at=LATER.isoformat())
    verdicts.record(ws.store, old)
    return LATER


SPOILERS: dict[str, Callable[[Workspace], datetime]] = {
    spoil.__name__: spoil for spoil in (not_published, not_validated, unreadable, failed, changed_since, expired, stale)
}


@pytest.mark.parametrize("reason", CLOSED_REASONS)
def test_the_gate_closes_for_every_reason_it_knows_and_says_what_to_do(green: Workspace, reason: str) -> None:
    require(green.store, IDLE, now=NOW)
    now = SPOILERS[reason](green)
    with pytest.raises(GateClosedError) as closed:
        require(green.store, IDLE, now=now)
    assert closed.value.reason == reason
    assert IDLE in closed.value.what
    assert closed.value.todo


def test_every_green_mart_opens_the_gate_with_the_rows_that_were_validated(validated: Validate) -> None:
    ws, _ = validated()
    for name in MART_NAMES:
        published, verdict = require(ws.store, name, now=NOW)
        assert published.version == verdict.version
        assert published.rows.num_rows == verdict.row_count


def test_a_verdict_is_good_until_the_second_it_expires(green: Workspace) -> None:
    require(green.store, IDLE, now=NOW + VERDICT_LIFETIME - timedelta(seconds=1))


def test_a_red_mart_is_closed_and_its_clean_neighbour_is_open(validated: Validate) -> None:
    ws, _ = validated(unknown_account)
    with pytest.raises(GateClosedError, match="Every idle resource is in an account") as closed:
        require(ws.store, IDLE, now=NOW)
    assert closed.value.reason == "failed"
    require(ws.store, "rightsizing_recommendations", now=NOW)


def test_green_marts_about_usage_of_five_days_ago_are_closed(validated: Validate) -> None:
    five_days_on = NOW + timedelta(days=4)
    ws, report = validated(None, five_days_on)
    assert report.passed
    for name in (IDLE, "daily_costs"):
        with pytest.raises(GateClosedError) as closed:
            require(ws.store, name, now=five_days_on)
        assert closed.value.reason == "stale"


def test_findings_that_are_gone_do_not_make_a_fresh_bill_stale(validated: Validate) -> None:
    ws, _ = validated(None, NOW + timedelta(days=3))
    require(ws.store, IDLE, now=NOW + timedelta(days=3))


@pytest.mark.parametrize(
    "wrong",
    [{"passed": "false"}, {"expires_at": "soon"}, {"expires_at": "2026-11-30T00:00:00"}, {"data_through": "yesterday"}],
    ids=lambda wrong: next(iter(wrong.items())),
)
def test_a_verdict_with_a_value_that_means_nothing_is_unreadable(green: Workspace, wrong: dict[str, str]) -> None:
    verdict = verdict_on(green, IDLE)
    green.store.write(verdict.key(), json.dumps(asdict(verdict) | wrong).encode())
    with pytest.raises(GateClosedError) as closed:
        require(green.store, IDLE, now=NOW)
    assert closed.value.reason == "unreadable"


def test_a_mart_that_speaks_of_tomorrow_is_closed(green: Workspace) -> None:
    verdicts.record(
        green.store, replace(verdict_on(green, IDLE), data_through="2031-01-01", validated_at=LATER.isoformat())
    )
    with pytest.raises(GateClosedError) as closed:
        require(green.store, IDLE, now=LATER)
    assert closed.value.reason == "stale"


def test_a_green_mart_that_knows_no_day_is_closed(green: Workspace) -> None:
    verdicts.record(green.store, replace(verdict_on(green, IDLE), data_through="", validated_at=LATER.isoformat()))
    with pytest.raises(GateClosedError) as closed:
        require(green.store, IDLE, now=LATER)
    assert closed.value.reason == "stale"


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"\xff", b'{"mart": "idle_resources", "passed": true}'])
def test_a_verdict_of_another_shape_is_unreadable(green: Workspace, content: bytes) -> None:
    green.store.write(verdict_on(green, IDLE).key(), content)
    with pytest.raises(GateClosedError) as closed:
        require(green.store, IDLE, now=NOW)
    assert closed.value.reason == "unreadable"


def test_a_verdict_cannot_be_overwritten_by_another_of_the_same_run_and_moment(green: Workspace) -> None:
    verdict = verdict_on(green, IDLE)
    verdicts.record(green.store, replace(verdict, passed=False))
    content = green.store.read(verdict.key())
    assert content is not None
    assert json.loads(content)["passed"] is True


def test_a_build_during_validation_leaves_a_verdict_about_the_older_bytes(
    lake: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bytes are read once; whatever is published while the suites run has no verdict."""
    from quality import checkpoint

    before = lake.store.read(zones.published_mart(IDLE))
    evaluate = checkpoint.evaluate

    def build_meanwhile(source: object, suites: object) -> object:
        world = clean_world()
        unknown_account(world)
        publish(lake.store, world)
        return evaluate(source, suites)  # type: ignore[arg-type]

    monkeypatch.setattr(checkpoint, "evaluate", build_meanwhile)
    assert validate(lake).passed
    assert before is not None
    assert verdict_on(lake, IDLE).version == version_of(before)
    with pytest.raises(GateClosedError) as closed:
        require(lake.store, IDLE, now=NOW)
    assert closed.value.reason == "changed_since"
