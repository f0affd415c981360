"""The record of every act: one file, written once, under a key that the same act always has."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from lake import zones
from lake.store import Store
from lambdas.runtime.model import Decision, Finding, Outcome, Ticket, Verb

VERSION = 1


def key_of(action: str, subject: Decision | Finding) -> str:
    """SHA-256 of action, resource and plan: a repeat of the same act has the same key."""
    parts = (action, subject.account, subject.region, subject.resource_id, subject.plan_key)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def resource_key(action: str, subject: Decision | Finding) -> str:
    """SHA-256 of action and resource: a mart's findings have other ids every month, what is meant for it lasts."""
    parts = (action, subject.account, subject.region, subject.kind, subject.resource_id)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def known_keys(store: Store, action: str) -> frozenset[str]:
    """Keys of everything this action ever did; one listing."""
    prefix = zones.ledger_entry(action, "").removesuffix(".json")
    return frozenset(file.key.removeprefix(prefix).removesuffix(".json") for file in store.files(prefix))


def told(store: Store, action: str, key: str) -> str:
    """One sentence about an act done before."""
    content = store.read(zones.ledger_entry(action, key))
    try:
        entry = json.loads(content or b"")
        return f"{Verb(entry['verb']).past} on {entry['acted_at'][:10]} by run {entry['run_id']}"
    except (ValueError, KeyError, TypeError):
        return "the ledger has an entry for it, which cannot be read"


def record(store: Store, action: str, outcome: Outcome, ticket: Ticket, acted_at: datetime) -> bool:
    """Write what was done; `acted_at` is aware UTC. False when the same act was already on record."""
    return write(store, action, entry_of(action, outcome, ticket.run_id, acted_at))


def write(store: Store, action: str, entry: Mapping[str, object]) -> bool:
    """Write an entry. False when the same act was already on record."""
    return store.write_once(zones.ledger_entry(action, str(entry["key"])), as_json(entry))


def entry_of(action: str, outcome: Outcome, run_id: str, acted_at: datetime) -> dict[str, object]:
    """What the ledger says of an act; `acted_at` is aware UTC."""
    decision = outcome.decision
    return {
        "version": VERSION,
        "action": action,
        "key": key_of(action, decision),
        "run_id": run_id,
        "plan_key": decision.plan_key,
        "rule_id": decision.rule_id or None,
        "acted_at": acted_at,
        "verb": decision.verb,
        "kind": decision.kind,
        "resource_id": decision.resource_id,
        "account": decision.account,
        "region": decision.region,
        "reason": decision.reason,
        "approval": decision.approval,
        "monthly_cost": decision.monthly_cost,
        "monthly_savings_cost": decision.monthly_savings_cost,
        "currency": decision.currency,
        "detail": outcome.detail,
        "before": outcome.before,
        "after": outcome.after,
        "undo": outcome.undo,
    }


def as_json(document: Mapping[str, object]) -> bytes:
    """JSON bytes in which no digit of an amount and no zone of a time is lost."""
    return json.dumps(document, default=_plain, indent=2, ensure_ascii=False).encode()


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
