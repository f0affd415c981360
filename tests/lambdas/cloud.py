"""One AWS account in moto, with every call of the code under test on record and any of them answered instead.

moto says yes where AWS says no, and does not know some services: what it is wrong about is answered by the test.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

from botocore.awsrequest import AWSResponse

from lake.accounts import Accounts
from lake.store import LocalStore
from lambdas.registry import action
from lambdas.runtime.action import Reach, Run
from lambdas.runtime.model import Patience, Request
from lambdas.runtime.report import ActionReport
from lambdas.runtime.run import run_action
from tests.lambdas.builders import NOW, REGION
from tests.lambdas.conftest import new_session

Answer = Callable[[dict[str, Any]], dict[str, Any] | None]
READING = ("Describe", "List", "Get", "Lookup", "AssumeRole")


class Cloud:
    """The account, its lake, and the wire between."""

    services: tuple[str, ...] = ("ec2",)

    def __init__(self, root: Path) -> None:
        self.session, self.accounts, holder = self.wire()
        holder["cloud"] = self
        self.store: Any = self.new_store(root)
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.answers: dict[str, Answer] = {}
        self.errors: dict[str, tuple[str, str]] = {}
        self.cut_off_after: dict[str, type[BaseException]] = {}
        self.run_number = 0

    def wire(self) -> tuple[Any, Accounts, dict[str, Any]]:
        """Session and clients of the code under test, and who is told of its calls."""
        return _wire(self.services)

    def new_store(self, root: Path) -> Any:
        """The lake: a folder, unless a test wants another."""
        return LocalStore(root / "lake")

    def _before_call(self, model: Any, params: Any, **_: Any) -> tuple[AWSResponse, dict[str, Any]] | None:
        body = _body(params)
        self.asked.append((model.service_model.service_name, model.name, body))
        code, about = self.errors.get(model.name, ("", ""))
        if code and about in str(body):
            return AWSResponse("", 400, {}, None), refusal(code)
        answer = self.answers.get(model.name)
        parsed = answer(body) if answer else None
        if parsed is None:
            return None
        return AWSResponse("", 400 if "Error" in parsed else 200, {}, None), parsed

    def _after_call(self, model: Any, http_response: Any, **_: Any) -> None:
        if model.name in self.cut_off_after and http_response.status_code < 400:
            raise self.cut_off_after[model.name]

    def client(self, service: str) -> Any:
        """A client of the test's own, whose calls are on no record."""
        return _client(service)

    def act(
        self,
        name: str,
        request: Request | None = None,
        *,
        now: datetime = NOW,
        reach: Reach | None = None,
        settings: Mapping[str, str] | None = None,
        patience: Patience | None = None,
    ) -> ActionReport:
        """Run an action; to apply, and with its usual limits, unless the request says otherwise."""
        self.run_number += 1
        run = Run(
            self.store,
            self.accounts,
            f"run-{self.run_number}",
            now,
            patience=patience or Patience(seconds=0, sleep=_never),
            clock=lambda: now,
            reach=reach or Reach(home=REGION),
            settings=settings or {},
        )
        chosen = action(name)
        return run_action(run, chosen, request or Request(apply=True, caps=chosen.caps))

    def changes(self) -> list[str]:
        """Calls that changed something, and forget all calls."""
        found = [
            name for _, name, body in self.asked if not name.startswith(READING) and str(body.get("DryRun")) != "true"
        ]
        self.asked.clear()
        return found

    def ledger(self, action: str) -> list[dict[str, Any]]:
        """The entries of an action, oldest first."""
        files = self.store.files(f"actions/ledger/{action}/")
        return sorted((json.loads(self.store.read(f.key) or b"") for f in files), key=lambda entry: entry["acted_at"])


@cache
def _wire(services: tuple[str, ...]) -> tuple[Any, Accounts, dict[str, Any]]:
    # Clients are costly to make: tests of the same services share them, and the newest account is told of the calls.
    return new_wire(services)


def new_wire(services: tuple[str, ...]) -> tuple[Any, Accounts, dict[str, Any]]:
    """A session whose calls are told to the account that `holder["cloud"]` is at the moment."""
    session, holder = new_session(), {}

    def told(model: Any, params: Any, **more: Any) -> Any:
        return holder["cloud"]._before_call(model, params, **more)

    def done(model: Any, **more: Any) -> None:
        holder["cloud"]._after_call(model, **more)

    for service in services:
        session.events.register(f"before-call.{service}", told)
        session.events.register(f"after-call.{service}", done)
    return session, Accounts("run", session=session), holder


@cache
def _client(service: str) -> Any:
    # One for all tests: whichever account is emulated at the moment answers it.
    return new_session().client(service, region_name=REGION)


def refusal(code: str) -> dict[str, Any]:
    """AWS's answer when it refuses."""
    told = {"Code": code, "Message": f"{code} for a test"}
    return {"Error": told, "ResponseMetadata": {"HTTPStatusCode": 400}}


def _never(seconds: float) -> None:
    raise AssertionError(f"slept {seconds} s")


def _body(params: Mapping[str, Any]) -> dict[str, Any]:
    body = params.get("body")
    if isinstance(body, dict):
        return body
    text = body.decode() if isinstance(body, bytes) else str(body or "")
    try:
        told = json.loads(text) if text else {}
    except ValueError:
        told = {"body": unquote_plus(text)}
    return {**told, "url": params.get("url_path", "")}
