"""What an action brings to the loop, and what the loop brings to an action."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from lake.accounts import Accounts
from lake.store import Store
from lambdas.runtime.model import Decision, Finding, Gone, Outcome, Patience, Request, Ticket, Unknown

Facts = TypeVar("Facts")


class Action(Protocol[Facts]):
    """What an action brings to the loop. `candidates` and `decide` are pure; `look` and `rehearse` only read."""

    name: str
    mart: str
    columns: tuple[str, ...]

    def candidates(self, rows: Sequence[Mapping[str, Any]]) -> list[Finding]:
        """The findings among the mart's rows, each resource once."""
        ...

    def look(self, findings: Sequence[Finding], accounts: Accounts) -> Mapping[Finding, Facts | Gone | Unknown]:
        """What the accounts say of them now. Never raises for an account or a resource: that is Unknown."""
        ...

    def decide(
        self,
        findings: Sequence[Finding],
        live: Mapping[Finding, Facts | Gone | Unknown],
        request: Request,
        now: datetime,
    ) -> list[Decision]:
        """One decision per finding, in the same order."""
        ...

    def rehearse(self, decision: Decision, accounts: Accounts, ticket: Ticket) -> Outcome:
        """Ask AWS whether it would allow the calls of a decision."""
        ...

    def act(self, decision: Decision, accounts: Accounts, ticket: Ticket) -> Outcome:
        """Look again, do it, and say what was and what is now. May raise; the loop reports it."""
        ...


@dataclass(frozen=True)
class Run:
    """Where and when an action runs. `now` is aware UTC and decides; `clock` only stamps what was done."""

    store: Store
    accounts: Accounts
    run_id: str
    now: datetime
    patience: Patience = field(default_factory=Patience)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    tell: Callable[[str], None] = lambda line: None
