"""An instance that holds a volume and is stopped: what the account says of it, and why its volume stays. Pure.

The instance costs nothing, its volumes cost as ever. Without one of them it cannot be started as it was, so its owner
has the last word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lambdas.idle_cleanup.reasons import Tags, against_tags

# As the mart's rule has it.
STOPPED_DAYS = 30
SCHEDULE = "schedule"
_OWNERS = {
    "aws:autoscaling:": "a scaling group",
    "aws:elasticmapreduce:": "an EMR cluster",
    "aws:eks:": "an EKS cluster",
    "eks:": "an EKS cluster",
    "aws:ecs:": "an ECS cluster",
    "elasticbeanstalk:": "Elastic Beanstalk",
}


@dataclass(frozen=True)
class Holder:
    """An instance that a volume is attached to, or was until a run took it off and was cut off then.

    `device` is the name under which it has the volume. `stopped_at` is aware UTC and EC2's own moment, None when EC2
    tells none; `why_stopped` are EC2's words. `is_kept` says that it is protected against termination.
    """

    instance_id: str
    device: str
    state: str = ""
    stopped_at: datetime | None = None
    why_stopped: str = ""
    tags: Tags = ()
    lifecycle: str = ""
    operator: str = ""
    is_kept: bool = False


def against(holder: Holder, now: datetime) -> Iterator[str]:
    """Why a volume of this instance stays; `now` is aware UTC."""
    return (f"its instance {holder.instance_id} {reason}" for reason in _against(holder, now))


def _against(holder: Holder, now: datetime) -> Iterator[str]:
    if not holder.state:
        yield "is not found"
    elif holder.state != "stopped":
        yield f"is {holder.state}, not stopped"
    if not holder.device:
        yield "has it under a name that is not known"
    if holder.stopped_at is None:
        yield "is stopped since a moment that EC2 does not tell"
    elif (now - holder.stopped_at).days < STOPPED_DAYS:
        yield f"was stopped {(now - holder.stopped_at).days} days ago, less than {STOPPED_DAYS}"
    if "hibernat" in holder.why_stopped.lower():
        yield "is hibernated: its memory lies on a volume"
    if holder.is_kept:
        yield "is protected against termination"
    if holder.lifecycle:
        yield f"is a {holder.lifecycle} instance"
    if holder.operator:
        yield f"is managed by {holder.operator}"
    yield from _against_tags(holder.tags)


def _against_tags(tags: Tags) -> Iterator[str]:
    for key, _ in tags:
        owner = next((owner for prefix, owner in _OWNERS.items() if key.lower().startswith(prefix)), "")
        if owner:
            yield f"belongs to {owner}"
        if key.lower().startswith(SCHEDULE):
            yield "has a schedule that starts it"
    for reason in against_tags(tags):
        yield f"is kept: {reason}"
