"""What is written down before a call, and what the next run makes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from moto import mock_aws

from lake import verdicts, zones
from lake.accounts import Accounts
from lake.errors import LakeError
from lake.store import LocalStore
from lambdas.runtime.action import Run
from lambdas.runtime.model import Decision, Finding, Gone, Outcome, Request, Status, Ticket, Unknown, Verb
from lambdas.runtime.report import ActionReport
from lambdas.runtime.run import run_action
from tests.lambdas.builders import NOW, REGION, make_green, publish, row, verdict
from tests.lambdas.idle_cleanup.account import Idle
from tests.lambdas.runtime.test_run import SignedIn, Sweep, ledger_keys

LATER = NOW + timedelta(days=1)
KEY = zones.action_intents("sweep")


class Careful(Sweep):
    """Writes down what it is about to do; `live` is what is seen of it, and `ends` how an act of it ends."""

    def __init__(self) -> None:
        super().__init__()
        self.live: str | Gone | Unknown = "alive"

    def look(
        self, findings: Sequence[Finding], accounts: Accounts, now: datetime
    ) -> Mapping[Finding, str | Gone | Unknown]:
        return dict.fromkeys(findings, self.live)

    def act(self, decision: Decision, accounts: Accounts, ticket: Ticket) -> Outcome:
        outcome = Outcome(Status.DONE, decision, "swept", before={"size": 8}, after={"state": "swept"}, undo="none")
        ticket.intend(outcome)
        super().act(decision, accounts, ticket)
        return outcome

    def is_done(self, verb: Verb, after: Mapping[str, Any], facts: str) -> bool:
        return facts == after["state"]


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    lake = LocalStore(tmp_path)
    verdicts.record(lake, verdict(publish(lake, [row("vol-00000000000000001")])))
    return lake


def sweep(store: LocalStore, action: Careful, *, now: datetime = NOW, apply: bool = True) -> ActionReport:
    run = Run(store, SignedIn("run-1"), f"run of {now:%d}", NOW, clock=lambda: now)
    return run_action(run, action, Request(apply=apply))


def cut_off(store: LocalStore) -> Careful:
    """An action of which a run ended in its one call, nobody knows how."""
    action = Careful()
    action.ends["vol-00000000000000001"] = OSError("the connection was lost")
    assert sweep(store, action).failures
    action.ends.clear()
    return action


def meant(store: LocalStore) -> list[dict[str, Any]]:
    return list(json.loads(store.read(KEY) or b'{"intents": {}}')["intents"].values())


def entries(store: LocalStore) -> list[dict[str, Any]]:
    return [json.loads(store.read(file.key) or b"") for file in store.files(zones.LEDGER)]


@pytest.mark.parametrize("live", [Gone(), "swept"])
def test_what_is_found_done_is_recorded_as_it_was_meant(store: LocalStore, live: str | Gone) -> None:
    action = cut_off(store)
    assert (len(meant(store)), ledger_keys(store)) == (1, set())
    action.live, action.acted = live, []
    report = sweep(store, action, now=LATER)
    (entry,) = entries(store)
    assert (entry["acted_at"], entry["run_id"]) == (NOW.isoformat(), f"run of {NOW:%d}")
    assert (entry["before"], entry["undo"]) == ({"size": 8}, "none")
    assert entry["detail"] == f"found deleted: run run of {NOW:%d} was about to do it and was cut off before its record"
    assert report.notes == (
        f"Found deleted, and recorded now: vol-00000000000000001 by run run of {NOW:%d}, which was cut off.",
    )
    assert (report.outcomes[0].status, action.acted, meant(store)) == (Status.ALREADY_DONE, [], [])


def test_what_is_as_it_was_is_done_the_usual_way(store: LocalStore) -> None:
    report = sweep(store, cut_off(store), now=LATER)
    assert report.outcomes[0].status is Status.DONE
    (entry,) = entries(store)
    assert (entry["acted_at"], entry["detail"]) == (LATER.isoformat(), "swept")
    assert meant(store) == []


def test_what_cannot_be_looked_at_is_told_and_kept(store: LocalStore) -> None:
    action = cut_off(store)
    action.live = Unknown("AccessDenied")
    action.ends["vol-00000000000000001"] = OSError("again")
    report = sweep(store, action, now=LATER)
    assert report.notes[0].endswith("was deleted is not known yet: AccessDenied.")
    assert len(meant(store)) == 1


def test_dry_run_settles_nothing(store: LocalStore) -> None:
    action = cut_off(store)
    action.live = Gone()
    assert sweep(store, action, apply=False).notes == ()
    assert (len(meant(store)), entries(store)) == (1, [])


def test_nothing_is_done_that_cannot_be_written_down_before(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = store.write

    def full(key: str, content: bytes) -> None:
        if key == KEY:
            raise OSError("disk full")
        usual(key, content)

    monkeypatch.setattr(store, "write", full)
    action = Careful()
    assert [out.detail for out in sweep(store, action).failures] == ["disk full"]
    assert action.acted == []


def test_what_the_ledger_could_not_take_it_gets_from_the_next_run(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(key: str, content: bytes) -> bool:
        raise OSError("disk full")

    action = Careful()
    with monkeypatch.context() as patch:
        patch.setattr(store, "write_once", full)
        assert sweep(store, action).failures
    action.live = Gone()
    sweep(store, action, now=LATER)
    assert [entry["acted_at"] for entry in entries(store)] == [NOW.isoformat()]


def test_damaged_file_stops_an_action_in_words(store: LocalStore) -> None:
    store.write(KEY, b"{")
    with pytest.raises(LakeError, match="What sweep was about to do cannot be read"):
        sweep(store, Careful())


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Idle]:
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    with mock_aws():
        yield Idle(tmp_path)


class NoAnswerError(ReadTimeoutError):
    def __init__(self) -> None:
        super().__init__(endpoint_url=f"https://ec2.{REGION}.amazonaws.com")


def test_call_that_aws_carried_out_without_an_answer_is_recorded_by_the_next_run(cloud: Idle) -> None:
    gateway = cloud.gateway()
    make_green(cloud.store, [row(gateway, rule_id="nat_gateway_unrouted")])
    cloud.cut_off_after["DeleteNatGateway"] = NoAnswerError
    assert cloud.act("idle_cleanup").failures
    cloud.cut_off_after.clear()
    cloud.act("idle_cleanup")
    (entry,) = cloud.ledger("idle_cleanup")
    assert (entry["resource_id"], entry["run_id"]) == (gateway, "run-1")


def test_call_that_aws_refused_leaves_nothing_to_settle(cloud: Idle) -> None:
    gateway = cloud.gateway()
    make_green(cloud.store, [row(gateway, rule_id="nat_gateway_unrouted")])
    cloud.errors["DeleteNatGateway"] = ("UnauthorizedOperation", "")
    assert cloud.act("idle_cleanup").failures
    cloud.errors.clear()
    # Its owner deletes it then: that is no act of ours.
    cloud.client("ec2").delete_nat_gateway(NatGatewayId=gateway)
    assert cloud.act("idle_cleanup").notes == ()
    assert cloud.ledger("idle_cleanup") == []
