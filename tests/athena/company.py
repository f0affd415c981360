"""One company's bills in two lakes: in S3, computed by Athena, and in a folder, computed by DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from dbt_project.athena import PROJECT, AthenaEngine
from dbt_project.build import BuildReport, build
from dbt_project.lean import lean
from dbt_project.periods import Periods, plan
from ingestion.land import ingest
from ingestion.synthetic.account_days import land_days
from ingestion.synthetic.cur2 import write_cur2
from ingestion.synthetic.events.scene import Scene
from ingestion.synthetic.ledger import build_ledger
from lake import zones
from lake.aws import models_read_once
from lake.output import Output
from lake.settings import Settings
from lake.workspace import Workspace
from tests.pipeline.conftest import NOW, workspace
from tests.support.local_aws import RemoteAws

LAKE = "s3://company/two-engines"


@dataclass
class Company:
    """Both lakes, and the account that one of them lies in. Whatever is done is done to both, at the same moment."""

    aws: RemoteAws
    folder: Path
    there: Workspace
    here: Workspace

    def deliver(self, through: date, days_later: int = 0) -> None:
        """The bills of May, June and July up to a day, two payers, into both lakes; first with what accounts tell."""
        bills = self.folder / f"bills-{through}"
        ledger = build_ledger(date(2026, 5, 1), 3, through, seed=7, payers=2)
        write_cur2(ledger, bills)
        now = NOW + timedelta(days=days_later)
        self.there, self.here = replace(self.there, now=now), replace(self.here, now=now)
        for ws in (self.there, self.here):
            ingest(ws, str(bills))
            if not days_later:
                scene = Scene(ledger.seed, ledger.months[0].period, date(2026, 5, 1))
                land_days(ws, scene, [through - timedelta(days=40), through + timedelta(days=1)])

    def build(self, *, full_refresh: bool = False) -> tuple[BuildReport, BuildReport]:
        """Both lakes built."""
        return build(self.there, full_refresh=full_refresh), build(self.here, full_refresh=full_refresh)

    def unit_tests(self) -> dict[str, str]:
        """What dbt says of each unit test of the project, when it runs them in Athena."""
        from dbt.cli.main import dbtRunner

        engine = AthenaEngine(self.there, plan(Periods(), {}, ""), self.folder / "dbt" / "scratch")
        call = engine.dbt
        arguments = ["--quiet", "--log-level-file=none", "test", "--select=test_type:unit", f"--target={call.target}"]
        arguments += [f"--{name}-dir={PROJECT}" for name in ("project", "profiles")]
        arguments += [f"--{name}-path={call.working}" for name in ("target", "log")]
        with pytest.MonkeyPatch.context() as patched, lean(), engine.computing():
            for name, value in call.environment.items():
                patched.setenv(name, value)
            told: Any = dbtRunner().invoke(arguments).result
        return {one.node.name: str(one.status) for one in told.results if one.node.resource_type == "unit_test"}


def marts(ws: Workspace) -> dict[str, bytes]:
    """Every published file, by its key."""
    return {file.key: ws.store.read(file.key) or b"" for file in ws.store.files(f"{zones.MARTS}/")}


@contextmanager
def company_in(aws: RemoteAws, folder: Path) -> Iterator[Company]:
    """The company's lakes; the environment says where AWS is while they are there."""
    with models_read_once(), pytest.MonkeyPatch.context() as patched:
        for name, value in aws.environment.items():
            patched.setenv(name, value)
        patched.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        settings = Settings.resolve(
            lake=LAKE, profile="aws", environ={"AWS_REGION": "us-east-1", "FINOPS_GLUE_PREFIX": "two_engines"}
        )
        there = Workspace.begin(settings, Output(quiet=True), NOW)
        yield Company(aws, folder, there, workspace(folder / "lake"))
