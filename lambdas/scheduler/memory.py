"""What the scheduler knows from run to run: one file per account and region, beside the ledger."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from lake import zones
from lake.store import Store
from lambdas.runtime import remembered
from lambdas.runtime.ledger import as_json
from lambdas.scheduler.decide import Memory, Sizes

ACTION = "scheduler"
VERSION = 1


def read(store: Store, account: str, region: str) -> dict[str, Memory]:
    """What is remembered of resources, by kind and id. Raises LakeError for a file that cannot be read."""
    return remembered.read(
        store,
        zones.action_memory(ACTION, account, region),
        VERSION,
        lambda told: {name: _memory(each) for name, each in told["resources"].items()},
        what="What the scheduler remembers",
        todo="Mend or delete it. Without it, what was changed by hand is set back once.",
    )


def write(store: Store, account: str, region: str, known: dict[str, Memory]) -> None:
    """Keep what is remembered, in one step. Raises OSError or botocore errors when it cannot be kept."""
    content = {"version": VERSION, "resources": {name: asdict(known[name]) for name in sorted(known)}}
    store.write(zones.action_memory(ACTION, account, region), as_json(content))


def _memory(told: dict[str, Any]) -> Memory:
    moments = {name: datetime.fromisoformat(told[name]) if told[name] else None for name in ("acted_at", "restarts_at")}
    return Memory(**{**told, **moments, "sizes": Sizes(**told["sizes"]) if told["sizes"] else None})
