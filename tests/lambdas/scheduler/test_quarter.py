"""A quarter under the scheduler, run by run at odd times, with hands that change things in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.runtime.model import Finding, Outcome, Status, Verb
from lambdas.scheduler.config import Config
from lambdas.scheduler.decide import Machine, Memory, Seen, State, decide, remember
from lambdas.scheduler.wishes import wish

PARIS = ZoneInfo("Europe/Paris")
# Ninety days with a change of the clock in them.
BEGIN = datetime(2026, 2, 1, tzinfo=UTC)
END = BEGIN + timedelta(days=90)
TAGS = (("Schedule", "mon-fri 08:00-18:00 tz=Europe/Paris"),)


def by_the_wall(now: datetime) -> State:
    """What somebody would want who looks at the calendar and at the clock."""
    local = now.astimezone(PARIS)
    return State.RUNNING if local.weekday() < 5 and 8 <= local.hour < 18 else State.STOPPED


class Quarter:
    """One instance, and what is remembered of it."""

    def __init__(self, tags: tuple[tuple[str, str], ...] = TAGS) -> None:
        self.machine = Machine("instance", "i-1", State.RUNNING, "running", tags)
        self.memory = Memory()
        self.acts: list[Verb] = []

    def run(self, now: datetime, *, fails: bool = False) -> None:
        wanted = wish(self.machine, "1", "r", Config(), now)
        seen = Seen(self.machine, wanted, self.memory)
        finding = Finding(wanted.edge, "schedule", "instance", "i-1", "1", "r", None, "")
        (decision,) = decide([finding], {finding: seen}, now)
        status = Status.LEFT_ALONE
        if decision.verb.changes_account:
            status = Status.FAILED if fails else Status.DONE
            if not fails:
                self.acts.append(decision.verb)
                self.turn(State.RUNNING if decision.verb is Verb.START else State.STOPPED)
        self.memory = remember(seen, Outcome(status, decision), now)

    def turn(self, state: State) -> None:
        self.machine = replace(self.machine, state=state, told_state=str(state))


steps = st.lists(st.integers(60, 400), min_size=50, max_size=50)


def moments(minutes: list[int]) -> list[datetime]:
    """Moments of runs through the quarter, by these steps over and over."""
    found, now = [], BEGIN
    while now < END:
        found.append(now)
        now += timedelta(minutes=minutes[len(found) % len(minutes)])
    return found


@settings(max_examples=5, deadline=None)
@given(steps)
def test_after_every_run_it_is_as_the_clock_on_the_wall_wants(minutes: list[int]) -> None:
    quarter = Quarter()
    for now in moments(minutes):
        quarter.run(now)
        assert quarter.machine.state is by_the_wall(now), now


def test_each_working_day_has_one_start_and_one_stop() -> None:
    quarter = Quarter()
    for number in range(90 * 24 * 2):
        quarter.run(BEGIN + timedelta(minutes=30 * number))
    days = sum((BEGIN + timedelta(days=number)).weekday() < 5 for number in range(90))
    # It was running on the Sunday on which the quarter begins.
    assert (quarter.acts.count(Verb.START), quarter.acts.count(Verb.STOP)) == (days, days + 1)


@settings(max_examples=8, deadline=None)
@given(minutes=steps, hands=st.sets(st.integers(0, 400), max_size=40), faults=st.sets(st.integers(0, 400), max_size=40))
def test_what_a_hand_changes_stays_until_the_next_edge_and_a_fault_only_delays(
    minutes: list[int], hands: set[int], faults: set[int]
) -> None:
    quarter = Quarter()
    wanted_before, is_by_hand = None, False
    for number, now in enumerate(moments(minutes)):
        wanted = by_the_wall(now)
        if wanted is not wanted_before:
            is_by_hand = False
        is_settled = quarter.machine.state is wanted and wanted is wanted_before
        if number in hands and is_settled and quarter.memory.is_verified:
            quarter.turn(State.STOPPED if quarter.machine.state is State.RUNNING else State.RUNNING)
            is_by_hand = True
        before = quarter.machine.state
        quarter.run(now, fails=number in faults)
        if is_by_hand:
            assert quarter.machine.state is before, now
        elif number not in faults:
            assert quarter.machine.state is wanted, now
        wanted_before = wanted


@settings(max_examples=5, deadline=None)
@given(minutes=steps, hands=st.sets(st.integers(0, 400), max_size=40))
def test_enforced_schedule_holds_against_every_hand(minutes: list[int], hands: set[int]) -> None:
    quarter = Quarter((("Schedule", TAGS[0][1] + " enforced"),))
    for number, now in enumerate(moments(minutes)):
        if number in hands:
            quarter.turn(State.STOPPED if quarter.machine.state is State.RUNNING else State.RUNNING)
        quarter.run(now)
        assert quarter.machine.state is by_the_wall(now), now


@settings(max_examples=5, deadline=None)
@given(minutes=steps, hands=st.sets(st.integers(0, 400), max_size=40))
def test_protected_instance_is_never_touched(minutes: list[int], hands: set[int]) -> None:
    quarter = Quarter((*TAGS, ("finops:protect", "yes")))
    for number, now in enumerate(moments(minutes)):
        if number in hands:
            quarter.turn(State.STOPPED if quarter.machine.state is State.RUNNING else State.RUNNING)
        quarter.run(now)
    assert quarter.acts == []
