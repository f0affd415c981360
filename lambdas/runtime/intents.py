"""What an action is about to do, written before the call, so that no act is without its entry in the ledger.

A run that is cut off between a call and its record leaves this behind. The next one looks: what is done goes to the
ledger as it was meant, of the moment when it was meant; of what is as it was nothing is kept, and all begins anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from lake import zones
from lake.store import Store
from lambdas.runtime import ledger, remembered
from lambdas.runtime.action import Action, Facts, Run, Settles
from lambdas.runtime.model import Finding, Gone, Outcome, Unknown, Verb

VERSION = 1
Entry = Mapping[str, Any]


class Intents:
    """What one action is about to do, as entries that the ledger would have; one run at a time holds its lock."""

    def __init__(self, store: Store, action: str, entries: Mapping[str, Entry]) -> None:
        self._store = store
        self._action = action
        self._entries = dict(entries)
        self._written = dict(entries)

    @property
    def entries(self) -> dict[str, Entry]:
        """Those of which nobody knows yet what became of them, by the key of the ledger."""
        return dict(self._entries)

    def add(self, outcome: Outcome, run_id: str, now: datetime) -> None:
        """Write what is done next; `now` is aware UTC. Raises what the store does: then nothing may be called."""
        entry = ledger.entry_of(self._action, outcome, run_id, now)
        self._entries[str(entry["key"])] = entry
        try:
            self.keep()
        except Exception:
            self.drop(str(entry["key"]))
            raise

    def drop(self, key: str) -> None:
        """Forget one that is on record, or was not done; written with the next one, or at the end."""
        self._entries.pop(key, None)

    def keep(self) -> None:
        """Write those that there are, if that is not what the file says."""
        if self._entries != self._written:
            content = {"version": VERSION, "intents": self._entries}
            self._store.write(zones.action_intents(self._action), ledger.as_json(content))
            self._written = dict(self._entries)


def read(store: Store, action: str) -> Intents:
    """What earlier runs of an action left. Raises LakeError for a file that is damaged."""
    found = remembered.read(
        store,
        zones.action_intents(action),
        VERSION,
        lambda told: {key: dict(each) for key, each in told["intents"].items()},
        what=f"What {action} was about to do",
        todo="Look in CloudTrail whether it was done, then delete the file.",
    )
    return Intents(store, action, found)


def settle(run: Run, action: Action[Facts], intents: Intents) -> list[str]:
    """Record what was done of that which earlier runs were about to do, and tell it; what is not known yet stays."""
    if not intents.entries or not isinstance(action, Settles):
        return []
    known = ledger.known_keys(run.store, action.name)
    for key in known & intents.entries.keys():
        intents.drop(key)
    findings = {_finding(entry): key for key, entry in intents.entries.items()}
    live = action.look(list(findings), run.accounts, run.now) if findings else {}
    told = []
    for finding, key in findings.items():
        entry, facts = intents.entries[key], live.get(finding, Unknown("not looked at"))
        verb, subject = Verb(entry["verb"]), f"{entry['resource_id']} by run {entry['run_id']}"
        if isinstance(facts, Unknown):
            told.append(f"Whether {subject} was {verb.past} is not known yet: {facts.why}.")
            continue
        is_done = verb.takes_away if isinstance(facts, Gone) else action.is_done(verb, entry["after"], facts)
        if is_done:
            detail = f"found {verb.past}: run {entry['run_id']} was about to do it and was cut off before its record"
            ledger.write(run.store, action.name, {**entry, "detail": detail})
            told.append(f"Found {verb.past}, and recorded now: {subject}, which was cut off.")
        intents.drop(key)
    intents.keep()
    return told


def was_refused(error: Exception) -> bool:
    """Whether AWS said no. Of any other failure nobody knows whether the call was carried out."""
    from botocore.exceptions import ClientError

    if not isinstance(error, ClientError):
        return False
    return 400 <= int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)) < 500


def _finding(entry: Entry) -> Finding:
    amounts = (entry["monthly_cost"], entry["monthly_savings_cost"])
    cost, saved = (None if amount is None else Decimal(amount) for amount in amounts)
    return Finding(
        entry["plan_key"],
        entry["rule_id"] or "",
        entry["kind"],
        entry["resource_id"],
        entry["account"],
        entry["region"],
        cost,
        entry["currency"],
        monthly_savings_cost=saved,
    )
