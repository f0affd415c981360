"""Billing months in UTC: their hours and days up to the last one with usage, and how busy the company is in each."""

from __future__ import annotations

import calendar
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Span(NamedTuple):
    """[start, end) of a charge, aware UTC; `interval` is how the bill writes both in one text."""

    start: datetime
    end: datetime
    interval: str


def span(start: datetime, end: datetime) -> Span:
    """A span with its text. Both ends are aware UTC."""
    return Span(start, end, f"{start:%Y-%m-%dT%H:%M:%SZ}/{end:%Y-%m-%dT%H:%M:%SZ}")


def midnight(day: date) -> datetime:
    """The first moment of a UTC day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


@dataclass(frozen=True)
class Period:
    """A billing month whose last day with usage is `through`; it is open when that is not the month's last day.

    A month that is over may still wait for its invoice: then `has_invoice` is False.
    """

    first: date
    through: date
    has_invoice: bool = True

    @property
    def name(self) -> str:
        """YYYY-MM, as in the partition of an export."""
        return f"{self.first:%Y-%m}"

    @property
    def days_in_month(self) -> int:
        """28 to 31."""
        return calendar.monthrange(self.first.year, self.first.month)[1]

    @property
    def hours_in_month(self) -> int:
        """Hours of the whole month, used or not."""
        return 24 * self.days_in_month

    @property
    def last(self) -> date:
        """The month's last day."""
        return self.first.replace(day=self.days_in_month)

    @property
    def is_open(self) -> bool:
        """Whether usage of the month is still to come: the invoice has no number yet."""
        return self.through < self.last

    @property
    def month(self) -> Span:
        """The whole month, as taxes and monthly fees are dated."""
        return span(midnight(self.first), midnight(self.last) + DAY)

    @property
    def reservation_month(self) -> Span:
        """The whole month as AWS dates reservation fees: up to 23:59:59."""
        return span(midnight(self.first), midnight(self.last) + DAY - timedelta(seconds=1))

    @cached_property
    def hours(self) -> tuple[Span, ...]:
        """Every hour with usage."""
        count = 24 * self.through.day
        start = midnight(self.first)
        return tuple(span(start + at * HOUR, start + (at + 1) * HOUR) for at in range(count))

    @cached_property
    def days(self) -> tuple[Span, ...]:
        """Every day with usage."""
        start = midnight(self.first)
        return tuple(span(start + at * DAY, start + (at + 1) * DAY) for at in range(self.through.day))


def next_month(first: date) -> date:
    """The first day of the month after."""
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def is_working_hour(moment: datetime) -> bool:
    """Monday to Friday, 07:00 to 20:00 UTC."""
    return moment.weekday() < 5 and 7 <= moment.hour < 20


def demand_of_hour(moment: datetime) -> float:
    """Traffic as a share of an ordinary working day's mean: a daily wave, lower on weekends."""
    wave = 1 + 0.45 * math.sin((moment.hour - 8) / 24 * 2 * math.pi)
    return wave * demand_of_day(moment)


def demand_of_day(moment: datetime) -> float:
    """The same for a whole day."""
    return 0.62 if moment.weekday() >= 5 else 1.0


def months_before(day: date, months: int) -> date:
    """The first day of the month that lies so many months before the day's month; a negative count means none."""
    year, month = divmod(day.year * 12 + day.month - 1 - max(0, months), 12)
    return date(year, month + 1, 1)
