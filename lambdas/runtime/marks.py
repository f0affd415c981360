"""Marks: what an action means to do, written down before it may. Pure but for reading and writing the one file.

A resource is marked when it is first found; it is acted on once so many builds of the mart found it and so many days
have passed. Between, its owner can tag it, use it, or stop everything. If what would be done to it changes, or it is
no longer to be touched, the mark is gone and time begins anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from lake import zones
from lake.store import Store
from lambdas.runtime import ledger, remembered
from lambdas.runtime.model import Decision, Grace

VERSION = 2


@dataclass(frozen=True)
class Mark:
    """Since when (aware UTC) the same is meant for a resource, and in which versions of the mart it was found.

    `target` is the name by which AWS tags it. A mark without a plan is one that could not be taken off yet.
    """

    since: datetime
    plan: str
    builds: tuple[str, ...]
    verb: str = ""
    account: str = ""
    region: str = ""
    target: str = ""

    @property
    def tag(self) -> str:
        """The value of the tag on the resource."""
        return f"{self.verb} {self.since:%Y-%m-%d} {self.plan}"

    def void(self) -> Mark:
        """The same as one that stands for nothing any more."""
        return replace(self, plan="", builds=())

    def found_in(self, build: str) -> Mark:
        """The same after one more build of the mart."""
        return self if build in self.builds else replace(self, builds=(*self.builds, build))


def advanced(
    marks: Mapping[str, Mark],
    action: str,
    decisions: Iterable[Decision],
    build: str,
    now: datetime,
    tags: Mapping[Decision, str] | None = None,
) -> dict[str, Mark]:
    """The marks after a look at a build of the mart: those that still hold, and new ones; all others are gone.

    `tags` are the marks that the resources carry, if they carry any: one that somebody took off begins anew.
    """
    found = {}
    for decision in decisions:
        if not decision.verb.changes_account:
            continue
        key = ledger.resource_key(action, decision)
        known = marks.get(key)
        if known is not None and holds(known, decision, tags):
            found[key] = known.found_in(build)
        else:
            found[key] = Mark(
                now,
                plan_of(decision),
                (build,),
                str(decision.verb),
                decision.account,
                decision.region,
                decision.tagged_as,
            )
    return found


def holds(mark: Mark, decision: Decision, tags: Mapping[Decision, str] | None = None) -> bool:
    """Whether a mark says what is meant now, in the lake and, if there are tags, on the resource."""
    return mark.plan == plan_of(decision) and (tags is None or tags.get(decision) == mark.tag)


def waits_for(mark: Mark, grace: Grace, now: datetime) -> str:
    """What must still pass before a marked resource may be touched, or empty."""
    builds, until = grace.builds - len(mark.builds), mark.since + timedelta(days=grace.days)
    parts = [f"{builds} more build{'s' if builds > 1 else ''} of the mart"] if builds > 0 else []
    parts += [f"{until:%Y-%m-%d %H:%M} UTC"] if until > now else []
    return f"marked on {mark.since:%Y-%m-%d}; waits for {' and '.join(parts)}" if parts else ""


def plan_of(decision: Decision) -> str:
    """What is meant for a resource, as a token: it changes with the verb, the calls, and the state they rest on."""
    parts = (decision.asks_for or decision.verb, *decision.calls, *decision.rests_on)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def read(store: Store, action: str) -> dict[str, Mark]:
    """The marks of an action, by resource. Raises LakeError for a file that is damaged."""
    return remembered.read(
        store,
        zones.marks(action),
        VERSION,
        lambda told: {key: _parsed(each) for key, each in told["marks"].items()},
        what=f"The marks of {action}",
        todo="Delete the file: then everything is marked anew, and nothing is touched before its time.",
    )


def _parsed(told: dict[str, Any]) -> Mark:
    return Mark(**{**told, "since": datetime.fromisoformat(told["since"]), "builds": tuple(told["builds"])})


def write(store: Store, action: str, marks: Mapping[str, Mark]) -> None:
    """Keep the marks, in one step."""
    content = {"version": VERSION, "marks": {key: asdict(marks[key]) for key in sorted(marks)}}
    store.write(zones.marks(action), ledger.as_json(content))
