"""What a person approved: one file per resource, bound to what was meant for it then, and only for a time.

Whoever acts may read these files and not write them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from lake import zones
from lake.store import Store
from lambdas.runtime import ledger
from lambdas.runtime.marks import plan_of
from lambdas.runtime.model import Decision, Verb

VERSION = 1


@dataclass(frozen=True)
class Approval:
    """Who approved what, as a hash of plan and state, since when and until when (aware UTC)."""

    resource_id: str
    plan: str
    approved_by: str
    approved_at: datetime
    expires_at: datetime


def applied(store: Store, action: str, decisions: Sequence[Decision], now: datetime) -> list[Decision]:
    """The decisions, with those that a person approved as they are meant now. The others say what is missing."""
    return [_applied(store, action, one, now) if one.verb is Verb.NEEDS_APPROVAL else one for one in decisions]


def grant(store: Store, action: str, decision: Decision, by: str, now: datetime, until: datetime) -> Approval:
    """Approve what a decision asks for; an older approval of the same is replaced."""
    approval = Approval(decision.resource_id, plan_of(decision), by, now, until)
    key = zones.approval(action, ledger.resource_key(action, decision))
    store.write(key, ledger.as_json({"version": VERSION, "action": action, **asdict(approval)}))
    return approval


def _applied(store: Store, action: str, decision: Decision, now: datetime) -> Decision:
    content = store.read(zones.approval(action, ledger.resource_key(action, decision)))
    if content is None or decision.asks_for is None:
        return decision
    try:
        approval = _parsed(content)
    except (ValueError, KeyError, TypeError):
        return replace(decision, reason=f"{decision.reason}; its approval cannot be read")
    day = f"{approval.approved_at:%Y-%m-%d}"
    if approval.expires_at <= now:
        return replace(decision, reason=f"{decision.reason}; the approval of {day} has expired")
    if approval.plan != plan_of(decision):
        return replace(decision, reason=f"{decision.reason}; it has changed since it was approved on {day}")
    approved = f"approved by {approval.approved_by} on {day}"
    return replace(
        decision, verb=decision.asks_for, reason=f"{decision.reason}; {approved}", approval=approved, asks_for=None
    )


def _parsed(content: bytes) -> Approval:
    told = json.loads(content)
    if told.pop("version") != VERSION:
        raise ValueError("another version")
    del told["action"]
    moments = {name: datetime.fromisoformat(told[name]) for name in ("approved_at", "expires_at")}
    if any(moment.tzinfo is None for moment in moments.values()):
        raise ValueError("a moment without a time zone")
    return Approval(**{**told, **moments})
