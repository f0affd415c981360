"""The loop of every action: read the mart behind the gate, decide, guard, act, record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field, replace

from lake.accounts import UnreachableError, in_words
from lambdas.runtime import approvals, guards, intents, ledger, marking, rules, tags
from lambdas.runtime.action import Action, Facts, Notes, Remembers, Run
from lambdas.runtime.errors import NoAccountError
from lambdas.runtime.findings import find
from lambdas.runtime.intents import Intents
from lambdas.runtime.model import Decision, Finding, Gone, Outcome, Request, Status, Ticket, Unknown, Verb
from lambdas.runtime.report import ActionReport, write_plan


@dataclass(frozen=True)
class _Decided:
    """The decisions, what the ledger tells of those done before, how many resources live, and what marks they carry.

    `told` are those of which nothing is done but to tell them.
    """

    decisions: tuple[Decision, ...]
    done_before: Mapping[Decision, str]
    looked_at: int
    seen: Mapping[Decision, str]
    told: Mapping[Decision, str] = field(default_factory=dict)


def run_action(run: Run, action: Action[Facts], request: Request) -> ActionReport:
    """Run one action, dry unless `request.apply` or `request.mark`.

    Raises GateClosedError when its mart has no fresh green verdict, NoAccountError when it is to change an account and
    none can be reached, LakeError when the lake is held by another run. Acts that fail are in the report, not raised.
    """
    alone: AbstractContextManager[None] = nullcontext() if request.is_dry else run.store.locked(action.lock)
    with alone:
        report = ActionReport(action.name, action.mart, run.run_id, request.apply, request.mark)
        stopped = guards.halted(run.store)
        if stopped and not request.is_dry:
            return replace(report, stopped=stopped)
        found = find(run, action, request)
        meant = intents.read(run.store, action.name)
        settled = intents.settle(run, action, meant) if request.apply else []
        decided = _decide(run, action, found.findings, request)
        told, notes = rules.only_told(run, action.name, decided.decisions, found.mart_version, request)
        notes = [*settled, *notes]
        decided = replace(decided, told=told)
        report = replace(report, mart_version=found.mart_version, notes=tuple(notes))
        if request.mark:
            return _mark(run, action, decided, report, request)
        waiting = _waiting(run, action, decided, report, request)
        ripe = [decision for decision in decided.decisions if decision not in waiting]
        report = replace(report, stopped=stopped or guards.tripped(ripe, request.caps, looked_at=decided.looked_at))
        report = replace(report, plan=write_plan(run.store, report, decided.decisions, request, run.now, told))
        ticket = Ticket(
            run.run_id, run.now, request, run.patience, lambda outcome: meant.add(outcome, run.run_id, run.clock())
        )
        outcomes = _carry_out(run, action, decided, ticket, report.stopped, waiting, meant)
        if request.apply and isinstance(action, Remembers):
            action.remember(outcomes, ticket)
        notes += action.notes(outcomes) if isinstance(action, Notes) else []
        return replace(report, outcomes=tuple(outcomes), notes=tuple(notes))


def _waiting(
    run: Run, action: Action[Facts], decided: _Decided, report: ActionReport, request: Request
) -> dict[Decision, Outcome]:
    """What becomes of that of which nothing is done yet."""
    waiting = marking.waiting(run, action, decided.decisions, decided.seen, report.mart_version, request)
    return {**waiting, **{one: Outcome(Status.ONLY_TOLD, one, why) for one, why in decided.told.items()}}


def _decide(run: Run, action: Action[Facts], findings: Sequence[Finding], request: Request) -> _Decided:
    keys = ledger.known_keys(run.store, action.name) if action.is_once else frozenset[str]()
    done = {finding for finding in findings if ledger.key_of(action.name, finding) in keys}
    to_look_at = [finding for finding in findings if finding not in done and not finding.problem]
    if not request.is_dry and to_look_at:
        _require_account(run, to_look_at)
    live = action.look(to_look_at, run.accounts, run.now)
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
    alive = {finding: facts for finding, facts in live.items() if not isinstance(facts, Gone | Unknown)}
    decisions = [
        replace(decision, owner=tags.owner_of(tags.of(alive.get(finding))))
        for finding, decision in zip(findings, decisions, strict=True)
    ]
    decisions = approvals.applied(run.store, action.name, decisions, run.now)
    seen = {
        decision: tags.value_of(tags.of(alive[finding]), action.name)
        for finding, decision in zip(findings, decisions, strict=True)
        if action.is_marked_by_tag and finding in alive
    }
    return _Decided(tuple(decisions), done_before, len(alive), seen)


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


def _mark(run: Run, action: Action[Facts], decided: _Decided, report: ActionReport, request: Request) -> ActionReport:
    """The report of a run that marks and touches nothing else."""
    report = replace(report, plan=write_plan(run.store, report, decided.decisions, request, run.now, decided.told))
    meant = [decision for decision in decided.decisions if decision not in decided.told]
    marked = marking.mark(run, action, meant, decided.seen, report.mart_version, halted=lambda: _stop_now(run))
    outcomes = []
    for decision in decided.decisions:
        known = _known(decided, decision)
        if known:
            outcomes.append(known)
        elif decision in decided.told:
            outcomes.append(Outcome(Status.ONLY_TOLD, decision, decided.told[decision]))
        elif decision in marked.failed:
            outcomes.append(Outcome(Status.FAILED, decision, marked.failed[decision]))
        else:
            outcomes.append(Outcome(Status.MARKED, decision, f"marked: {decision.reason}"))
    return replace(report, outcomes=tuple(outcomes), notes=(*report.notes, *marked.notes))


def _known(decided: _Decided, decision: Decision) -> Outcome | None:
    """What became of a decision that asks for nothing."""
    if decision in decided.done_before:
        return Outcome(Status.ALREADY_DONE, decision, decided.done_before[decision])
    if decision.verb in (Verb.LEAVE, Verb.NEEDS_APPROVAL):
        return Outcome(Status.LEFT_ALONE, decision, decision.reason)
    return Outcome(Status.FAILED, decision, decision.reason) if decision.verb is Verb.REPORT else None


def _carry_out(
    run: Run,
    action: Action[Facts],
    decided: _Decided,
    ticket: Ticket,
    stopped: str,
    waiting: Mapping[Decision, Outcome],
    meant: Intents,
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for decision in decided.decisions:
        if known := _known(decided, decision):
            outcomes.append(known)
        elif decision in waiting:
            outcomes.append(waiting[decision])
        elif not ticket.request.apply:
            outcomes.append(_rehearse(run, action, decision, ticket))
        elif stopped := stopped or _stop_now(run):
            outcomes.append(Outcome(Status.NOT_STARTED, decision, stopped))
        else:
            outcome, stopped = _act(run, action, decision, ticket, meant)
            outcomes.append(outcome)
    if ticket.request.apply:
        # What stays in the file though it is on record is dropped by the next run.
        with suppress(Exception):
            meant.keep()
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


def _act(run: Run, action: Action[Facts], decision: Decision, ticket: Ticket, meant: Intents) -> tuple[Outcome, str]:
    """The outcome, and why nothing may follow it. One failure never stops the others, but an act that cannot be
    recorded must be the last one.

    What was meant is forgotten once it is on record or known not to be done.
    """
    key = ledger.key_of(action.name, decision)
    run.tell(f"{decision.verb} {decision.resource_id}")
    try:
        outcome = action.act(decision, run.accounts, ticket)
    except Exception as error:
        if intents.was_refused(error):
            meant.drop(key)
        return Outcome(Status.FAILED, decision, in_words(error)), ""
    if outcome.status is not Status.DONE:
        meant.drop(key)
        return outcome, ""
    try:
        ledger.record(run.store, action.name, outcome, ticket, run.clock())
    except Exception as error:
        lost = f"the ledger could not be written ({in_words(error)})"
        return replace(outcome, status=Status.FAILED, detail=f"{outcome.detail}, but {lost}"), lost
    meant.drop(key)
    return outcome, ""
