"""Without --apply the same way is gone, and nothing changes."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from lake import zones
from lambdas.runtime.errors import NoAccountError
from lambdas.runtime.model import Request, Status, Verb
from lambdas.runtime.report import ActionReport
from tests.lambdas.builders import GONE_VOLUME, address_row, row
from tests.lambdas.conftest import Account

DRY = Request(approved=frozenset({Verb.RELEASE}))


def statuses(report: ActionReport) -> dict[str, Status]:
    return {out.decision.resource_id: out.status for out in report.outcomes}


def test_dry_run_changes_nothing_and_asks_aws_whether_it_could(account: Account) -> None:
    idle, attached = account.volume(), account.volume()
    account.attach(attached)
    allocation, _ = account.address()
    store = account.lake([row(idle), row(attached), row(GONE_VOLUME), address_row(allocation)])
    before = account.everything()

    report = account.run(store, DRY)

    assert statuses(report) == {
        idle: Status.WOULD_ACT,
        attached: Status.LEFT_ALONE,
        GONE_VOLUME: Status.LEFT_ALONE,
        allocation: Status.WOULD_ACT,
    }
    assert account.wire.changes() == []
    asked = [name for name, body in account.wire.calls if body.get("DryRun") == "true"]
    assert sorted(asked) == ["CreateSnapshot", "DeleteVolume", "ReleaseAddress"]
    assert account.everything() == before
    assert list(store.files(zones.LEDGER)) == []


def test_right_that_is_missing_is_reported_by_the_dry_run(account: Account) -> None:
    volume = account.volume()
    account.wire.fails("DeleteVolume", "UnauthorizedOperation")

    report = account.run(account.lake([row(volume)]), DRY)

    assert report.outcomes[0].status is Status.REFUSED
    assert report.outcomes[0].detail.startswith("DeleteVolume: UnauthorizedOperation")


@pytest.mark.parametrize("apply", [False, True])
def test_plan_tells_every_call_and_every_reason_and_is_written_before_anything_is_done(
    account: Account, apply: bool
) -> None:
    idle, young = account.volume(), account.volume(age=timedelta(days=2))
    store = account.lake([row(idle), row(young)])
    key = zones.plan("run-1", "idle_cleanup")
    plans_seen: list[bytes | None] = []

    def see_plan(body: dict[str, str]) -> None:
        plans_seen.append(store.read(key))

    account.wire.answers["CreateSnapshot"] = see_plan

    report = account.run(store, Request(apply=apply))

    plan = json.loads(store.read(key) or b"")
    assert plans_seen == [store.read(key)]
    assert report.plan == store.location(key)
    told = {each["resource_id"]: (each["verb"], each["calls"]) for each in plan["decisions"]}
    assert told[idle] == ("delete", [f"ec2:CreateSnapshot {idle}", f"ec2:DeleteVolume {idle}"])
    assert told[young] == ("leave alone", [])
    assert {each["reason"] for each in plan["decisions"]} == {
        "attached to nothing: 100 GiB gp3, idle on the bill",
        "created 2 days ago, younger than 14 days",
    }
    assert plan["monthly_cost_at_risk"] == {"USD": "8.0000000000"}


def test_account_that_refuses_to_be_read_leaves_its_volumes_unknown_and_others_known(account: Account) -> None:
    volume, elsewhere = account.volume(), "vol-0123456789abcdef0"
    account.wire.answers["DescribeVolumes"] = lambda body: None
    store = account.lake([row(volume), row(elsewhere, region_id="global")])

    report = account.run(store, DRY)

    details = {out.decision.resource_id: out.detail for out in report.outcomes}
    assert details[elsewhere] == "live state unknown: the bill names no region"
    assert details[volume].startswith("AWS would allow")

    account.wire.fails("DescribeVolumes", "UnauthorizedOperation")
    report = account.run(store, DRY, run_id="run-2")
    assert {out.decision.verb for out in report.outcomes} == {Verb.LEAVE}
    assert any("live state unknown: UnauthorizedOperation" in out.detail for out in report.outcomes)


def test_dry_run_without_aws_says_so_for_every_candidate(account: Account, no_aws: None) -> None:
    rows = [row("vol-0123456789abcdef0"), address_row("203.0.113.7")]

    report = account.run(account.lake(rows), DRY)

    assert {out.detail for out in report.outcomes} == {
        "live state unknown: no AWS account reachable (no credentials found)"
    }
    assert {out.decision.verb for out in report.outcomes} == {Verb.LEAVE}


def test_applying_without_aws_is_an_error(account: Account, no_aws: None) -> None:
    with pytest.raises(NoAccountError, match="no AWS account reachable"):
        account.run(account.lake([row("vol-0123456789abcdef0")]))


def test_applying_without_aws_is_fine_when_there_is_nothing_to_do(account: Account, no_aws: None) -> None:
    assert account.run(account.lake([])).outcomes == ()
