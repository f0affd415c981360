"""A mart is called validated only by a fresh green verdict on its very bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from dashboards.standing import State, overall, read_standing, standing
from lake import zones
from lake.marts import PublishedMart
from lake.store import LocalStore
from lake.verdicts import Verdict
from lake.workspace import Workspace
from tests.dashboards import built

MART = PublishedMart("daily_costs", "v1", built.table("daily_costs", []))


def verdict(**fields: Any) -> Verdict:
    base: dict[str, Any] = {
        "mart": "daily_costs",
        "run_id": "r1",
        "passed": True,
        "version": "v1",
        "row_count": 3,
        "evaluated": 4,
        "critical_failures": (),
        "warning_failures": (),
        "errors": (),
        "data_through": "2026-11-22",
        "validated_at": "2026-11-23T06:00:00+00:00",
        "expires_at": "2026-11-24T08:00:00+00:00",
        "suite_version": "s1",
    }
    return Verdict(**(base | fields))


@pytest.mark.parametrize(
    ("given", "state", "reason"),
    [
        (verdict(), State.VALIDATED, "4 checks, 2026-11-23 06:00 UTC"),
        (verdict(warning_failures=("few_rows",)), State.VALIDATED, "warnings: few_rows"),
        (None, State.NOT_VALIDATED, "no validation of it has run"),
        (verdict(version="v0"), State.NOT_VALIDATED, "rebuilt after"),
        (verdict(version="v0", passed=False, critical_failures=("x",)), State.NOT_VALIDATED, "rebuilt after"),
        (verdict(mart="monthly_costs"), State.NOT_VALIDATED, "rebuilt after"),
        (verdict(passed=False, critical_failures=("grain",)), State.FAILED, "grain"),
        (verdict(critical_failures=("grain",)), State.FAILED, "grain"),
        (verdict(errors=("raised",)), State.FAILED, "raised"),
        (verdict(evaluated=0), State.FAILED, "nothing was evaluated"),
        (verdict(expires_at="2026-11-23T06:10:00+00:00"), State.EXPIRED, "too long ago"),
    ],
)
def test_standing_of_a_mart(given: Verdict | None, state: State, reason: str) -> None:
    found = standing(MART, given, datetime(2026, 11, 23, 6, 10, tzinfo=UTC))
    assert found.state is state
    assert reason in found.reason


@pytest.mark.parametrize("content", [b"not json", b"{}", b"[]", b'{"mart": "daily_costs"}'])
def test_unreadable_verdict_validates_nothing(ws: Workspace, content: bytes) -> None:
    assert isinstance(ws.store, LocalStore)
    built.approve(ws.store, "daily_costs")
    ws.store.write(zones.verdict("daily_costs", "20261123T070000000000Z", "later"), content)
    found = read_standing(ws.store, MART, ws.now)
    assert (found.state, found.reason) == (State.NOT_VALIDATED, "the newest verdict cannot be read")


def test_page_is_as_good_as_its_worst_mart() -> None:
    found = [standing(MART, given, built.NOW) for given in (verdict(), None, verdict(errors=("x",)))]
    assert overall(found) is State.FAILED
    assert overall(found[:2]) is State.NOT_VALIDATED
    assert overall(found[:1]) is State.VALIDATED
