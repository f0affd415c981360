"""What an action brings to the loop, and what the loop brings to an action."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar, runtime_checkable

from lake.accounts import Accounts
from lake.store import Store
from lambdas.runtime.model import Caps, Decision, Finding, Gone, Outcome, Patience, Request, Ticket, Unknown, Verb

Facts = TypeVar("Facts")


@dataclass(frozen=True)
class Reach:
    """Where an action looks that does not follow the bill. () are the caller's own account, and `home` alone.

    The region `all` stands for those that are enabled in an account.
    """

    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    home: str = "us-east-1"


@dataclass(frozen=True)
class Run:
    """Where and when an action runs. `now` is aware UTC and decides; `clock` only stamps what was done.

    `settings` are words of the environment that one action alone understands, such as a topic's name.
    """

    store: Store
    accounts: Accounts
    run_id: str
    now: datetime
    patience: Patience = field(default_factory=Patience)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    tell: Callable[[str], None] = lambda line: None
    reach: Reach = Reach()
    settings: Mapping[str, str] = field(default_factory=dict)


class Action(Protocol[Facts]):
    """What an action brings to the loop. `decide` is pure; `look` and `rehearse` only read.

    `mart` is what it rests on, "" when it follows no bill. `caps` are its usual limits. `is_once` says that a finding
    is acted on once, as the ledger tells; an action that comes back to a resource knows from elsewhere what it did.
    `is_marked_by_tag` says that a mark is a tag on the resource, too; the facts of such an action have `tags`.
    """

    name: str
    mart: str
    caps: Caps = Caps()
    is_once: bool = True
    is_marked_by_tag: bool = False
    # Under which lock of the lake it acts: one of its own when it must not wait for a build.
    lock: str = ""

    def look(
        self, findings: Sequence[Finding], accounts: Accounts, now: datetime
    ) -> Mapping[Finding, Facts | Gone | Unknown]:
        """What the accounts say of them now, aware UTC. Never raises for an account or a resource: that is Unknown."""
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


@runtime_checkable
class ReadsMart(Protocol):
    """An action whose findings are the rows of its mart. Pure."""

    columns: tuple[str, ...]

    def candidates(self, rows: Sequence[Mapping[str, Any]]) -> list[Finding]:
        """The findings among the mart's rows, each resource once."""
        ...


@dataclass(frozen=True)
class Found:
    """Findings, and the version of the mart that they rest on, "" for none."""

    findings: tuple[Finding, ...]
    mart_version: str = ""


@runtime_checkable
class Finds(Protocol):
    """An action that finds by itself what to look at: in the accounts, or in more than rows of one small mart."""

    def find(self, run: Run, request: Request) -> Found:
        """What there is. Raises GateClosedError where it rests on marts. What cannot be asked is a finding, too."""
        ...


@runtime_checkable
class Settles(Protocol):
    """An action that writes down what it is about to do, and sees later whether that was done. Pure."""

    def is_done(self, verb: Verb, after: Mapping[str, Any], facts: Any) -> bool:
        """Whether a resource that is there is as the act would have left it; `after` is what the ledger would say."""
        ...


@runtime_checkable
class Notes(Protocol):
    """An action that has more to say than what became of each resource."""

    def notes(self, outcomes: Sequence[Outcome]) -> list[str]:
        """Sentences for the end of the report."""
        ...


@runtime_checkable
class Remembers(Protocol):
    """An action that keeps something from run to run."""

    def remember(self, outcomes: Sequence[Outcome], ticket: Ticket) -> None:
        """Write what is to be known by the next run; called once, when an applying run is through."""
        ...
