"""The action `scheduler` as the loop sees it: what has a schedule, and how to bring it where that wants it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from lake import zones
from lake.accounts import Accounts, UnreachableError, code_of, in_words
from lake.errors import SettingsError
from lake.store import Store
from lambdas.runtime.action import Action, Found, Run
from lambdas.runtime.model import Caps, Decision, Finding, Gone, Outcome, Request, Status, Ticket, Unknown, Verb
from lambdas.runtime.places import Place, places
from lambdas.scheduler import calls, config, decide, fleets, look, memory, wishes
from lambdas.scheduler.config import Config
from lambdas.scheduler.decide import CLUSTER, DATABASE, GROUP, INSTANCE, PLACE, SERVICE, TRIES, Machine, Memory, Seen
from lambdas.scheduler.windows import ScheduleError

# AWS has no room at this moment, and may have in the next run.
NO_ROOM = (
    "InsufficientInstanceCapacity",
    "InsufficientHostCapacity",
    "InsufficientCapacity",
    "InsufficientDBInstanceCapacity",
)
_READERS: dict[str, Callable[[look.Client, Sequence[str]], list[Machine]]] = {
    INSTANCE: look.instances,
    DATABASE: look.databases,
    CLUSTER: look.clusters,
    GROUP: fleets.groups,
    SERVICE: fleets.services,
}


class Scheduler(Action[Seen]):
    """Starts and stops what has a schedule. It follows its owners' word and no bill, so no mart stands in its way."""

    name = memory.ACTION
    mart = ""
    # An office starts at once in the morning; what is stopped by mistake is started again.
    caps = Caps(max_count=1000, max_share_pct=Decimal(100), max_per_owner=1000)
    is_once = False
    lock = "-scheduler"

    def __init__(self) -> None:
        self._seen: dict[Finding, Seen] = {}
        self._known: dict[Place, dict[str, Memory]] = {}
        self._store: Store | None = None

    def find(self, run: Run, request: Request) -> Found:
        """Everything with a schedule. Raises SettingsError for settings that cannot be read."""
        settings = _settings(run.store)
        self._store = run.store
        findings = [finding for place in places(run) for finding in self._look_at(run, place, settings)]
        return Found(tuple(findings))

    def look(
        self, findings: Sequence[Finding], accounts: Accounts, now: datetime
    ) -> Mapping[Finding, Seen | Gone | Unknown]:
        """What was seen when it was found, a moment ago: also of what was to be brought elsewhere then."""
        by_subject = {_subject(finding): seen for finding, seen in self._seen.items()}
        return {one: by_subject[_subject(one)] for one in findings if _subject(one) in by_subject}

    def decide(
        self,
        findings: Sequence[Finding],
        live: Mapping[Finding, Seen | Gone | Unknown],
        request: Request,
        now: datetime,
    ) -> list[Decision]:
        """One decision per finding."""
        return decide.decide(findings, live, now)

    def rehearse(self, decision: Decision, accounts: Accounts, ticket: Ticket) -> Outcome:
        """Ask EC2 by its DryRun flag; the other services have none."""
        from botocore.exceptions import ClientError

        if decision.kind == INSTANCE:
            try:
                calls.dry_run(_client(accounts, decision), decision.resource_id, running=decision.verb is Verb.START)
            except ClientError as error:
                if code_of(error) != "DryRunOperation":
                    return Outcome(Status.REFUSED, decision, in_words(error))
                return Outcome(Status.WOULD_ACT, decision, "AWS would allow " + ", ".join(decision.calls))
        return Outcome(Status.WOULD_ACT, decision, decision.reason)

    def act(self, decision: Decision, accounts: Accounts, ticket: Ticket) -> Outcome:
        """Start or stop it. Raises botocore errors, UnreachableError, and LakeError."""
        seen = next(seen for finding, seen in self._seen.items() if _is_of(decision, finding))
        client = _client(accounts, decision)
        if decision.verb is Verb.STOP:
            self._keep_sizes(decision, seen)
        ticket.intend(_done(decision, seen))
        try:
            if decision.verb is Verb.START:
                calls.start(client, decision.kind, decision.resource_id, seen.memory.sizes)
            else:
                calls.stop(client, decision.kind, decision.resource_id, hibernate=seen.machine.hibernates)
        except Exception as error:
            told = _not_now(decision, seen, error)
            if told is None:
                raise
            return told
        return _done(decision, seen)

    def is_done(self, verb: Verb, after: Mapping[str, Any], facts: Seen) -> bool:
        """Whether it is where it was to be brought, or on its way there."""
        return decide.is_brought(facts.machine, running=verb is Verb.START)

    def remember(self, outcomes: Sequence[Outcome], ticket: Ticket) -> None:
        """Keep what the next run is to know."""
        by_subject = {_subject(out.decision): out for out in outcomes}
        news: dict[Place, dict[str, Memory]] = defaultdict(dict)
        for finding, seen in self._seen.items():
            known = decide.remember(seen, by_subject[_subject(finding)], ticket.now)
            news[Place(finding.account, finding.region)][_name(finding)] = known
        for place, known_now in news.items():
            # What is gone is forgotten; what could not be asked is not.
            before = self._known[place]
            kinds = {_name(finding).partition(" ")[0] for finding in self._seen if _place(finding) == place}
            kept = {name: each for name, each in before.items() if name.partition(" ")[0] not in kinds}
            if {**kept, **known_now} != before:
                self._write(place, {**kept, **known_now})

    def _look_at(self, run: Run, place: Place, settings: Config) -> list[Finding]:
        if place.problem:
            return [_problem(place, "account", place.problem)]
        self._known[place] = memory.read(run.store, place.account, place.region)
        findings = []
        for kind, reader in _READERS.items():
            assigned = [key[3] for key in settings.assigned if key[:3] == (place.account, place.region, kind)]
            try:
                machines = reader(partial(run.accounts.client, account=place.account, region=place.region), assigned)
            except Exception as error:  # One service that cannot be asked must not hide the others.
                findings.append(_problem(place, kind, f"no {kind} can be looked at: {in_words(error)}"))
                continue
            findings += [self._found(machine, place, settings, run.now) for machine in machines]
        return findings

    def _found(self, machine: Machine, place: Place, settings: Config, now: datetime) -> Finding:
        wish = wishes.wish(machine, place.account, place.region, settings, now)
        known = self._known[place].get(_name_of(machine.kind, machine.resource_id), Memory())
        finding = Finding(
            wish.edge, "schedule", machine.kind, machine.resource_id, place.account, place.region, None, ""
        )
        self._seen[finding] = Seen(machine, wish, known)
        return finding

    def _keep_sizes(self, decision: Decision, seen: Seen) -> None:
        """Before a group or service is emptied: how many it ran, or a killed run would leave it empty for ever."""
        if decision.kind not in (GROUP, SERVICE) or seen.machine.sizes is None:
            return
        place, name = _place(decision), _name_of(decision.kind, decision.resource_id)
        known = replace(seen.memory, sizes=seen.machine.sizes)
        self._seen = {
            finding: replace(each, memory=known) if each is seen else each for finding, each in self._seen.items()
        }
        self._known[place] = {**self._known[place], name: known}
        self._write(place, self._known[place])

    def _write(self, place: Place, known: dict[str, Memory]) -> None:
        if self._store is None:
            raise RuntimeError("nothing was found yet")
        memory.write(self._store, place.account, place.region, known)


def _settings(store: Store) -> Config:
    key = zones.action_settings(memory.ACTION)
    try:
        return config.load(store.read(key))
    except ScheduleError as error:
        raise SettingsError(
            f"The schedules cannot be read: {error}.", where=store.location(key), todo="Nothing was touched. Mend it."
        ) from None


def _not_now(decision: Decision, seen: Seen, error: Exception) -> Outcome | None:
    """What an error means that is no fault: no room at the moment, or a protection that we respect."""
    code = code_of(error) if getattr(error, "response", None) else ""  # type: ignore[arg-type]
    if code in NO_ROOM:
        tries = seen.memory.tries + 1 if seen.memory.tried == seen.wish.edge else 1
        status = Status.WAITING if tries < TRIES else Status.FAILED
        return Outcome(status, decision, f"AWS has no room for it ({code}), try {tries}; the next run tries again")
    if code == "OperationNotPermitted":
        return Outcome(Status.LEFT_ALONE, decision, "its protection against being stopped is on")
    if isinstance(error, UnreachableError):
        return Outcome(Status.FAILED, decision, str(error))
    return None


def _done(decision: Decision, seen: Seen) -> Outcome:
    machine = seen.machine
    before: dict[str, Any] = {"state": machine.told_state}
    if machine.sizes:
        before["sizes"] = asdict(machine.sizes)
    back = "stopped" if decision.verb is Verb.START else "running"
    undo = f"Tag it {wishes.OVERRIDE} = {back} until <moment>Z, or change it by hand: that stays until the next change."
    return Outcome(Status.DONE, decision, f"{decision.verb.past}: {decision.reason}", before, {}, undo)


def _client(accounts: Accounts, decision: Decision) -> look.Client:
    return partial(accounts.client, account=decision.account, region=decision.region)


def _problem(place: Place, what: str, problem: str) -> Finding:
    return Finding("", "schedule", PLACE, what, place.account, place.region, None, "", problem=problem)


def _subject(one: Decision | Finding) -> tuple[str, str, str, str]:
    return one.account, one.region, one.kind, one.resource_id


def _is_of(decision: Decision, finding: Finding) -> bool:
    return _subject(decision) == _subject(finding)


def _place(one: Decision | Finding) -> Place:
    return Place(one.account, one.region)


def _name(finding: Finding) -> str:
    return _name_of(finding.kind, finding.resource_id)


def _name_of(kind: str, resource_id: str) -> str:
    return f"{kind.replace(' ', '-')} {resource_id}"
