"""What a user tells the scheduler: named schedules, and resources that cannot be tagged. Pure: YAML text in.

zone: Europe/Paris                        # of schedules that name none
skip: [2026-12-25]                        # no window begins on these local days
schedules:
  office-hours: mon-fri 08:00-18:00
  lab: mon-fri 07:00-22:00 tz=America/New_York enforced
resources:
  - {account: "111122223333", region: eu-west-1, kind: instance, id: i-0123456789abcdef0, schedule: office-hours}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lambdas.scheduler.decide import KINDS
from lambdas.scheduler.windows import Schedule, ScheduleError, known_zone, parse

_KEYS = {"zone", "skip", "schedules", "resources"}
_RESOURCE_KEYS = {"account", "region", "kind", "id", "schedule"}


@dataclass(frozen=True)
class Config:
    """Schedules by name, what is assigned to (account, region, kind, id), and what holds for schedules in tags."""

    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    assigned: Mapping[tuple[str, str, str, str], str] = field(default_factory=dict)
    zone: str = "UTC"
    skip: frozenset[date] = frozenset()

    def schedule(self, text: str) -> Schedule:
        """The schedule of a name, or as a tag writes it. Raises ScheduleError."""
        found = self.schedules.get(text.strip().lower())
        return found or parse(text, zone=self.zone, skip=self.skip)


def load(content: bytes | None) -> Config:
    """The settings of a file, or none. Raises ScheduleError, which says what is wrong with it."""
    if content is None:
        return Config()
    import yaml

    try:
        told = yaml.safe_load(content) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ScheduleError(f"it is no YAML: {error}") from None
    _check_keys(told, _KEYS, "the file")
    zone = known_zone(str(told.get("zone", "UTC")))
    skip = frozenset(_day(each) for each in told.get("skip") or [])
    named = {str(name).lower(): str(text) for name, text in (told.get("schedules") or {}).items()}
    schedules = {name: _named(name, text, zone, skip) for name, text in named.items()}
    assigned = dict(_assigned(each) for each in told.get("resources") or [])
    for key, name in assigned.items():
        if name.lower() not in schedules:
            raise ScheduleError(f"{key[-1]} has the schedule {name!r}, which is not among the schedules")
    return Config(schedules, assigned, zone, skip)


def _named(name: str, text: str, zone: str, skip: frozenset[date]) -> Schedule:
    try:
        return parse(text, zone=zone, skip=skip)
    except ScheduleError as error:
        raise ScheduleError(f"of the schedule {name!r}, {error}") from None


def _assigned(told: Any) -> tuple[tuple[str, str, str, str], str]:
    _check_keys(told, _RESOURCE_KEYS, "a resource")
    missing = sorted(_RESOURCE_KEYS - set(told))
    if missing:
        raise ScheduleError(f"a resource has no {', '.join(missing)}")
    # YAML reads an account id without quotes as a number, and an octal one at that.
    if not isinstance(told["account"], str) or told["kind"] not in KINDS:
        raise ScheduleError(f"a resource has its account in quotes, and is one of: {', '.join(KINDS)}")
    return (told["account"], str(told["region"]), told["kind"], str(told["id"])), str(told["schedule"])


def _check_keys(told: Any, known: set[str], what: str) -> None:
    if not isinstance(told, dict):
        raise ScheduleError(f"{what} is not a list of keys and values")
    unknown = sorted(str(key) for key in set(told) - known)
    if unknown:
        raise ScheduleError(f"{what} has unknown keys: {', '.join(unknown)}; it may have {', '.join(sorted(known))}")


def _day(told: Any) -> date:
    try:
        return told if isinstance(told, date) else date.fromisoformat(str(told))
    except ValueError:
        raise ScheduleError(f"{told!r} is no day such as 2026-12-25") from None
