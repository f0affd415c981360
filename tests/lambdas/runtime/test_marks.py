"""What is found is marked first, and touched only when builds and days have passed."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake import zones
from lake.errors import LakeError
from lake.store import LocalStore
from lambdas.runtime.marks import Mark, advanced, plan_of, waits_for
from lambdas.runtime.model import Caps, Decision, Grace, Request, Status, Verb
from tests.lambdas.builders import NOW, address_row, finding, row
from tests.lambdas.conftest import Account

WEEK = Grace(builds=2, days=7)
DELETE = Decision.on(finding(), Verb.DELETE, "idle", ("ec2:DeleteVolume vol-1",))
PATIENT = Request(apply=True, grace=WEEK)


def test_mark_grows_with_builds_and_keeps_its_day() -> None:
    first = advanced({}, "a", [DELETE], "build 1", NOW)
    again = advanced(first, "a", [DELETE], "build 1", NOW + timedelta(days=1))
    assert again == first
    (grown,) = advanced(again, "a", [DELETE], "build 2", NOW + timedelta(days=2)).values()
    assert (grown.since, grown.builds) == (NOW, ("build 1", "build 2"))


def test_mark_begins_anew_when_something_else_would_be_done_and_is_gone_when_nothing_would() -> None:
    first = advanced({}, "a", [DELETE], "build 1", NOW)
    other = Decision.on(finding(), Verb.DELETE, "idle", ("ec2:CreateSnapshot vol-1", "ec2:DeleteVolume vol-1"))
    (changed,) = advanced(first, "a", [other], "build 2", NOW + timedelta(days=9)).values()
    assert (changed.since, changed.builds) == (NOW + timedelta(days=9), ("build 2",))
    assert advanced(first, "a", [Decision.on(finding(), Verb.LEAVE, "attached")], "build 2", NOW) == {}
    assert advanced(first, "a", [], "build 2", NOW) == {}


def test_reason_may_change_and_the_mark_stays() -> None:
    # It tells days and sizes, which change from day to day.
    assert plan_of(DELETE) == plan_of(Decision.on(finding(), Verb.DELETE, "idle for 33 days", DELETE.calls))


@given(builds=st.integers(1, 4), days=st.integers(0, 20), grace_builds=st.integers(0, 4), grace_days=st.integers(0, 20))
def test_nothing_is_touched_before_both_have_passed(builds: int, days: int, grace_builds: int, grace_days: int) -> None:
    mark = Mark(NOW - timedelta(days=days), "plan", tuple(map(str, range(builds))))
    may = waits_for(mark, Grace(grace_builds, grace_days), NOW) == ""
    assert may == (builds >= grace_builds and days >= grace_days)


class Weeks:
    """An account whose mart is built anew, day by day."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.volume = account.volume()
        self.day = 0

    def build(self, cost: str) -> LocalStore:
        """A build of the mart: the volume costs something else each time."""
        return self.account.lake([row(self.volume, monthly_cost=Decimal(cost))])

    def run(self, store: LocalStore, days: int, request: Request = PATIENT) -> str:
        # The verdict of the tests is good for a day: the clock goes on by hours.
        now: datetime = NOW + timedelta(hours=days)
        return str(self.account.run(store, request, now=now, run_id=f"run-{days}").outcomes[0].status)


@pytest.fixture
def weeks(account: Account) -> Weeks:
    return Weeks(account)


HOURS = Request(apply=True, grace=Grace(builds=2, days=0))


def test_volume_is_marked_by_the_first_build_and_goes_with_the_second(weeks: Weeks) -> None:
    store = weeks.build("8")
    assert weeks.run(store, 0, HOURS) == Status.MARKED
    assert weeks.run(store, 1, HOURS) == Status.MARKED
    assert weeks.account.wire.changes() == []
    assert store.read(zones.marks("idle_cleanup")) is not None
    assert weeks.run(weeks.build("9"), 2, HOURS) == Status.DONE
    assert weeks.account.volume_ids() == set()


def test_days_are_waited_for_as_well(weeks: Weeks) -> None:
    allocation, _ = weeks.account.address()
    store = weeks.account.lake([address_row(allocation)])
    request = Request(apply=True, grace=Grace(builds=1, days=1), approved=frozenset({Verb.RELEASE}))
    assert [weeks.run(store, hours, request) for hours in (0, 23)] == [Status.MARKED, Status.MARKED]
    assert weeks.run(store, 24, request) == Status.DONE
    assert weeks.account.address_ids() == set()


def test_volume_that_was_attached_between_begins_anew(weeks: Weeks) -> None:
    store = weeks.build("8")
    request = Request(apply=True, grace=Grace(builds=1, days=1))
    weeks.run(store, 0, request)
    instance = weeks.account.attach(weeks.volume)
    assert weeks.run(store, 12, request) == Status.LEFT_ALONE
    weeks.account.ec2.detach_volume(VolumeId=weeks.volume, InstanceId=instance)
    assert weeks.run(store, 25, request) == Status.MARKED
    assert weeks.volume in weeks.account.volume_ids()


def test_dry_run_marks_nothing(weeks: Weeks) -> None:
    store = weeks.build("8")
    assert weeks.run(store, 0, Request(grace=WEEK)) == Status.MARKED
    assert store.read(zones.marks("idle_cleanup")) is None


def test_what_only_waits_trips_no_cap(weeks: Weeks) -> None:
    store = weeks.build("8")
    report = weeks.account.run(store, Request(apply=True, grace=WEEK, caps=Caps(max_count=0)))
    assert report.stopped == ""
    assert not report.failures


def test_marks_that_cannot_be_read_touch_nothing(weeks: Weeks) -> None:
    store = weeks.build("8")
    store.write(zones.marks("idle_cleanup"), b"{")
    with pytest.raises(LakeError, match="marks of idle_cleanup cannot be read"):
        weeks.run(store, 0)
    assert weeks.account.wire.changes() == []
