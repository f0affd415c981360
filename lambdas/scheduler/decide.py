"""What to start and what to stop, and what to remember of it. Pure: facts in, decisions out.

What is wanted is acted on once per edge of the schedule: a run that comes late catches up, and what somebody changes
by hand stays until the next edge, unless the schedule is enforced.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from lambdas.runtime.model import Decision, Finding, Gone, Outcome, Status, Unknown, Verb
from lambdas.runtime.protection import is_protection

INSTANCE, DATABASE, CLUSTER, GROUP, SERVICE = "instance", "database", "database cluster", "scaling group", "service"
KINDS = (INSTANCE, DATABASE, CLUSTER, GROUP, SERVICE)
# Something that could not be asked, among the findings so that it is told.
PLACE = "place"
# RDS starts what was stopped for so long.
RDS_PATIENCE = timedelta(days=7)
# So often a start is tried that AWS took back, before a person must look.
TRIES = 3
# EC2's words for a stop that somebody asked for; what else stops an instance is a fault.
_BY_HAND = ("Client.UserInitiated", "Client.InstanceInitiatedShutdown", "User initiated")

_CALLS = {
    (INSTANCE, True): "ec2:StartInstances",
    (INSTANCE, False): "ec2:StopInstances",
    (DATABASE, True): "rds:StartDBInstance",
    (DATABASE, False): "rds:StopDBInstance",
    (CLUSTER, True): "rds:StartDBCluster",
    (CLUSTER, False): "rds:StopDBCluster",
    (GROUP, True): "autoscaling:UpdateAutoScalingGroup",
    (GROUP, False): "autoscaling:UpdateAutoScalingGroup",
    (SERVICE, True): "ecs:UpdateService",
    (SERVICE, False): "ecs:UpdateService",
}


class State(StrEnum):
    """Where a resource is on its way. MOVING ends by itself; in OTHER it can be neither started nor stopped."""

    RUNNING = "running"
    STOPPED = "stopped"
    MOVING = "moving"
    OTHER = "other"


@dataclass(frozen=True)
class Sizes:
    """How many a group or service runs: at least, now, at most."""

    minimum: int
    desired: int
    maximum: int


@dataclass(frozen=True)
class Machine:
    """A resource as AWS describes it now. `told_state` is AWS's own word.

    `hands_off` says why it can be neither started nor stopped, `not_stoppable` why it cannot be stopped, else empty.
    `hibernates` says that its owner switched hibernation on when it was made.
    `why_stopped` is AWS's code for what stopped it; `restarts_at` (aware UTC) is when AWS will start it by itself.
    """

    kind: str
    resource_id: str
    state: State
    told_state: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    hands_off: str = ""
    not_stoppable: str = ""
    why_stopped: str = ""
    sizes: Sizes | None = None
    restarts_at: datetime | None = None
    hibernates: bool = False

    def tag(self, key: str) -> str | None:
        """Value of a tag, None without it."""
        return dict(self.tags).get(key)


@dataclass(frozen=True)
class Memory:
    """What the last run knew of a resource. `seen` is the edge that was seen to, `tried` the one last tried.

    `tries` counts acts on that one; `acted_at` and `restarts_at` are aware UTC. `sizes` are those before a stop.
    """

    seen: str = ""
    tried: str = ""
    tries: int = 0
    is_verified: bool = False
    acted_at: datetime | None = None
    restarts_at: datetime | None = None
    sizes: Sizes | None = None


@dataclass(frozen=True)
class Wish:
    """What is wanted of a resource. `edge` names the moment from which it is wanted; `running` None is hands off.

    `told` is where the wish comes from, for people; `problem` says why it cannot be read, else empty.
    """

    running: bool | None = None
    edge: str = ""
    told: str = ""
    enforced: bool = False
    problem: str = ""


@dataclass(frozen=True)
class Seen:
    """A resource, what is wanted of it, and what is remembered of it."""

    machine: Machine
    wish: Wish
    memory: Memory = Memory()


Live = Mapping[Finding, Seen | Gone | Unknown]


def decide(findings: Sequence[Finding], live: Live, now: datetime) -> list[Decision]:
    """One decision per finding, in the order given; `now` is aware UTC."""
    return [_decide(finding, live.get(finding, Unknown("not looked at")), now) for finding in findings]


def obstacle(machine: Machine, *, running: bool) -> str:
    """Why this resource can not be brought there now, or empty."""
    return next(_obstacles(machine, running=running), "")


def is_brought(machine: Machine, *, running: bool) -> bool:
    """Whether a resource is there, or on its way."""
    on_its_way = ("pending", "starting") if running else ("stopping",)
    return machine.state is (State.RUNNING if running else State.STOPPED) or machine.told_state in on_its_way


def remember(seen: Seen, outcome: Outcome, now: datetime) -> Memory:
    """What the next run is to know of a resource after this one; `now` is aware UTC."""
    machine, wish, memory = seen.machine, seen.wish, seen.memory
    if wish.problem or wish.running is None:
        return memory
    is_there = machine.state is (State.RUNNING if wish.running else State.STOPPED)
    if outcome.decision.verb.changes_account and outcome.status in (Status.DONE, Status.WAITING, Status.FAILED):
        tries = memory.tries + 1 if memory.tried == wish.edge else 1
        done = outcome.status is Status.DONE
        return replace(
            memory,
            seen=wish.edge if done else memory.seen,
            tried=wish.edge,
            tries=tries,
            is_verified=False,
            acted_at=now if done else memory.acted_at,
            restarts_at=now + RDS_PATIENCE
            if done and not wish.running and machine.kind in (DATABASE, CLUSTER)
            else None,
        )
    if is_there:
        restarts_at = machine.restarts_at or memory.restarts_at
        return replace(memory, seen=wish.edge, tried=wish.edge, is_verified=True, tries=0, restarts_at=restarts_at)
    if machine.state is State.RUNNING and memory.restarts_at and now < memory.restarts_at:
        # Started by hand before AWS would have done it.
        return replace(memory, restarts_at=None)
    return memory


def _decide(finding: Finding, seen: Seen | Gone | Unknown, now: datetime) -> Decision:
    if finding.kind == PLACE:
        return Decision.on(finding, Verb.REPORT, finding.problem)
    if not isinstance(seen, Seen):
        why = f"live state unknown: {seen.why}" if isinstance(seen, Unknown) else "not found any more"
        return Decision.on(finding, Verb.LEAVE, why)
    wish = seen.wish
    if wish.problem or wish.running is None:
        return Decision.on(finding, Verb.LEAVE, wish.problem or wish.told)
    stay = next(_reasons_to_stay(seen, running=wish.running, now=now), "")
    if stay:
        return Decision.on(finding, Verb.LEAVE, stay)
    if _was_taken_back(seen) and seen.memory.tries >= TRIES:
        reason = f"started {seen.memory.tries} times, and each time AWS stopped it again: {seen.machine.why_stopped}"
        return Decision.on(finding, Verb.REPORT, reason)
    calls = (f"{_CALLS[finding.kind, wish.running]} {finding.resource_id}",)
    return Decision.on(finding, Verb.START if wish.running else Verb.STOP, _why(seen, now), calls)


def _reasons_to_stay(seen: Seen, *, running: bool, now: datetime) -> Iterator[str]:
    machine, wish, memory = seen.machine, seen.wish, seen.memory
    if machine.state is (State.RUNNING if running else State.STOPPED):
        yield f"is {machine.state}, as {wish.told} wants"
    if machine.state is State.MOVING:
        yield f"is {machine.told_state}; the next run looks again"
    again = wish.enforced or _was_taken_back(seen) or _aws_started_it(seen, now)
    if memory.seen == wish.edge and not again:
        yield f"{machine.state} by hand since; {wish.told} takes it up again at its next change"
    yield from _obstacles(machine, running=running)
    if running and machine.kind in (GROUP, SERVICE) and memory.sizes is None:
        yield "how many it ran before is not known; start it once by hand"


def _obstacles(machine: Machine, *, running: bool) -> Iterator[str]:
    for key, value in machine.tags:
        if is_protection(key, value):
            yield f"protected by tag {key}={value}"
    if machine.hands_off:
        yield machine.hands_off
    if not running and machine.not_stoppable:
        yield machine.not_stoppable
    if machine.state is State.OTHER:
        yield f"its state is {machine.told_state or 'unknown'}"


def _why(seen: Seen, now: datetime) -> str:
    if _was_taken_back(seen):
        return f"started before, but AWS stopped it again: {seen.machine.why_stopped}"
    if _aws_started_it(seen, now):
        return f"AWS started it after its seven days; {seen.wish.told} wants it stopped"
    return f"{seen.wish.told} wants it {'running' if seen.wish.running else 'stopped'}"


def _was_taken_back(seen: Seen) -> bool:
    """Whether it is stopped after we started it, and not by hand: keys, volumes or capacity may be missing."""
    memory, machine = seen.memory, seen.machine
    is_ours = memory.seen == seen.wish.edge and memory.acted_at is not None and not memory.is_verified
    is_down = bool(seen.wish.running) and machine.state is State.STOPPED and bool(machine.why_stopped)
    return is_ours and is_down and not machine.why_stopped.startswith(_BY_HAND)


def _aws_started_it(seen: Seen, now: datetime) -> bool:
    restarts_at = seen.memory.restarts_at
    is_up = not seen.wish.running and seen.machine.state is State.RUNNING
    return is_up and seen.machine.kind in (DATABASE, CLUSTER) and restarts_at is not None and restarts_at <= now
