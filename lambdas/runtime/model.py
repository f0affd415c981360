"""The facts an action works with. Pure: nothing here reads a lake, an account, a clock or the environment."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Verb(StrEnum):
    """What a decision says. REPORT touches nothing and counts as a failure."""

    DELETE = "delete"
    RELEASE = "release"
    START = "start"
    STOP = "stop"
    TAG = "tag"
    RESIZE = "resize"
    CONVERT = "convert"
    SEND = "send"
    REPORT = "report"
    NEEDS_APPROVAL = "needs approval"
    LEAVE = "leave alone"

    @property
    def changes_account(self) -> bool:
        """Whether this verb touches the account."""
        return self not in (Verb.REPORT, Verb.NEEDS_APPROVAL, Verb.LEAVE)

    @property
    def takes_away(self) -> bool:
        """Whether a resource is not there any more once this is done."""
        return self in (Verb.DELETE, Verb.RELEASE)

    @property
    def past(self) -> str:
        """The verb once it is done."""
        return _PAST.get(self, str(self))


_PAST = {
    Verb.DELETE: "deleted",
    Verb.RELEASE: "released",
    Verb.START: "started",
    Verb.STOP: "stopped",
    Verb.TAG: "tagged",
    Verb.RESIZE: "resized",
    Verb.CONVERT: "converted",
    Verb.SEND: "sent",
}


class Status(StrEnum):
    """What became of a decision."""

    WOULD_ACT = "would act"
    REFUSED = "AWS would refuse"
    MARKED = "marked"
    ONLY_TOLD = "only told"
    DONE = "done"
    ALREADY_DONE = "already done"
    WAITING = "waiting"
    LEFT_ALONE = "left alone"
    NOT_STARTED = "not started"
    FAILED = "failed"


@dataclass(frozen=True)
class Finding:
    """One resource that the mart proposes. `resource_id` is the id AWS wants, not the ARN of the bill.

    `plan_key` is the mart's finding id: the same while the finding lasts, so that a repeat finds what was done.
    `monthly_cost` is in `currency`, None when unknown. `problem` says why the row alone rules it out, else empty.
    """

    plan_key: str
    rule_id: str
    kind: str
    resource_id: str
    account: str
    region: str
    monthly_cost: Decimal | None
    currency: str
    problem: str = ""
    monthly_savings_cost: Decimal | None = None


@dataclass(frozen=True)
class Unknown:
    """Live facts that could not be read, and why. Unknown is never idle."""

    why: str


@dataclass(frozen=True)
class Gone:
    """The account has no such resource."""


@dataclass(frozen=True)
class Decision:
    """What to do with one resource, and why. `calls` are the changing AWS calls, as a person would write them.

    `rests_on` are the live facts that must stay as they are until it is done. `target` is the name that AWS takes for
    the resource where that is not `resource_id`, `owner` whom its tag names. `asks_for` is what a person may approve,
    `approval` who did.
    """

    verb: Verb
    kind: str
    resource_id: str
    account: str
    region: str
    reason: str
    monthly_cost: Decimal | None
    currency: str
    plan_key: str
    calls: tuple[str, ...] = ()
    rule_id: str = ""
    monthly_savings_cost: Decimal | None = None
    rests_on: tuple[str, ...] = ()
    target: str = ""
    owner: str = ""
    asks_for: Verb | None = None
    approval: str = ""

    @property
    def tagged_as(self) -> str:
        """The name by which AWS tags the resource."""
        return self.target or self.resource_id

    @classmethod
    def on(
        cls,
        finding: Finding,
        verb: Verb,
        reason: str,
        calls: tuple[str, ...] = (),
        *,
        rests_on: tuple[str, ...] = (),
        target: str = "",
        asks_for: Verb | None = None,
    ) -> Decision:
        """A decision on a finding."""
        return cls(
            verb=verb,
            kind=finding.kind,
            resource_id=finding.resource_id,
            account=finding.account,
            region=finding.region,
            reason=reason,
            monthly_cost=finding.monthly_cost,
            currency=finding.currency,
            plan_key=finding.plan_key,
            calls=calls,
            rule_id=finding.rule_id,
            # What is not there any more costs nothing: a mart tells a saving only where it is less than the cost.
            monthly_savings_cost=finding.monthly_savings_cost or finding.monthly_cost,
            rests_on=rests_on,
            target=target,
            asks_for=asks_for,
        )


@dataclass(frozen=True)
class Outcome:
    """What became of one decision. `before`, `after` and `undo` are what the ledger keeps of a done act."""

    status: Status
    decision: Decision
    detail: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    undo: str = ""


@dataclass(frozen=True)
class Caps:
    """Limits of one run, checked before the first call.

    `max_monthly_cost` bounds the summed monthly cost of what is touched, per currency. `max_share_pct` bounds how much
    of what was looked at may be touched, from `share_from` resources on: when nearly all candidates look unused, the
    fault is more likely in what we see. `max_per_owner` bounds how much of one owner, as the tag `Owner`
    names him, is touched.
    """

    max_count: int = 10
    max_monthly_cost: Decimal = Decimal(500)
    max_share_pct: Decimal = Decimal(90)
    share_from: int = 10
    max_per_owner: int = 5


@dataclass(frozen=True)
class Grace:
    """How long what was found is only marked: in builds of the mart and in days, both of which must have passed."""

    builds: int = 0
    days: int = 0


@dataclass(frozen=True)
class Request:
    """What a user asked of a run. Dry run unless `apply`, or `mark`: that only marks what `apply` would touch later.

    `approved` are the verbs that need a person's word.
    Of snapshots are kept those of so many days, and so many of each volume, whichever keeps more. Findings of a new
    rule are only told in the first `notify_builds` builds of the mart.
    """

    apply: bool = False
    mark: bool = False
    caps: Caps = field(default_factory=Caps)
    approved: frozenset[Verb] = frozenset()
    min_age: timedelta = timedelta(days=14)
    max_data_age: timedelta = timedelta(days=4)
    keep_days: int = 90
    keep_count: int = 3
    grace: Grace = field(default_factory=Grace)
    notify_builds: int = 0

    @property
    def is_dry(self) -> bool:
        """Whether the run changes nothing."""
        return not (self.apply or self.mark)


@dataclass(frozen=True)
class Patience:
    """How long a run may wait. Seconds; `ends_at` is the moment on `clock` after which no new act begins."""

    seconds: float = 300
    pause: float = 10
    ends_at: float | None = None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    @property
    def is_over(self) -> bool:
        """Whether the run's time is up."""
        return self.ends_at is not None and self.clock() >= self.ends_at

    def rounds(self) -> Iterator[None]:
        """One round at once, then one after each pause until the wait or the run's time is up."""
        until = self.clock() + self.seconds
        yield
        while self.clock() + self.pause <= min(until, self.ends_at or until):
            self.sleep(self.pause)
            yield


@dataclass(frozen=True)
class Ticket:
    """What an act needs to know of its run. `now` is aware UTC.

    `intend` writes down what the next call does, as the outcome that is recorded once it is done. An act calls it right
    before the one call that does it. Raises what the lake does: then nothing may be called.
    """

    run_id: str
    now: datetime
    request: Request
    patience: Patience = field(default_factory=Patience)
    intend: Callable[[Outcome], None] = lambda outcome: None
