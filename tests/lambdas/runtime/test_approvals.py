"""What cannot be undone needs a person's word: for what was meant then, and for a time."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from lake import zones
from lake.errors import SettingsError
from lake.output import Output
from lake.settings import Profile, Settings
from lake.store import LocalStore
from lake.workspace import Workspace
from lambdas.approve_cli import approve
from lambdas.runtime.model import Grace, Request, Status
from tests.lambdas.builders import NOW, REGION, address_row, row
from tests.lambdas.conftest import Account

APPLY = Request(apply=True)


def finops(root: Path, *args: str) -> Result:
    settings = Settings(str(root / "lake"), Profile.LOCAL, REGION)
    ws = Workspace(settings, LocalStore(root / "lake"), Output(as_json=True), "run-1", NOW)
    app = typer.Typer()
    app.command("approve")(approve)
    app.callback()(lambda: None)
    return CliRunner().invoke(app, ["approve", *args], obj=ws)


@pytest.fixture
def asked(account: Account) -> tuple[Account, LocalStore, str]:
    """An account with an address that nothing uses, and its lake."""
    allocation, _ = account.address()
    return account, account.lake([address_row(allocation)]), allocation


def test_approved_address_is_released_and_the_ledger_knows_by_whose_word(
    asked: tuple[Account, LocalStore, str],
) -> None:
    account, store, allocation = asked
    assert account.run(store, APPLY).outcomes[0].status == Status.LEFT_ALONE
    assert finops(account.root, "idle_cleanup", allocation).exit_code == 0
    assert allocation in account.address_ids()
    assert account.run(store, APPLY).outcomes[0].status == Status.DONE
    (entry,) = [json.loads(store.read(file.key) or b"") for file in store.files(zones.LEDGER + "/")]
    assert entry["approval"].startswith("approved by arn:aws:sts::123456789012:user/moto on ")


def test_approved_address_is_marked_first_where_there_is_a_grace(asked: tuple[Account, LocalStore, str]) -> None:
    account, store, allocation = asked
    finops(account.root, "idle_cleanup", allocation)
    patient = Request(apply=True, grace=Grace(1, 1))
    assert account.run(store, patient).outcomes[0].status == Status.WAITING
    assert account.run(store, Request(mark=True)).outcomes[0].status == Status.MARKED
    assert account.run(store, patient, now=NOW + timedelta(hours=24)).outcomes[0].status == Status.DONE


def test_approval_expires(asked: tuple[Account, LocalStore, str]) -> None:
    account, store, allocation = asked
    finops(account.root, "idle_cleanup", allocation, "--days", "1")
    (outcome,) = account.run(store, APPLY, now=NOW + timedelta(hours=24)).outcomes
    assert outcome.status == Status.LEFT_ALONE
    assert outcome.detail.endswith(f"the approval of {NOW:%Y-%m-%d} has expired")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"plan": "0123456789abcdef"}, "it has changed since it was approved on"),
        ({"version": 9}, "its approval cannot be read"),
        ({"expires_at": "2999-01-01T00:00:00"}, "its approval cannot be read"),
        ({"approved_at": None}, "its approval cannot be read"),
    ],
)
def test_approval_of_something_else_is_none(
    asked: tuple[Account, LocalStore, str], change: dict[str, object], why: str
) -> None:
    account, store, allocation = asked
    finops(account.root, "idle_cleanup", allocation)
    (file,) = store.files(zones.APPROVALS + "/")
    store.write(file.key, json.dumps({**json.loads(store.read(file.key) or b""), **change}).encode())
    (outcome,) = account.run(store, APPLY).outcomes
    assert outcome.status == Status.LEFT_ALONE
    assert why in outcome.detail
    assert allocation in account.address_ids()


def test_nothing_is_approved_that_is_not_asked_for(asked: tuple[Account, LocalStore, str]) -> None:
    account, _, allocation = asked
    volume = account.volume()
    store = account.lake([row(volume), address_row(allocation)])
    for resource, why in ((volume, "delete: attached to nothing"), ("vol-1", "the action does not name it")):
        result = finops(account.root, "idle_cleanup", allocation, resource)
        assert isinstance(result.exception, SettingsError)
        assert why in str(result.exception)
    assert list(store.files(zones.APPROVALS + "/")) == []


def test_who_is_not_known_to_aws_approves_nothing(asked: tuple[Account, LocalStore, str], no_aws: None) -> None:
    account, store, allocation = asked
    result = finops(account.root, "idle_cleanup", allocation)
    assert isinstance(result.exception, SettingsError)
    assert "Who approves is not known" in str(result.exception)
    assert list(store.files(zones.APPROVALS + "/")) == []
