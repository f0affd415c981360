"""What the scheduler knows from run to run: one file per account and region, beside the ledger."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from lake import zones
from lake.errors import LakeError
from lake.store import Store
from lambdas.runtime.ledger import as_json
from lambdas.scheduler.decide import Memory, Sizes

ACTION = "scheduler"
VERSION = 1


def read(store: Store, account: str, region: str) -> dict[str, Memory]:
    """What is remembered of resources, by kind and id. Raises LakeError for a file that cannot be read."""
    key = zones.action_memory(ACTION, account, region)
    content = store.read(key)
    if content is None:
        return {}
    try:
        told = json.loads(content)
        if told["version"] != VERSION:
            raise ValueError(f"version {told['version']}")
        return {name: _memory(each) for name, each in told["resources"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LakeError(
            f"What the scheduler remembers cannot be read: {error}.",
            where=store.location(key),
            todo="Mend or delete it. Without it, what was changed by hand is set back once.",
        ) from None


def write(store: Store, account: str, region: str, known: dict[str, Memory]) -> None:
    """Keep what is remembered, in one step. Raises OSError or botocore errors when it cannot be kept."""
    content = {"version": VERSION, "resources": {name: asdict(known[name]) for name in sorted(known)}}
    store.write(zones.action_memory(ACTION, account, region), as_json(content))


def _memory(told: dict[str, Any]) -> Memory:
    moments = {name: datetime.fromisoformat(told[name]) if told[name] else None for name in ("acted_at", "restarts_at")}
    return Memory(**{**told, **moments, "sizes": Sizes(**told["sizes"]) if told["sizes"] else None})
