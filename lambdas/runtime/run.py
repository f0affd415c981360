"""The loop of every action: read the mart behind the gate, decide, guard, act, record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

from lake.accounts import UnreachableError, in_words
from lambdas.runtime import guards, ledger, marks
from lambdas.runtime.action import Action, Facts, Notes, Remembers, Run
from lambdas.runtime.errors import NoAccountError
from lambdas.runtime.findings import find
from lambdas.runtime.model import Decision, Finding, Gone, Grace, Outcome, Request, Status, Ticket, Unknown, Verb
from lambdas.runtime.report import ActionReport, write_plan


@dataclass(frozen=True)
class _Decided:
    """The decisions, what the ledger tells of those done before, and how many resources were seen alive."""

    decisions: tuple[Decision, ...]
    done_before: Mapping[Decision, str]
    looked_at: int


def run_action(run: Run, action: Action[Facts], request: Request) -> ActionReport:
    """Run one action, dry unless `request.apply`.

    Raises GateClosedError when its mart has no fresh green verdict, NoAccountError when it is to change an account and
    none can be reached, LakeError when the lake is held by another run. Acts that fail are in the report, not raised.
    """
    alone: AbstractContextManager[None] = run.store.locked(action.lock) if request.apply else nullcontext()
    with alone:
        report = ActionReport(action.name, action.mart, run.run_id, request.apply)
        stopped = guards.halted(run.store)
        if stopped and request.apply:
            return replace(report, stopped=stopped)
        found = find(run, action, request)
        decided = _decide(run, action, found.findings, request)
        waiting = _mark(run, action, decided.decisions, found.mart_version, request)
        ripe = [decision for decision in decided.decisions if decision not in waiting]
        stopped = stopped or guards.tripped(ripe, request.caps, looked_at=decided.looked_at)
        report = replace(report, mart_version=found.mart_version, stopped=stopped)
        report = replace(report, plan=write_plan(run.store, report, decided.decisions, request, run.now))
        ticket = Ticket(run.run_id, run.now, request, run.patience)
        outcomes = _carry_out(run, action, decided, ticket, stopped, waiting)
        if request.apply and isinstance(action, Remembers):
            action.remember(outcomes, ticket)
        notes = tuple(action.notes(outcomes)) if isinstance(action, Notes) else ()
        return replace(report, outcomes=tuple(outcomes), notes=notes)


def _decide(run: Run, action: Action[Facts], findings: Sequence[Finding], request: Request) -> _Decided:
    keys = ledger.known_keys(run.store, action.name) if action.is_once else frozenset[str]()
    done = {finding for finding in findings if ledger.key_of(action.name, finding) in keys}
    to_look_at = [finding for finding in findings if finding not in done and not finding.problem]
    if request.apply and to_look_at:
        _require_account(run, to_look_at)
    live = action.look(to_look_at, run.accounts)
    open_decisions = iter(action.decide([f for f in findings if f not in done], live, request, run.now))
    done_before: dict[Decision, str] = {}
    decisions: list[Decision] = []
    for finding in findings:
        if finding in done:
            told = ledger.told(run.store, action.name, ledger.key_of(action.name, finding))
            decisions.append(Decision.on(finding, Verb.LEAVE, told))
            done_before[decisions[-1]] = told
        else:
            decisions.append(next(open_decisions))
    seen = sum(not isinstance(facts, Gone | Unknown) for facts in live.values())
    return _Decided(tuple(decisions), done_before, seen)


def _require_account(run: Run, findings: Sequence[Finding]) -> None:
    region = next((f.region for f in findings if f.region not in ("", "global")), "us-east-1")
    try:
        run.accounts.own_account(region)
    except UnreachableError as error:
        raise NoAccountError(
            f"Nothing can be changed: {error}.",
            where="--apply",
            todo="Sign in to AWS, or leave out --apply to see the plan.",
        ) from error


def _mark(
    run: Run, action: Action[Facts], decisions: Sequence[Decision], build: str, request: Request
) -> dict[Decision, str]:
    """Mark what is to be touched, and tell what of it must wait. Only an applying run writes its marks down.

    Written before anything is done: whoever looks there knows what will happen.
    """
    if request.grace == Grace():
        return {}
    known = marks.read(run.store, action.name)
    now = marks.advanced(known, action.name, decisions, build, run.now)
    if request.apply and now != known:
        marks.write(run.store, action.name, now)
    keys = {one: ledger.key_of(action.name, one) for one in decisions if one.verb.changes_account}
    told = {one: marks.waits_for(now[key], request.grace, run.now) for one, key in keys.items()}
    return {one: why for one, why in told.items() if why}


def _carry_out(
    run: Run, action: Action[Facts], decided: _Decided, ticket: Ticket, stopped: str, waiting: Mapping[Decision, str]
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for decision in decided.decisions:
        if decision in decided.done_before:
            outcomes.append(Outcome(Status.ALREADY_DONE, decision, decided.done_before[decision]))
        elif decision.verb in (Verb.LEAVE, Verb.NEEDS_APPROVAL):
            outcomes.append(Outcome(Status.LEFT_ALONE, decision, decision.reason))
        elif decision.verb is Verb.REPORT:
            outcomes.append(Outcome(Status.FAILED, decision, decision.reason))
        elif decision in waiting:
            outcomes.append(Outcome(Status.MARKED, decision, waiting[decision]))
        elif not ticket.request.apply:
            outcomes.append(_rehearse(run, action, decision, ticket))
        elif stopped := stopped or _stop_now(run):
            outcomes.append(Outcome(Status.NOT_STARTED, decision, stopped))
        else:
            outcome, stopped = _act(run, action, decision, ticket)
            outcomes.append(outcome)
    return outcomes


def _stop_now(run: Run) -> str:
    if run.patience.is_over:
        return "the run's time is up; the next run goes on"
    try:
        return guards.halted(run.store)
    except Exception as error:  # A switch that cannot be read counts as set.
        return f"the kill switch cannot be read ({in_words(error)})"


def _rehearse(run: Run, action: Action[Facts], decision: Decision, ticket: Ticket) -> Outcome:
    try:
        return action.rehearse(decision, run.accounts, ticket)
    except Exception as error:  # One resource that cannot be asked about must not hide the others.
        return Outcome(Status.REFUSED, decision, in_words(error))


def _act(run: Run, action: Action[Facts], decision: Decision, ticket: Ticket) -> tuple[Outcome, str]:
    """The outcome, and why nothing may follow it. One failure never stops the others, but an act that cannot be
    recorded must be the last one.
    """
    run.tell(f"{decision.verb} {decision.resource_id}")
    try:
        outcome = action.act(decision, run.accounts, ticket)
    except Exception as error:
        return Outcome(Status.FAILED, decision, in_words(error)), ""
    if outcome.status is not Status.DONE:
        return outcome, ""
    try:
        ledger.record(run.store, action.name, outcome, ticket, run.clock())
    except Exception as error:
        lost = f"the ledger could not be written ({in_words(error)})"
        return replace(outcome, status=Status.FAILED, detail=f"{outcome.detail}, but {lost}"), lost
    return outcome, ""
