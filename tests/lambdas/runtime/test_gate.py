"""A closed gate, in each of its ways, lets no call through."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from lake import held, verdicts, zones
from lake.errors import GateClosedError
from lake.held import Held
from lake.store import LocalStore
from lambdas.runtime.model import Request, Status
from tests.lambdas.builders import NOW, publish, row, verdict
from tests.lambdas.conftest import Account

ROWS = [row("vol-0123456789abcdef0")]


def not_published(store: LocalStore) -> None:
    verdicts.record(store, verdict("0" * 64))


def not_validated(store: LocalStore) -> None:
    publish(store, ROWS)


def unreadable(store: LocalStore) -> None:
    publish(store, ROWS)
    store.write(zones.verdict("idle_resources", "20260101T000000000000Z", "run-x"), b"{}")


def changed_since(store: LocalStore) -> None:
    verdicts.record(store, verdict(publish(store, ROWS)))
    publish(store, [*ROWS, row("vol-1111111111111111a")])


def with_verdict(**changes: Any) -> Callable[[LocalStore], None]:
    def build(store: LocalStore) -> None:
        verdicts.record(store, verdict(publish(store, ROWS), **changes))

    return build


CLOSED = {
    "not_published": not_published,
    "not_validated": not_validated,
    "unreadable": unreadable,
    "changed_since": changed_since,
    "failed": with_verdict(passed=False, critical_failures=("idle_cost_is_positive",)),
    "expired": with_verdict(expires_at=NOW.isoformat()),
    "stale": with_verdict(data_through=(NOW - timedelta(days=5)).date().isoformat()),
}


def test_every_way_of_being_closed_is_tested() -> None:
    assert set(CLOSED) == set(verdicts.CLOSED_REASONS)


@pytest.mark.parametrize("apply", [True, False])
@pytest.mark.parametrize("reason", sorted(CLOSED))
def test_closed_gate_blocks_before_any_call(account: Account, reason: str, apply: bool) -> None:
    store = LocalStore(account.root / "lake")
    CLOSED[reason](store)

    with pytest.raises(GateClosedError) as closed:
        account.run(store, Request(apply=apply))

    assert closed.value.reason == reason
    assert closed.value.exit_code == 1
    assert "idle_resources" in closed.value.what
    assert account.wire.calls == []
    assert list(store.files("actions/")) == []


def test_refusal_names_the_failed_expectations(account: Account) -> None:
    store = LocalStore(account.root / "lake")
    CLOSED["failed"](store)
    with pytest.raises(GateClosedError, match="idle_cost_is_positive"):
        account.run(store)


def test_older_bill_may_be_accepted_on_purpose(account: Account) -> None:
    store = LocalStore(account.root / "lake")
    CLOSED["stale"](store)
    assert len(account.run(store, Request(max_data_age=timedelta(days=5))).outcomes) == 1


def test_a_month_that_is_held_back_is_left_alone_and_others_go_on(account: Account) -> None:
    kept, free = account.volume(), account.volume()
    store = account.lake([row(kept, billing_account_id="999999999999"), row(free)])
    held.record(store, "run-0", [Held(f"{NOW:%Y-%m}", "999999999999", ("its total is not the bill's",))])

    report = account.run(store)

    told = {out.decision.resource_id: out for out in report.outcomes}
    assert "is held back: its total is not the bill's" in told[kept].decision.reason
    assert (told[kept].status, told[free].status) == (Status.LEFT_ALONE, Status.DONE)
    assert account.volume_ids() == {kept}


def test_a_resource_that_a_held_back_bill_names_as_well_is_left_alone(account: Account) -> None:
    volume = account.volume()
    store = account.lake([row(volume, billing_account_id="999999999999"), row(volume)])
    held.record(store, "run-0", [Held(f"{NOW:%Y-%m}", "999999999999", ("its total is not the bill's",))])
    assert [out.status for out in account.run(store).outcomes] == [Status.LEFT_ALONE]
    assert account.volume_ids() == {volume}


@pytest.mark.parametrize("content", [b"not json", b"[]", b'{"held_back": [{"billing_period": "2026-07"}]}'])
def test_a_record_of_held_back_months_that_cannot_be_read_closes_the_gate(account: Account, content: bytes) -> None:
    store = account.lake([row(account.volume())])
    store.write(zones.HELD_BACK, content)
    with pytest.raises(GateClosedError) as closed:
        account.run(store)
    assert closed.value.reason == "unreadable"
