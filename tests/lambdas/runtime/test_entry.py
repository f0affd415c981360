from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from lake.errors import GateClosedError, SettingsError
from lambdas.idle_cleanup import handler as handler_module
from lambdas.idle_cleanup.handler import handler
from lambdas.runtime.entry import request_of
from lambdas.runtime.errors import ActsFailedError, StoppedError
from lambdas.runtime.model import Verb
from tests.lambdas.builders import row
from tests.lambdas.conftest import Account


class Context:
    aws_request_id = "0a1b2c3d-4e5f"

    def get_remaining_time_in_millis(self) -> int:
        return 900_000


@pytest.fixture
def lake(account: Account, monkeypatch: pytest.MonkeyPatch) -> Account:
    monkeypatch.setenv("FINOPS_LAKE", str(account.root / "lake"))
    return account


def test_empty_event_is_a_dry_run(lake: Account) -> None:
    volume = lake.volume()
    lake.lake([row(volume)])

    report = handler(None, Context())

    assert report["apply"] is False
    assert report["counts"] == {"would act": 1}
    assert report["run_id"].endswith("-0a1b2c3d")
    assert json.loads(json.dumps(report)) == report
    assert lake.volume_ids() == {volume}


def test_event_that_says_apply_deletes(lake: Account) -> None:
    lake.lake([row(lake.volume())])
    assert handler({"apply": True, "max_count": 1}, Context())["counts"] == {"done": 1}
    assert lake.volume_ids() == set()


def test_log_tells_the_run_and_each_resource_that_is_touched_in_lines_of_json(
    lake: Account, caplog: pytest.LogCaptureFixture
) -> None:
    touched, protected = lake.volume(), lake.volume(tags={"finops:protect": "true"})
    lake.lake([row(touched), row(protected)])
    handler({"apply": True}, Context())
    told = [json.loads(line) for line in caplog.messages]
    assert [one.get("resource_id") for one in told] == [touched, None]
    assert (told[0]["action"], told[0]["status"], told[0]["run_id"]) == ("idle_cleanup", "done", told[1]["run_id"])
    assert told[1]["counts"] == {"done": 1, "left alone": 1}


def test_cap_in_the_event_raises_so_that_an_alarm_rings(lake: Account) -> None:
    volume = lake.volume()
    lake.lake([row(volume)])
    with pytest.raises(StoppedError, match="--max-monthly-cost"):
        handler({"apply": True, "max_monthly_cost": "7.99"}, Context())
    assert lake.volume_ids() == {volume}


def test_time_that_is_nearly_up_begins_no_act(lake: Account) -> None:
    class Late(Context):
        def get_remaining_time_in_millis(self) -> int:
            return 29_000

    volume = lake.volume()
    lake.lake([row(volume)])
    with pytest.raises(ActsFailedError, match="time is up"):
        handler({"apply": True}, Late())
    assert lake.volume_ids() == {volume}


def test_closed_gate_is_an_error_of_the_function(lake: Account) -> None:
    with pytest.raises(GateClosedError):
        handler({}, Context())


def test_missing_lake_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FINOPS_LAKE", raising=False)
    with pytest.raises(SettingsError, match="No lake"):
        handler({}, None)
    assert handler_module.handler is handler


@pytest.mark.parametrize(
    "event",
    [
        {"apply": "true"},
        {"apply": "false"},
        {"apply": 1},
        {"aply": True},
        {"apply": True, "mark": True},
        {"max_count": "many"},
        {"max_count": -1},
        {"max_count": True},
        {"max_monthly_cost": "NaN"},
        {"release_addresses": "yes"},
    ],
)
def test_event_that_is_not_understood_is_refused(event: dict[str, Any]) -> None:
    with pytest.raises(SettingsError):
        request_of(event)


def test_event_becomes_the_request() -> None:
    told = {"max_monthly_cost": "99.5", "release_addresses": True, "min_age_days": 30, "mark": True}
    request = request_of({**told, "notify_builds": 2, "max_per_owner": 3})
    assert request.caps.max_monthly_cost == Decimal("99.5")
    assert request.approved == {Verb.RELEASE}
    assert request.min_age == timedelta(days=30)
    assert (request.apply, request.mark, request.notify_builds, request.caps.max_per_owner) == (False, True, 2, 3)
