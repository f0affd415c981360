"""An emulated account with one of everything, and lakes into which it is collected."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.validate import validate_parameters
from moto import mock_aws

from ingestion.collecting import registry
from ingestion.collecting.collect import CollectReport, collect
from lake.accounts import Accounts
from lake.collected.days import latest_rows
from lake.output import Output
from lake.settings import Collecting, Settings
from lake.workspace import Workspace

OWN = "123456789012"
REGION = "eu-west-1"
NOW = datetime(2026, 11, 26, 6, 30, tzinfo=UTC)

# Parsing the model of EC2 takes half a second; all sessions of these tests share those that are parsed.
_MODELS = botocore.session.Session().get_component("data_loader")

Answer = Callable[[str, dict[str, Any]], dict[str, Any] | None]


@dataclass
class Cloud:
    """A session whose calls are seen, and can be answered in place of the emulated account.

    What a test answers must fit AWS's own model of that answer.
    """

    session: boto3.Session
    calls: list[str] = field(default_factory=list)
    asked: set[tuple[str, str]] = field(default_factory=set)
    answers: dict[str, Answer] = field(default_factory=dict)
    here: threading.local = field(default_factory=threading.local)

    def with_params(self, params: Any, **_: Any) -> None:
        self.here.params = params

    def before_call(self, model: Any, params: Any, **_: Any) -> tuple[AWSResponse, dict[str, Any]] | None:
        self.calls.append(model.name)
        self.asked.add((model.service_model.service_name, model.name))
        answer = self.answers.get(model.name)
        parsed = answer(str(params["url"]), self.here.params) if answer else None
        if parsed is None:
            return None
        if "Error" not in parsed:
            validate_parameters(parsed, model.output_shape)
        return AWSResponse("", 400 if "Error" in parsed else 200, {}, None), parsed

    def fails(self, operation: str, code: str, *, at: str = "") -> None:
        """Answer an operation with an error, in those places alone whose address names `at`."""
        error = {"Error": {"Code": code, "Message": "told by a test"}, "ResponseMetadata": {"HTTPStatusCode": 400}}
        self.answers[operation] = lambda url, _: error if at in url else None

    def client(self, service: str, region: str = REGION) -> Any:
        make: Any = self.session.client
        return make(service, region_name=region)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    with mock_aws():
        session = botocore.session.Session()
        session.register_component("data_loader", _MODELS)
        made = Cloud(boto3.Session(botocore_session=session))
        session.register("provide-client-params", made.with_params)
        session.register("before-call", made.before_call)
        yield made


@dataclass(frozen=True)
class Lake:
    """A lake and the account that it is collected from."""

    ws: Workspace
    cloud: Cloud

    def collect(self, *sources: str, on: datetime = NOW, run: str = "", **settings: Any) -> CollectReport:
        wanted = Collecting(**{"regions": (REGION,), **settings})
        ws = replace(self.ws, now=on, settings=replace(self.ws.settings, collecting=wanted))
        ws = replace(ws, run_id=run or f"{on:%Y%m%dT%H%M%SZ}-test")
        accounts = Accounts(ws.run_id, role_name=wanted.role_name, session=self.cloud.session)
        with ws.store.locked():
            return collect(ws, registry.chosen(sources), accounts)

    def rows(self, source: str) -> list[dict[str, Any]]:
        rows, _ = latest_rows(self.ws.store, source)
        return [_with_dicts(row) for row in rows.to_pylist()]


def _with_dicts(row: dict[str, Any]) -> dict[str, Any]:
    return {name: dict(value) if isinstance(value, list) else value for name, value in row.items()}


@pytest.fixture
def lake(cloud: Cloud, tmp_path: Path) -> Lake:
    settings = Settings.resolve(lake=str(tmp_path / "lake"), environ={"AWS_REGION": REGION})
    return Lake(Workspace.begin(settings, Output(quiet=True), NOW), cloud)
