"""What a rule finds is only told while it is new, and once it did not keep its promise."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lake import verdicts, zones
from lake.errors import LakeError
from lake.store import LocalStore
from lambdas.runtime.model import Grace, Request, Status
from lambdas.runtime.rules import fallen_short, read
from tests.lambdas.builders import NOW, row, verdict
from tests.lambdas.conftest import Account

APPLY = Request(apply=True)


def act(**changes: Any) -> dict[str, Any]:
    """An act of the mart that was to save 73 a month, 2.40 a day, and has had ten days for it."""
    usual = {
        "action": "idle_cleanup",
        "rule_id": "ebs_volume",
        "acted_at": (NOW - timedelta(days=20)).replace(tzinfo=None),
        "status": "CONFIRMED",
        "days_after": 10,
        "saved_cost": Decimal("24.0000000000"),
        "estimated_monthly_savings_cost": Decimal("73.0000000000"),
        "billing_currency": "USD",
        "billing_period": f"{NOW:%Y-%m}",
        "billing_account_id": "1",
    }
    return {**usual, **changes}


NOTHING = {"saved_cost": Decimal("0.0000000000"), "status": "NO_EFFECT"}


def saved(store: LocalStore, rows: list[dict[str, Any]], **changes: Any) -> None:
    """Publish what was really saved, with a green verdict unless told otherwise."""
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), sink)
    store.write(zones.published_mart("realized_savings"), sink.getvalue())
    version = hashlib.sha256(sink.getvalue()).hexdigest()
    verdicts.record(store, verdict(version, **{"mart": "realized_savings", **changes}))


def test_rule_that_saved_less_than_half_of_its_promise_has_fallen_short() -> None:
    # Three acts promised 24 each in ten days: by hand, 72 together, of which half are 36.
    short = [act(), act(saved_cost=Decimal("11.99")), act(**NOTHING)]
    assert fallen_short(short, "idle_cleanup", NOW) == {
        "ebs_volume": "rule ebs_volume saved 35.99 of 72.00 USD that it promised in 3 acts"
    }
    half = [act(), act(saved_cost=Decimal("12.00")), act(**NOTHING)]
    assert fallen_short(half, "idle_cleanup", NOW) == {}


@pytest.mark.parametrize(
    "change",
    [
        {"action": "rightsizing"},
        {"rule_id": None},
        {"status": "PENDING"},
        {"status": "VANISHED"},
        {"estimated_monthly_savings_cost": None},
        {"days_after": 0},
        {"acted_at": (NOW - timedelta(days=181)).replace(tzinfo=None)},
        {"billing_currency": "EUR"},
    ],
)
def test_act_that_proves_nothing_is_not_counted(change: dict[str, Any]) -> None:
    bad = [act(**NOTHING) for _ in range(3)]
    assert fallen_short(bad, "idle_cleanup", NOW)
    assert fallen_short([*bad[:2], bad[2] | change], "idle_cleanup", NOW) == {}


def test_what_a_rule_proposes_belongs_to_the_rule() -> None:
    rows = [act(action="rightsizing", rule_id=f"instance_too_large m5.{size}", **NOTHING) for size in "abc"]
    assert set(fallen_short(rows, "rightsizing", NOW)) == {"instance_too_large"}


def test_demoted_rule_is_told_in_plan_and_report_and_touches_nothing(account: Account) -> None:
    volume = account.volume()
    store = account.lake([row(volume)])
    saved(store, [act(**NOTHING)] * 3)
    for request in (APPLY, Request(mark=True), Request(apply=True, grace=Grace(1, 1))):
        report = account.run(store, request)
        (outcome,) = report.outcomes
        assert outcome.status == Status.ONLY_TOLD
        assert outcome.detail == "rule ebs_volume saved 0.00 of 72.00 USD that it promised in 3 acts"
        assert report.notes == (f"Only told: {outcome.detail}.",)
    assert b"saved 0.00 of 72.00 USD" in (store.read(zones.plan("run-1", "idle_cleanup")) or b"")
    assert account.wire.changes() == []


def test_marks_of_a_rule_that_is_demoted_are_taken_off(account: Account) -> None:
    volume = account.volume()
    store = account.lake([row(volume)])
    account.run(store, Request(mark=True))
    saved(store, [act(**NOTHING)] * 3)
    account.run(store, Request(mark=True))
    assert account.ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [volume]}])["Tags"] == []


def test_rule_stays_demoted_until_a_proved_mart_says_otherwise(account: Account) -> None:
    store = account.lake([row(account.volume())])
    saved(store, [act(**NOTHING)] * 3)
    account.run(store, APPLY)
    saved(store, [act()] * 3, passed=False, validated_at=(NOW + timedelta(seconds=1)).isoformat())
    report = account.run(store, APPLY)
    assert report.outcomes[0].status == Status.ONLY_TOLD
    assert report.notes[0].startswith("Whether rules keep their promises is not known now:")
    saved(store, [act()] * 3, validated_at=(NOW + timedelta(seconds=2)).isoformat())
    assert account.run(store, APPLY).outcomes[0].status == Status.DONE


def test_new_rule_is_only_told_in_its_first_builds(account: Account) -> None:
    volume = account.volume()
    request = Request(apply=True, notify_builds=2)
    told = []
    for cost in ("1", "1", "2", "3"):
        store = account.lake([row(volume, monthly_cost=Decimal(cost))])
        report = account.run(store, request)
        told.append((report.outcomes[0].status, report.outcomes[0].detail[:60]))
    assert [status for status, _ in told] == [*[Status.ONLY_TOLD] * 3, Status.DONE]
    assert told[0][1] == "rule ebs_volume is new: 2 more builds of the mart before it "
    assert told[2][1].startswith("rule ebs_volume is new: 1 more build of")


def test_dry_run_makes_no_rule_older(account: Account) -> None:
    store = account.lake([row(account.volume())])
    account.run(store, Request(notify_builds=1))
    assert read(store, "idle_cleanup") == {}
    account.run(store, Request(apply=True, notify_builds=1))
    assert [len(rule.builds) for rule in read(store, "idle_cleanup").values()] == [1]


def test_memory_of_rules_that_cannot_be_read_touches_nothing(account: Account) -> None:
    store = account.lake([row(account.volume())])
    store.write(zones.action_rules("idle_cleanup"), b"{")
    with pytest.raises(LakeError, match="rules of idle_cleanup cannot be read"):
        account.run(store, APPLY)
    assert account.wire.changes() == []


def test_too_much_of_one_owner_stops_the_run(account: Account) -> None:
    # An owner who is not named limits nothing.
    rows = [row(account.volume(tags={"owner": "payments"})) for _ in range(6)]
    rows += [row(account.volume()) for _ in range(2)]
    store = account.lake(rows)
    report = account.run(store, APPLY)
    assert report.stopped == "6 resources of payments to touch, more than the 5 allowed (--max-per-owner)"
    assert account.wire.changes() == []
