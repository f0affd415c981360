"""What a schedule wants, and when: above all around changes of the clock."""

from __future__ import annotations

import contextlib
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.scheduler.windows import ALWAYS, Edge, ScheduleError, edges, known_zone, parse, parse_override, wanted

PARIS = "tz=Europe/Paris"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "now", "running", "since"),
    [
        # Thursday 26 November 2026; Paris is one hour ahead of UTC.
        (f"mon-fri 08:00-18:00 {PARIS}", "2026-11-26T06:59", False, "2026-11-25T17:00"),
        (f"mon-fri 08:00-18:00 {PARIS}", "2026-11-26T07:00", True, "2026-11-26T07:00"),
        (f"mon-fri 08:00-18:00 {PARIS}", "2026-11-26T17:00", False, "2026-11-26T17:00"),
        (f"mon-fri 08:00-18:00 {PARIS}", "2026-11-29T12:00", False, "2026-11-27T17:00"),
        ("any 22:00-06:00", "2026-11-26T02:00", True, "2026-11-25T22:00"),
        ("any 22:00-06:00", "2026-11-26T06:00", False, "2026-11-26T06:00"),
        ("mon-fri -20:00", "2026-11-28T09:00", False, "2026-11-27T20:00"),
        ("mon.wed 07:30-", "2026-11-27T09:00", True, "2026-11-25T07:30"),
        ("any 00:00-24:00", "2026-11-26T12:00", True, "1970-01-01T00:00"),
        ("fri-mon 10:00-11:00", "2026-11-30T10:30", True, "2026-11-30T10:00"),
        ("mon-fri 08:00-18:00 + sat 9:00-12:00", "2026-11-28T10:00", True, "2026-11-28T09:00"),
        # Two windows that meet are one: nothing is stopped between them.
        ("any 08:00-12:00 + any 12:00-18:00", "2026-11-26T13:00", True, "2026-11-26T08:00"),
        # Over midnight of Friday, though Saturday has no window.
        ("fri 20:00-04:00", "2026-11-28T03:59", True, "2026-11-27T20:00"),
    ],
)
def test_what_is_wanted_and_since_when(schedule: str, now: str, running: bool, since: str) -> None:
    assert wanted(parse(schedule), at(now)) == Edge(at(since), running)


def test_stop_shortly_before_midnight_is_not_lost_after_it() -> None:
    # A peer compares the states of two runs and loses a stop at 23:55 when the next run is after midnight.
    assert wanted(parse("any -23:55"), at("2026-11-27T00:05")) == Edge(at("2026-11-26T23:55"), running=False)


def test_window_of_midnight_to_shortly_before_starts_again_each_day() -> None:
    schedule = parse("any 00:00-23:55")
    assert wanted(schedule, at("2026-11-26T23:57")) == Edge(at("2026-11-26T23:55"), running=False)
    assert wanted(schedule, at("2026-11-27T00:01")) == Edge(at("2026-11-27T00:00"), running=True)


def test_since_of_what_always_runs_does_not_move() -> None:
    schedule = parse("any 00:00-24:00 tz=Europe/Paris")
    moments = [at("2026-11-26T12:00") + timedelta(days=day) for day in range(0, 300, 50)]
    assert {wanted(schedule, moment) for moment in moments} == {Edge(ALWAYS, running=True)}


def test_no_window_begins_on_a_holiday_but_one_that_began_before_ends() -> None:
    schedule = parse("any 22:00-06:00", skip=frozenset({date(2026, 12, 25)}))
    assert wanted(schedule, at("2026-12-25T05:00")) == Edge(at("2026-12-24T22:00"), running=True)
    assert wanted(schedule, at("2026-12-25T23:00")) == Edge(at("2026-12-25T06:00"), running=False)


def test_weeks_of_holidays_do_not_make_it_forget() -> None:
    closed = frozenset(date(2026, 12, 1) + timedelta(days=day) for day in range(45))
    assert wanted(parse("mon-fri 08:00-18:00", skip=closed), at("2027-01-10T12:00")) == Edge(
        at("2026-11-30T18:00"), running=False
    )


def test_schedule_that_had_no_edge_yet_wants_nothing() -> None:
    always_closed = frozenset(date(2025, 1, 1) + timedelta(days=day) for day in range(800))
    assert wanted(parse("mon 08:00-18:00", skip=always_closed), at("2026-11-26T12:00")) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "office hours",
        "mon-fri",
        "mon-fri 8-18",
        "mon-fri 08:00-25:00",
        "mon-fri 24:00-08:00",
        "mon-fri -",
        "mon-fri 08:60-18:00",
        "mo-fr 08:00-18:00",
        "off=[(M-F,21)];on=[(M-F,7)]",
        "mon-fri 08:00-18:00 tz=IST",
        "mon-fri 08:00-18:00 tz=Europe/Pairs",
        "mon-fri 08:00-18:00 tz=../etc/passwd",
        "mon-fri 08:00-18:00 tz=UTC tz=Europe/Paris",
        "mon-fri 08:00-18:00 +",
    ],
)
def test_what_cannot_be_read_is_refused_in_words(text: str) -> None:
    with pytest.raises(ScheduleError, match=r"\w"):
        parse(text)


@settings(max_examples=50)
@given(st.text(max_size=40))
def test_any_text_is_a_schedule_or_refused(text: str) -> None:
    with contextlib.suppress(ScheduleError):
        parse(text)


def test_tag_needs_no_character_that_some_service_refuses() -> None:
    # RDS takes letters, digits, spaces and + - = . _ : / @ in the value of a tag.
    assert parse("mon-fri 08:00-18:00 + sat.sun 10:00-12:00 tz=America/Argentina/Buenos_Aires enforced").enforced


def test_overrides() -> None:
    assert parse_override("running until 2026-12-01T18:00Z").until == at("2026-12-01T18:00")
    assert parse_override("stopped until 2026-12-01T18:00+02:00").until == at("2026-12-01T16:00")
    assert parse_override("hold").running is None
    for text in ("running", "running until tomorrow", "running until 2026-12-01T18:00", "off until 2026-12-01T18:00Z"):
        with pytest.raises(ScheduleError):
            parse_override(text)


# Changes of the clock: every zone, 2024 to 2030.

FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
WINDOWS = ("08:00-18:00", "01:30-02:30", "02:00-03:00", "00:00-06:00", "23:30-00:30", "22:00-02:15", "05:00-01:00")


def _changes() -> dict[str, list[datetime]]:
    """Moments at which the clock changes, by zone; of zones with the same clock one."""
    days = [FIRST + timedelta(days=3 * number) for number in range((LAST - FIRST).days // 3 + 1)]
    by_clock: dict[tuple[timedelta | None, ...], str] = {}
    for name in sorted(available_timezones()):
        if "/" not in name or name.startswith(("posix", "right")):
            continue
        zone = ZoneInfo(name)
        by_clock.setdefault(tuple(day.astimezone(zone).utcoffset() for day in days), name)
    found: dict[str, list[datetime]] = {}
    for offsets, name in by_clock.items():
        zone = ZoneInfo(name)
        for number in (n for n in range(1, len(days)) if offsets[n] != offsets[n - 1]):
            before, after = days[number - 1], days[number]
            while after - before > timedelta(minutes=1):
                middle = before + (after - before) / 2
                same = middle.astimezone(zone).utcoffset() == offsets[number - 1]
                before, after = (middle, after) if same else (before, middle)
            found.setdefault(name, []).append(after.replace(second=0, microsecond=0))
    return found


CHANGES = _changes()


def _clock(zone: ZoneInfo, change: datetime) -> list[tuple[datetime, datetime]]:
    """Every quarter of an hour of five days: what the clock on the wall shows, and when."""
    start = (change - timedelta(hours=60)).replace(minute=0)
    moments = [start + timedelta(minutes=15 * number) for number in range(4 * 120)]
    return [(moment.astimezone(zone).replace(tzinfo=None, fold=0), moment) for moment in moments]


def _by_the_wall(clock: list[tuple[datetime, datetime]], begin: datetime, end: datetime) -> tuple[datetime, datetime]:
    """A window as somebody would keep it who looks at the clock: on when it first shows the begin or later, off when
    it for the last time shows the end, or at once later."""
    on = next(moment for wall, moment in clock if wall >= begin)
    last_before = max(moment for wall, moment in clock if wall < end)
    shows_end = [moment for wall, moment in clock if wall == end]
    off = max(shows_end) if shows_end else last_before + timedelta(minutes=15)
    return on, off


def test_changes_of_the_clock_are_found() -> None:
    assert at("2026-03-29T01:00") in CHANGES["Africa/Ceuta"]  # the first name of the clock of Central Europe
    assert any(name.startswith("Australia/L") for name in CHANGES)  # by half an hour
    assert sum(len(moments) for moments in CHANGES.values()) > 300


@pytest.mark.parametrize("window", WINDOWS)
def test_each_local_day_has_one_start_and_one_stop_in_every_zone(window: str) -> None:
    begins, ends = (timedelta(hours=int(t[:2]), minutes=int(t[3:])) for t in window.split("-"))
    for name, moments in CHANGES.items():
        zone = ZoneInfo(name)
        schedule = parse(f"any {window} tz={name}")
        for change in moments:
            clock = _clock(zone, change)
            day = change.astimezone(zone).date()
            told = edges(schedule, day - timedelta(1), day + timedelta(1))
            expected = []
            for number in (-1, 0, 1):
                midnight = datetime.combine(day + timedelta(number), datetime.min.time())
                end = midnight + ends + (timedelta(1) if ends <= begins else timedelta(0))
                expected.append(_by_the_wall(clock, midnight + begins, end))
            # A window that the clock skips whole is none.
            expected = [span for span in expected if span[0] < span[1]]
            edges_expected = [
                Edge(moment, on) for span in expected for moment, on in zip(span, (True, False), strict=True)
            ]
            assert told == edges_expected, (name, change)
            counted = Counter(edge.running for edge in told)
            assert counted[True] == counted[False] == len(expected), (name, change)
            assert len(expected) >= 2, (name, change)


def test_a_window_lost_to_the_clock_is_the_one_inside_the_skipped_hour() -> None:
    # 02:15 to 02:45 on 29 March 2026 does not exist in Paris.
    schedule = parse("any 02:15-02:45 tz=Europe/Paris")
    assert edges(schedule, date(2026, 3, 29), date(2026, 3, 29)) == []
    assert len(edges(schedule, date(2026, 3, 28), date(2026, 3, 30))) == 4


def test_names_of_zones() -> None:
    assert known_zone("UTC") == "UTC"
    for name in ("EST", "ast", "Paris", ""):
        with pytest.raises(ScheduleError):
            known_zone(name)
