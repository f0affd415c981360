"""Months that are held back: a total or an identity of theirs does not hold; none of it is published or acted on.

The last build writes one small record, before it swaps the first mart. Whoever acts reads it: rows of a month that is
held back are of an earlier build and only there so that the month is not missing. See docs/decisions/0008.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from lake import zones
from lake.errors import GateClosedError
from lake.store import Store


@dataclass(frozen=True)
class Held:
    """A payer's month that is held back, YYYY-MM, and why: what must be equal, what was expected and what was found."""

    billing_period: str
    billing_account_id: str
    reasons: tuple[str, ...]

    @property
    def bill(self) -> tuple[str, str]:
        """The month and the payer."""
        return self.billing_period, self.billing_account_id

    def told(self) -> str:
        """One sentence for a person, with the first reason."""
        more = f" (and {len(self.reasons) - 1} more)" if len(self.reasons) > 1 else ""
        return f"{self.billing_period} of payer {self.billing_account_id} is held back: {self.reasons[0]}{more}"


def record(store: Store, run_id: str, held: Sequence[Held]) -> None:
    """Write what is held back now, also when it is nothing."""
    document = {"run_id": run_id, "held_back": [asdict(one) for one in held]}
    store.write(zones.HELD_BACK, (json.dumps(document, indent=2) + "\n").encode())


def held_back(store: Store) -> tuple[Held, ...]:
    """What is held back by the last build; nothing in a lake that never held anything back.

    Raises GateClosedError for a record that cannot be read: then nobody knows what may be acted on.
    """
    content = store.read(zones.HELD_BACK)
    if content is None:
        return ()
    try:
        told = json.loads(content)["held_back"]
        held = tuple(
            Held(str(one["billing_period"]), str(one["billing_account_id"]), tuple(one["reasons"])) for one in told
        )
        if not all(one.reasons for one in held):
            raise ValueError("held back without a reason")
    except (ValueError, TypeError, KeyError):
        raise GateClosedError(
            "unreadable",
            "The record of the months that are held back cannot be read.",
            where=store.location(zones.HELD_BACK),
            todo="Run `finops build`.",
        ) from None
    return held
