"""Marks: what an action means to do, written down before it may. Pure but for reading and writing the one file.

A resource is marked when it is first found; it is acted on once so many builds of the mart found it and so many days
have passed. Between, its owner can tag it, use it, or stop everything. If what would be done to it changes, or it is
no longer to be touched, the mark is gone and time begins anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from lake import zones
from lake.errors import LakeError
from lake.store import Store
from lambdas.runtime import ledger
from lambdas.runtime.model import Decision, Grace

VERSION = 1


@dataclass(frozen=True)
class Mark:
    """Since when (aware UTC) the same is meant for a resource, and in which versions of the mart it was found."""

    since: datetime
    plan: str
    builds: tuple[str, ...]


def advanced(
    marks: Mapping[str, Mark], action: str, decisions: Iterable[Decision], build: str, now: datetime
) -> dict[str, Mark]:
    """The marks after a look at a build of the mart: those that still hold, and new ones; all others are gone."""
    found = {}
    for decision in decisions:
        if not decision.verb.changes_account:
            continue
        key, plan = ledger.key_of(action, decision), plan_of(decision)
        known = marks.get(key)
        if known is None or known.plan != plan:
            found[key] = Mark(now, plan, (build,))
        else:
            found[key] = Mark(known.since, plan, known.builds if build in known.builds else (*known.builds, build))
    return found


def waits_for(mark: Mark, grace: Grace, now: datetime) -> str:
    """What must still pass before a marked resource may be touched, or empty."""
    builds, until = grace.builds - len(mark.builds), mark.since + timedelta(days=grace.days)
    parts = [f"{builds} more build{'s' if builds > 1 else ''} of the mart"] if builds > 0 else []
    parts += [f"{until:%Y-%m-%d %H:%M} UTC"] if until > now else []
    return f"marked on {mark.since:%Y-%m-%d}; waits for {' and '.join(parts)}" if parts else ""


def plan_of(decision: Decision) -> str:
    """What is meant for a resource, as a token: it changes with the verb, the calls, and what they rest on."""
    return hashlib.sha256("\n".join((decision.verb, *decision.calls)).encode()).hexdigest()[:16]


def read(store: Store, action: str) -> dict[str, Mark]:
    """The marks of an action, by the key that the ledger would have. Raises LakeError for a file that is damaged."""
    content = store.read(zones.marks(action))
    if content is None:
        return {}
    try:
        told = json.loads(content)
        if told["version"] != VERSION:
            raise ValueError(f"version {told['version']}")
        return {
            key: Mark(datetime.fromisoformat(each["since"]), each["plan"], tuple(each["builds"]))
            for key, each in told["marks"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LakeError(
            f"The marks of {action} cannot be read: {error}.",
            where=store.location(zones.marks(action)),
            todo="Delete the file: then everything is marked anew, and nothing is touched before its time.",
        ) from None


def write(store: Store, action: str, marks: Mapping[str, Mark]) -> None:
    """Keep the marks, in one step."""
    content = {"version": VERSION, "marks": {key: asdict(marks[key]) for key in sorted(marks)}}
    store.write(zones.marks(action), ledger.as_json(content))
