"""What may be said of a mart's numbers: whether the newest verdict speaks of these very bytes, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lake import verdicts
from lake.errors import GateClosedError
from lake.held import held_back
from lake.marts import MartFiles, PublishedMart
from lake.store import Store
from lake.verdicts import Verdict


class State(StrEnum):
    """Only VALIDATED may be shown in green."""

    VALIDATED = "validated"
    EXPIRED = "expired"
    NOT_VALIDATED = "not validated"
    FAILED = "failed"
    HELD_BACK = "held back"


@dataclass(frozen=True)
class Standing:
    """A mart's state with its reason in one sentence, and the run that validated it, if one did."""

    mart: str
    state: State
    reason: str
    run_id: str = ""


def standing(published: PublishedMart | MartFiles, verdict: Verdict | None, now: datetime) -> Standing:
    """The standing of a mart as published; `now` is aware UTC.

    Another version's verdict, green or red, says nothing about this one. Raises ValueError or TypeError for a
    verdict whose times cannot be read.
    """
    mart = published.name
    if verdict is None:
        return Standing(mart, State.NOT_VALIDATED, "no validation of it has run")
    if verdict.mart != mart or verdict.version != published.version:
        return Standing(mart, State.NOT_VALIDATED, "it was rebuilt after the newest validation", verdict.run_id)
    failures = verdict.critical_failures + verdict.errors
    if verdict.passed is not True or failures or verdict.evaluated < 1:
        return Standing(mart, State.FAILED, ", ".join(failures) or "nothing was evaluated", verdict.run_id)
    at = datetime.fromisoformat(verdict.validated_at)
    if datetime.fromisoformat(verdict.expires_at) <= now:
        return Standing(mart, State.EXPIRED, f"checked {at:%Y-%m-%d %H:%M} UTC; too long ago to act on", verdict.run_id)
    checks = f"{verdict.evaluated} checks, {at:%Y-%m-%d %H:%M} UTC"
    warned = f"; warnings: {', '.join(verdict.warning_failures)}" if verdict.warning_failures else ""
    return Standing(mart, State.VALIDATED, checks + warned, verdict.run_id)


def read_standing(store: Store, published: PublishedMart | MartFiles, now: datetime) -> Standing:
    """The standing of a mart by the newest verdict in the lake; an unreadable verdict validates nothing."""
    try:
        return standing(published, verdicts.newest(store, published.name), now)
    except (ValueError, TypeError, KeyError):
        return Standing(published.name, State.NOT_VALIDATED, "the newest verdict cannot be read")


def read_held_back(store: Store) -> tuple[Standing, ...]:
    """A standing for each payer's month that the last build held back: its numbers are those of an earlier build."""
    try:
        held = held_back(store)
    except GateClosedError as unreadable:
        return (Standing("months held back", State.HELD_BACK, unreadable.what),)
    return tuple(
        Standing(f"{one.billing_period}, payer {one.billing_account_id}", State.HELD_BACK, one.told()) for one in held
    )


def overall(standings: Sequence[Standing]) -> State:
    """The worst state of all."""
    for state in (State.FAILED, State.HELD_BACK, State.NOT_VALIDATED, State.EXPIRED):
        if any(one.state is state for one in standings):
            return state
    return State.VALIDATED
