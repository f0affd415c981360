"""The loop itself, with an action of its own that touches no account."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from lake import verdicts, zones
from lake.accounts import Accounts
from lake.errors import LakeError
from lake.store import LocalStore
from lambdas.runtime.action import Action, Run
from lambdas.runtime.ledger import key_of
from lambdas.runtime.model import Decision, Finding, Gone, Outcome, Patience, Request, Status, Ticket, Unknown, Verb
from lambdas.runtime.report import ActionReport
from lambdas.runtime.run import run_action
from tests.lambdas.builders import NOW, finding, publish, row, verdict


class Sweep(Action[str]):
    """Deletes whatever the mart names, and remembers in which order."""

    name = "sweep"
    mart = "idle_resources"
    columns: tuple[str, ...] = ("resource_id", "finding_id")

    def __init__(self) -> None:
        self.acted: list[str] = []
        self.ends: dict[str, Exception] = {}

    def candidates(self, rows: Sequence[Mapping[str, Any]]) -> list[Finding]:
        return [finding(each["resource_id"], plan_key=each["finding_id"]) for each in rows]

    def look(
        self, findings: Sequence[Finding], accounts: Accounts, now: datetime
    ) -> Mapping[Finding, str | Gone | Unknown]:
        return dict.fromkeys(findings, "alive")

    def decide(
        self,
        findings: Sequence[Finding],
        live: Mapping[Finding, str | Gone | Unknown],
        request: Request,
        now: datetime,
    ) -> list[Decision]:
        return [Decision.on(each, Verb.DELETE, "swept", (f"sweep {each.resource_id}",)) for each in findings]

    def rehearse(self, decision: Decision, accounts: Accounts, ticket: Ticket) -> Outcome:
        raise ConnectionError("no network")

    def act(self, decision: Decision, accounts: Accounts, ticket: Ticket) -> Outcome:
        self.acted.append(decision.resource_id)
        if decision.resource_id in self.ends:
            raise self.ends[decision.resource_id]
        return Outcome(Status.DONE, decision, "swept", after={"at": NOW})


class SignedIn(Accounts):
    def own_account(self, region: str) -> str:
        return "123456789012"


VOLUMES = [f"vol-{n:017x}" for n in range(3)]


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    lake = LocalStore(tmp_path)
    verdicts.record(lake, verdict(publish(lake, [row(volume) for volume in VOLUMES])))
    return lake


def sweep(store: LocalStore, action: Sweep, *, apply: bool = True, patience: Patience | None = None) -> ActionReport:
    run = Run(store, SignedIn("run-1"), "run-1", NOW, patience=patience or Patience(), clock=lambda: NOW)
    return run_action(run, action, Request(apply=apply))


def ledger_keys(store: LocalStore) -> set[str]:
    return {Path(file.key).stem for file in store.files(zones.LEDGER)}


def test_each_act_has_its_entry_under_its_own_key(store: LocalStore) -> None:
    report = sweep(store, Sweep())
    assert ledger_keys(store) == {key_of("sweep", decision) for decision in report.decisions}
    entry = json.loads(store.read(zones.ledger_entry("sweep", key_of("sweep", report.decisions[0]))) or b"")
    assert (entry["acted_at"], entry["after"]) == (NOW.isoformat(), {"at": NOW.isoformat()})


def test_key_differs_by_action_resource_place_and_plan() -> None:
    base = finding()
    others = [
        key_of("sweep", finding("vol-1111111111111111a")),
        key_of("sweep", finding(region="us-east-1")),
        key_of("sweep", finding(account="999999999999")),
        key_of("sweep", finding(plan_key="plan-2")),
        key_of("tidy", base),
    ]
    assert len({key_of("sweep", base), *others}) == 6
    assert key_of("sweep", base) == key_of("sweep", Decision.on(base, Verb.DELETE, "another reason"))


def test_failure_of_any_kind_is_reported_and_the_others_go_on(store: LocalStore) -> None:
    action = Sweep()
    action.ends[VOLUMES[1]] = ValueError("odd answer")
    report = sweep(store, action)
    assert action.acted == VOLUMES
    assert [out.status for out in report.outcomes] == [Status.DONE, Status.FAILED, Status.DONE]
    assert report.failures[0].detail == "odd answer"
    assert len(ledger_keys(store)) == 2


def test_act_that_cannot_be_recorded_is_the_last_one(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(key: str, content: bytes) -> bool:
        raise OSError("disk full")

    monkeypatch.setattr(store, "write_once", full)
    action = Sweep()
    report = sweep(store, action)
    assert action.acted == VOLUMES[:1]
    assert [out.status for out in report.outcomes] == [Status.FAILED, Status.NOT_STARTED, Status.NOT_STARTED]
    assert report.outcomes[0].detail == "swept, but the ledger could not be written (disk full)"


def test_no_act_begins_once_the_time_is_up(store: LocalStore) -> None:
    action = Sweep()
    report = sweep(store, action, patience=Patience(ends_at=3, clock=lambda: 2 + len(action.acted)))
    assert action.acted == VOLUMES[:1]
    assert [out.status for out in report.outcomes] == [Status.DONE, Status.NOT_STARTED, Status.NOT_STARTED]


def test_rehearsal_that_fails_is_reported_for_each_resource(store: LocalStore) -> None:
    report = sweep(store, Sweep(), apply=False)
    assert [(out.status, out.detail) for out in report.outcomes] == [(Status.REFUSED, "no network")] * 3


def test_two_runs_never_act_at_once(store: LocalStore) -> None:
    action = Sweep()
    with store.locked(), pytest.raises(LakeError, match="Another run"):
        sweep(store, action)
    assert action.acted == []


def test_dry_run_needs_no_lock(store: LocalStore) -> None:
    with store.locked():
        assert len(sweep(store, Sweep(), apply=False).outcomes) == 3


def test_mart_without_the_columns_is_refused_in_words(store: LocalStore) -> None:
    action = Sweep()
    action.columns = ("resource_id", "colour")
    with pytest.raises(LakeError, match="no column colour"):
        sweep(store, action)


def test_ledger_entry_that_cannot_be_read_still_counts_as_done(store: LocalStore) -> None:
    key = key_of("sweep", finding(VOLUMES[0], plan_key=row(VOLUMES[0])["finding_id"]))
    store.write(zones.ledger_entry("sweep", key), b"{")
    action = Sweep()
    report = sweep(store, action)
    assert report.outcomes[0].status is Status.ALREADY_DONE
    assert action.acted == VOLUMES[1:]
