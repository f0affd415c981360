"""The run that marks, and what a run that acts must wait for. One never does the other's work.

The file of marks is written before the tags and again after them: a run that is killed between leaves a mark in the
lake without its tag, which counts for nothing and begins anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from lake.accounts import UnreachableError, in_words
from lambdas.runtime import ledger, marks, tags
from lambdas.runtime.action import Action, Facts, Run
from lambdas.runtime.marks import Mark
from lambdas.runtime.model import Decision, Grace, Outcome, Request, Status


@dataclass
class Marked:
    """What became of a run that marks: why a resource could not be marked, or its mark not be taken off."""

    failed: dict[Decision, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def mark(
    run: Run,
    action: Action[Facts],
    decisions: Sequence[Decision],
    seen: Mapping[Decision, str],
    build: str,
    halted: Callable[[], str],
) -> Marked:
    """Mark what is to be touched, and take marks off what is not any more. `seen` are the marks they carry now."""
    known = marks.read(run.store, action.name)
    if not action.is_marked_by_tag:
        _keep(run, action, marks.advanced(known, action.name, decisions, build, run.now), known)
        return Marked()
    meant = marks.advanced(known, action.name, decisions, build, run.now, seen)
    targets = {one.target for one in meant.values()}
    # A bill may name one address in two ways: what is meant by either name stays marked.
    void = {key: one.void() for key, one in known.items() if key not in meant and one.target not in targets}
    ahead = {**meant, **void}
    _keep(run, action, ahead, known)
    told = Marked()
    for decision in decisions:
        key = ledger.resource_key(action.name, decision)
        if key not in meant or not decision.verb.changes_account or seen.get(decision) == meant[key].tag:
            continue
        if why := halted() or _failure(partial(_write, run, action, meant[key])):
            told.failed[decision] = f"it could not be marked: {why}"
            meant[key] = meant[key].void()
    for key, one in void.items():
        if why := halted() or _failure(partial(_take_off, run, action, one)):
            told.notes.append(f"The mark on {one.target} could not be taken off, the next run tries again: {why}.")
            meant[key] = one
    _keep(run, action, meant, ahead)
    return told


def waiting(
    run: Run,
    action: Action[Facts],
    decisions: Sequence[Decision],
    seen: Mapping[Decision, str],
    build: str,
    request: Request,
) -> dict[Decision, Outcome]:
    """What must wait of what is to be touched: it is not marked as what is meant now, or its grace is not over."""
    if request.grace == Grace():
        return {}
    known = marks.read(run.store, action.name)
    told: dict[Decision, Outcome] = {}
    for decision in decisions:
        if not decision.verb.changes_account:
            continue
        found = known.get(ledger.resource_key(action.name, decision))
        if found is None or not marks.holds(found, decision, seen if action.is_marked_by_tag else None):
            changed = "changed since it was marked" if found and found.plan else "not marked yet"
            told[decision] = Outcome(Status.WAITING, decision, f"{changed}: a run with --mark comes first")
        elif why := marks.waits_for(found.found_in(build), request.grace, run.now):
            told[decision] = Outcome(Status.MARKED, decision, why)
    return told


def _keep(run: Run, action: Action[Facts], now: Mapping[str, Mark], before: Mapping[str, Mark]) -> None:
    if now != before:
        marks.write(run.store, action.name, now)


def _write(run: Run, action: Action[Facts], one: Mark) -> None:
    run.tell(f"mark {one.target}")
    tags.write(run.accounts, one.account, one.region, one.target, action.name, one.tag)


def _take_off(run: Run, action: Action[Facts], one: Mark) -> None:
    tags.take_off(run.accounts, one.account, one.region, one.target, action.name)


def _failure(call: Callable[[], None]) -> str:
    """Why a call failed, or empty."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        call()
    except UnreachableError as error:
        return str(error)
    except (BotoCoreError, ClientError) as error:
        return in_words(error)
    return ""
