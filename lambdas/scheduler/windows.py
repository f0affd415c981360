"""Schedules, and what they want at a moment. Pure: text and times in, instants out.

    mon-fri 08:00-18:00 tz=Europe/Paris          runs in office hours
    mon-fri 08:00-18:00 + sat 09:00-12:00        several windows; the zone is UTC unless told
    any 22:00-06:00                              over midnight
    mon-fri -20:00                               one-sided: is stopped, and started by hand
    mon.wed 07:30-                               one-sided: is started, and stopped by hand

Local times become instants, so that changes of the clock neither lose nor double one: a begin or an end that the clock
skips is the moment of the change; of one that comes twice a begin is the first, an end the second.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
END_OF_DAY = 24 * 60
# Windows recur weekly, and holidays may leave out some weeks. What reaches further back always was so.
_LOOK_BACK = (10, 60, 400)
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)

_PERIOD = re.compile(r"(?P<days>[a-z.\-]+) (?P<begin>\d\d?:\d\d)?-(?P<end>\d\d?:\d\d)?")


class ScheduleError(ValueError):
    """A schedule that cannot be read. Nothing is done by it, above all not what a default would say."""


@dataclass(frozen=True)
class Period:
    """A window on some days of the week (Monday is 0); minutes of the local day, None for a side that is left open.

    An end that is not after its begin is on the next day.
    """

    days: frozenset[int]
    begin: int | None
    end: int | None


@dataclass(frozen=True)
class Schedule:
    """Windows in a time zone. On local days of `skip` no window begins. `enforced` undoes what is changed by hand."""

    periods: tuple[Period, ...]
    zone: str = "UTC"
    skip: frozenset[date] = frozenset()
    enforced: bool = False


@dataclass(frozen=True)
class Override:
    """What holds instead of the schedule: running, stopped, or None for hands off; `until` is aware UTC or for ever."""

    running: bool | None
    until: datetime | None


@dataclass(frozen=True)
class Edge:
    """A moment (aware UTC) from which something is to run, or to be stopped."""

    at: datetime
    running: bool


def parse(text: str, *, zone: str = "UTC", skip: frozenset[date] = frozenset()) -> Schedule:
    """A schedule as a tag writes it; `zone` holds unless it names one. Raises ScheduleError with the reason."""
    words = text.lower().split()
    enforced = "enforced" in words
    zones = [word[3:] for word in text.split() if word.lower().startswith("tz=")]
    rest = " ".join(word for word in words if word != "enforced" and not word.startswith("tz="))
    if len(zones) > 1:
        raise ScheduleError("it names two time zones")
    periods = tuple(_period(part.strip()) for part in rest.split("+"))
    return Schedule(periods, known_zone(zones[0] if zones else zone), skip, enforced)


def known_zone(name: str) -> str:
    """The name, if it is one of the IANA database. An abbreviation such as IST is three zones, so it is refused."""
    try:
        if name == "UTC" or "/" in name:
            ZoneInfo(name)
            return name
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    raise ScheduleError(f"{name!r} is no time zone such as Europe/Paris")


def parse_override(text: str) -> Override:
    """`running until 2026-12-01T18:00Z`, `stopped until …`, `hold`, `hold until …`. Raises ScheduleError."""
    word, _, rest = text.strip().partition(" ")
    states = {"running": True, "stopped": False, "hold": None}
    if word.lower() not in states:
        raise ScheduleError(f"an override begins with running, stopped or hold, not {word!r}")
    if not rest and word.lower() == "hold":
        return Override(None, None)
    said, _, moment = rest.strip().partition(" ")
    try:
        until = datetime.fromisoformat(moment.strip())
    except ValueError:
        until = None
    if said.lower() != "until" or until is None or until.tzinfo is None:
        raise ScheduleError("an override ends with a moment and its zone: until 2026-12-01T18:00Z")
    return Override(states[word.lower()], until.astimezone(UTC))


@lru_cache(maxsize=4096)
def wanted(schedule: Schedule, now: datetime) -> Edge | None:
    """The last edge at or before `now` (aware UTC): what is wanted, and since when. None when there was none."""
    today = now.astimezone(ZoneInfo(schedule.zone)).date()
    found = None
    for days in _LOOK_BACK:
        told = [edge for edge in edges(schedule, today - timedelta(days), today) if edge.at <= now]
        found = told[-1] if told else None
        # The first edge may belong to a window that began before we looked.
        if len(told) > 1:
            return found
    is_always = found is not None and found.running and found.at < now - timedelta(_LOOK_BACK[-1] - 2)
    return Edge(ALWAYS, running=True) if is_always else found


def edges(schedule: Schedule, first: date, last: date) -> list[Edge]:
    """The edges of windows that begin on local days from `first` to `last`, in order; windows that meet are one."""
    zone = ZoneInfo(schedule.zone)
    spans: list[tuple[datetime, datetime]] = []
    found: list[Edge] = []
    for number in range((last - first).days + 1):
        day = first + timedelta(number)
        for period in (period for period in schedule.periods if day.weekday() in period.days):
            if period.begin is not None and period.end is not None:
                if day not in schedule.skip:
                    spans.append(_span(day, period.begin, period.end, zone))
            elif period.end is not None:
                found.append(Edge(_instant(day, period.end, zone, late=True), running=False))
            elif period.begin is not None and day not in schedule.skip:
                found.append(Edge(_instant(day, period.begin, zone, late=False), running=True))
    for begin, end in _merged(spans):
        found += [Edge(begin, running=True), Edge(end, running=False)]
    return sorted(found, key=lambda edge: (edge.at, edge.running))


def _period(text: str) -> Period:
    found = _PERIOD.fullmatch(text)
    if not found or (found["begin"] is None and found["end"] is None):
        raise ScheduleError(f"{text!r} is no window such as mon-fri 08:00-18:00")
    begin, end = _minutes(found["begin"]), _minutes(found["end"])
    if begin == END_OF_DAY:
        raise ScheduleError("24:00 can only be an end")
    return Period(_weekdays(found["days"]), begin, end)


def _minutes(text: str | None) -> int | None:
    if text is None:
        return None
    hours, minutes = (int(part) for part in text.split(":"))
    if minutes > 59 or hours * 60 + minutes > END_OF_DAY:
        raise ScheduleError(f"{text} is no time of day")
    return hours * 60 + minutes


def _weekdays(text: str) -> frozenset[int]:
    if text in ("any", "daily"):
        return frozenset(range(7))
    found: set[int] = set()
    for part in text.split("."):
        names = part.split("-")
        if len(names) > 2 or any(name not in DAYS for name in names):
            raise ScheduleError(f"{part!r} is no day such as mon, mon-fri or any")
        first, last = DAYS.index(names[0]), DAYS.index(names[-1])
        found |= {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    return frozenset(found)


def _span(day: date, begin: int, end: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    ends_on = day if end > begin else day + timedelta(1)
    return _instant(day, begin, zone, late=False), _instant(ends_on, end, zone, late=True)


def _merged(spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    merged: list[tuple[datetime, datetime]] = []
    for begin, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _instant(day: date, minute: int, zone: ZoneInfo, *, late: bool) -> datetime:
    """A local time as aware UTC; `late` takes the second of two. One that the clock skips is when it skipped it."""
    local = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001
    moment = local.replace(tzinfo=zone, fold=int(late)).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None, fold=0) == local:
        return moment
    # Read with the offset of after the change it is before the change, and the other way round.
    before, after = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (1, 0))
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        before, after = (middle, after) if middle.astimezone(zone).utcoffset() == old else (before, middle)
    return after
