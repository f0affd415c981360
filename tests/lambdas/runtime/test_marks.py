"""What is found is marked first, and touched only when builds and days have passed."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.ec2.models import ec2_backends

from lake import zones
from lake.errors import LakeError
from lake.store import LocalStore
from lambdas.runtime import marks
from lambdas.runtime.marks import Mark, advanced, plan_of, waits_for
from lambdas.runtime.model import Caps, Decision, Grace, Request, Status, Verb
from tests.lambdas.builders import NOW, OWN, REGION, address_row, finding, row
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
MARK = Request(mark=True)
KEY = "finops:mark:idle_cleanup"


def tag_of(weeks: Weeks, name: str | None = None) -> str:
    told = weeks.account.ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [name or weeks.volume]}])["Tags"]
    return next((tag["Value"] for tag in told if tag["Key"] == KEY), "")


def test_volume_is_marked_by_the_first_build_and_goes_with_the_second(weeks: Weeks) -> None:
    store = weeks.build("8")
    assert weeks.run(store, 0, MARK) == Status.MARKED
    assert weeks.account.wire.changes() == ["CreateTags"]
    assert tag_of(weeks).startswith(f"delete {NOW:%Y-%m-%d} ")
    assert weeks.run(store, 1, HOURS) == Status.MARKED
    assert weeks.account.wire.changes() == ["CreateTags"]
    assert weeks.run(weeks.build("9"), 2, HOURS) == Status.DONE
    assert weeks.account.volume_ids() == set()
    weeks.run(store, 3, MARK)
    assert marks.read(store, "idle_cleanup") == {}


def test_mark_outlasts_the_month_in_which_the_finding_has_another_id(weeks: Weeks) -> None:
    june, july = (row(weeks.volume, finding_id=month, billing_period=month) for month in ("2026-06", "2026-07"))
    weeks.run(weeks.account.lake([june]), 0, MARK)
    before = tag_of(weeks)
    store = weeks.account.lake([july])
    weeks.run(store, 1, MARK)
    assert tag_of(weeks) == before
    assert weeks.run(store, 2, HOURS) == Status.DONE


def test_run_that_acts_marks_nothing_and_touches_nothing_unmarked(weeks: Weeks) -> None:
    store = weeks.build("8")
    report = weeks.account.run(store, PATIENT)
    assert (report.outcomes[0].status, report.outcomes[0].detail) == (
        Status.WAITING,
        "not marked yet: a run with --mark comes first",
    )
    assert weeks.account.wire.changes() == []
    assert store.read(zones.marks("idle_cleanup")) is None


def test_mark_in_the_lake_without_its_tag_counts_for_nothing(weeks: Weeks) -> None:
    store = weeks.build("8")
    weeks.run(store, 0, MARK)
    weeks.account.ec2.delete_tags(Resources=[weeks.volume], Tags=[{"Key": KEY}])
    assert weeks.run(weeks.build("9"), 2, HOURS) == Status.WAITING
    # Who took the tag off gets all the time again.
    weeks.run(store, 3, MARK)
    (mark,) = marks.read(store, "idle_cleanup").values()
    assert (mark.since, len(mark.builds)) == (NOW + timedelta(hours=3), 1)


def test_tag_without_its_mark_in_the_lake_counts_for_nothing(weeks: Weeks) -> None:
    store = weeks.build("8")
    weeks.run(store, 0, MARK)
    store.delete(zones.marks("idle_cleanup"))
    assert weeks.run(weeks.build("9"), 2, HOURS) == Status.WAITING
    assert weeks.volume in weeks.account.volume_ids()


def test_volume_that_changed_since_it_was_marked_is_marked_anew(weeks: Weeks) -> None:
    store = weeks.build("8")
    weeks.run(store, 0, MARK)
    before = tag_of(weeks)
    ec2_backends[OWN][REGION].volumes[weeks.volume].size = 200
    report = weeks.account.run(weeks.build("9"), HOURS, now=NOW + timedelta(hours=1))
    assert report.outcomes[0].detail == "changed since it was marked: a run with --mark comes first"
    weeks.run(store, 2, MARK)
    assert tag_of(weeks) not in ("", before)
    (mark,) = marks.read(store, "idle_cleanup").values()
    assert mark.since == NOW + timedelta(hours=2)


def test_days_are_waited_for_as_well(weeks: Weeks) -> None:
    allocation, _ = weeks.account.address()
    store = weeks.account.lake([address_row(allocation)])
    approved = frozenset({Verb.RELEASE})
    request = Request(apply=True, grace=Grace(builds=1, days=1), approved=approved)
    weeks.run(store, 0, Request(mark=True, approved=approved))
    assert tag_of(weeks, allocation).startswith("release ")
    assert [weeks.run(store, hours, request) for hours in (0, 23)] == [Status.MARKED, Status.MARKED]
    assert weeks.run(store, 24, request) == Status.DONE
    assert weeks.account.address_ids() == set()


def test_volume_that_was_attached_between_loses_its_mark_and_begins_anew(weeks: Weeks) -> None:
    store = weeks.build("8")
    request = Request(apply=True, grace=Grace(builds=1, days=1))
    weeks.run(store, 0, MARK)
    instance = weeks.account.attach(weeks.volume)
    assert weeks.run(store, 12, MARK) == Status.LEFT_ALONE
    assert tag_of(weeks) == ""
    weeks.account.ec2.detach_volume(VolumeId=weeks.volume, InstanceId=instance)
    weeks.run(store, 20, MARK)
    assert weeks.run(store, 25, request) == Status.MARKED
    assert weeks.volume in weeks.account.volume_ids()


def test_volume_that_cannot_be_tagged_is_not_marked_and_that_is_told(weeks: Weeks) -> None:
    store = weeks.build("8")
    weeks.account.wire.fails("CreateTags", "UnauthorizedOperation")
    report = weeks.account.run(store, MARK)
    assert report.outcomes[0].status == Status.FAILED
    assert "it could not be marked: UnauthorizedOperation" in report.outcomes[0].detail
    weeks.account.wire.works_again()
    assert weeks.run(weeks.build("9"), 2, HOURS) == Status.WAITING
    weeks.run(store, 3, MARK)
    (mark,) = marks.read(store, "idle_cleanup").values()
    assert mark.since == NOW + timedelta(hours=3)


def test_mark_that_cannot_be_taken_off_is_tried_again(weeks: Weeks) -> None:
    store = weeks.build("8")
    weeks.run(store, 0, MARK)
    empty = weeks.account.lake([])
    weeks.account.wire.fails("DeleteTags", "UnauthorizedOperation")
    report = weeks.account.run(empty, MARK)
    assert "could not be taken off, the next run tries again: UnauthorizedOperation" in report.notes[0]
    weeks.account.wire.works_again()
    assert weeks.account.run(empty, MARK).notes == ()
    assert tag_of(weeks) == ""
    assert marks.read(store, "idle_cleanup") == {}


@pytest.mark.parametrize("call", ["CreateTags", "DeleteTags"])
def test_run_killed_while_it_marks_is_finished_by_the_next(weeks: Weeks, call: str) -> None:
    store = weeks.build("8")
    if call == "DeleteTags":
        weeks.run(store, 0, MARK)
        store = weeks.account.lake([])
    weeks.account.wire.killed_at(call)
    with pytest.raises(KeyboardInterrupt):
        weeks.account.run(store, MARK)
    weeks.account.wire.works_again()
    weeks.account.run(store, MARK, now=NOW + timedelta(hours=1))
    found = list(marks.read(store, "idle_cleanup").values())
    assert [one.tag for one in found] == ([tag_of(weeks)] if call == "CreateTags" else [])
    assert (tag_of(weeks) == "") == (call == "DeleteTags")


def test_kill_switch_stops_marking(weeks: Weeks) -> None:
    store = weeks.build("8")
    store.write(zones.KILL_SWITCH, b"no")
    report = weeks.account.run(store, MARK)
    assert "kill switch" in report.stopped
    assert weeks.account.wire.changes() == []


def test_dry_run_marks_nothing(weeks: Weeks) -> None:
    store = weeks.build("8")
    assert weeks.run(store, 0, Request(grace=WEEK)) == Status.WAITING
    assert store.read(zones.marks("idle_cleanup")) is None
    assert weeks.account.wire.changes() == []


def test_what_only_waits_trips_no_cap(weeks: Weeks) -> None:
    store = weeks.build("8")
    report = weeks.account.run(store, Request(apply=True, grace=WEEK, caps=Caps(max_count=0)))
    assert report.stopped == ""
    assert not report.failures


@pytest.mark.parametrize("request_", [PATIENT, MARK])
def test_marks_that_cannot_be_read_touch_nothing(weeks: Weeks, request_: Request) -> None:
    store = weeks.build("8")
    store.write(zones.marks("idle_cleanup"), b"{")
    with pytest.raises(LakeError, match="marks of idle_cleanup cannot be read"):
        weeks.run(store, 0, request_)
    assert weeks.account.wire.changes() == []
