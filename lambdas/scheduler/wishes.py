"""What a resource's tags, or the settings, want of it at a moment. Pure."""

from __future__ import annotations

from datetime import datetime

from lambdas.scheduler.config import Config
from lambdas.scheduler.decide import Machine, Wish
from lambdas.scheduler.windows import ScheduleError, parse_override, wanted

TAG = "Schedule"
OVERRIDE = "Schedule:override"


def wish(machine: Machine, account: str, region: str, config: Config, now: datetime) -> Wish:
    """What is wanted of a resource at `now` (aware UTC). What cannot be read wants nothing, and says so."""
    text = machine.tag(TAG) or config.assigned.get((account, region, machine.kind, machine.resource_id), "")
    try:
        return _overridden(machine, now) or _scheduled(text, config, now)
    except ScheduleError as error:
        return Wish(problem=f"its schedule cannot be read: {error}")


def _overridden(machine: Machine, now: datetime) -> Wish | None:
    text = machine.tag(OVERRIDE)
    if text is None:
        return None
    override = parse_override(text)
    if override.until is not None and override.until <= now:
        return None
    return Wish(override.running, edge=f"override {text.strip()}", told=f"the override {text.strip()!r}")


def _scheduled(text: str, config: Config, now: datetime) -> Wish:
    if text.strip().lower() == "hold":
        return Wish(told="its schedule says hold")
    schedule = config.schedule(text)
    edge = wanted(schedule, now)
    told = f"the schedule {text.strip()!r}"
    if edge is None:
        return Wish(told=f"{told} did not begin yet")
    return Wish(
        edge.running, f"{'start' if edge.running else 'stop'} {edge.at:%Y-%m-%dT%H:%MZ}", told, schedule.enforced
    )
