from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from lake.store import LocalStore
from lake.zones import KILL_SWITCH
from lambdas.runtime.guards import cost_at_risk, halted, tripped
from lambdas.runtime.model import Caps, Decision, Request, Status, Verb
from tests.lambdas.builders import finding, row
from tests.lambdas.conftest import Account


def going(count: int, cost: str = "1", currency: str = "USD") -> list[Decision]:
    subject = finding(monthly_cost=Decimal(cost), currency=currency)
    return [Decision.on(replace(subject, resource_id=f"vol-{n:017x}"), Verb.DELETE, "idle") for n in range(count)]


def test_count_at_the_cap_passes_and_one_more_trips() -> None:
    assert tripped(going(10), Caps(), looked_at=100) == ""
    assert "--max-count" in tripped(going(11), Caps(), looked_at=100)


def test_cost_at_the_cap_passes_and_a_cent_more_trips() -> None:
    assert tripped(going(2, "250.00"), Caps(), looked_at=2) == ""
    assert "500.02 USD a month at risk" in tripped(going(2, "250.01"), Caps(), looked_at=2)


def test_each_currency_has_its_own_cap() -> None:
    assert tripped([*going(1, "400"), *going(1, "400", "CNY")], Caps(), looked_at=2) == ""
    assert "CNY" in tripped([*going(1, "400"), *going(1, "600", "CNY")], Caps(), looked_at=2)


def test_credit_on_one_volume_makes_no_room_for_another() -> None:
    assert cost_at_risk([*going(1, "600"), *going(1, "-600")]) == {"USD": Decimal(600)}


def test_nearly_everything_at_once_trips_only_when_there_are_many() -> None:
    caps = Caps(max_count=100)
    assert tripped(going(9), caps, looked_at=9) == ""
    assert tripped(going(9), caps, looked_at=10) == ""
    assert "--max-share-pct" in tripped(going(10), caps, looked_at=10)


def test_what_is_left_alone_counts_for_no_cap() -> None:
    left = [Decision.on(finding(monthly_cost=Decimal(9999)), Verb.LEAVE, "attached")] * 50
    assert tripped(left, Caps(), looked_at=50) == ""


def test_zero_caps_let_nothing_through() -> None:
    assert tripped(going(1), Caps(max_count=0), looked_at=1)
    assert tripped(going(1), Caps(max_monthly_cost=Decimal(0)), looked_at=1)


def test_kill_switch_says_why(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    assert halted(store) == ""
    store.write(KILL_SWITCH, b"migration until Monday\n")
    assert halted(store) == f"the kill switch {tmp_path / 'actions/STOP'} is set: migration until Monday"


def test_kill_switch_stops_an_applying_run_before_any_call(account: Account) -> None:
    volume = account.volume()
    store = account.lake([row(volume)])
    store.write(KILL_SWITCH, b"")

    report = account.run(store)

    assert "kill switch" in report.stopped
    assert account.wire.calls == []
    assert account.volume_ids() == {volume}


def test_kill_switch_lets_a_dry_run_plan_and_says_that_it_is_set(account: Account) -> None:
    store = account.lake([row(account.volume())])
    store.write(KILL_SWITCH, b"")

    report = account.run(store, Request())

    assert "kill switch" in report.stopped
    assert report.outcomes[0].status is Status.WOULD_ACT


def test_kill_switch_set_during_a_run_ends_it_before_the_next_act(account: Account) -> None:
    volumes = [account.volume(), account.volume()]
    store = account.lake([row(volume) for volume in volumes])
    account.wire.answers["DeleteVolume"] = lambda body: store.write(KILL_SWITCH, b"stop")

    report = account.run(store)

    assert [out.status for out in report.outcomes] == [Status.DONE, Status.NOT_STARTED]
    assert len(account.volume_ids()) == 1
