"""The engine in an AWS account: dbt computes in Athena, and what it made is published from here.

The engine's own tables are nobody's but the build's. Their files are read and written anew by the same code, under the
same keys, as the rows of the embedded engine: the same rows give the same bytes. See docs/decisions/0009.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbt_project.engine import DbtCall, Rows
from dbt_project.left_over import stop_left_over
from dbt_project.orphans import sweep_orphans
from dbt_project.periods import Periods, Plan, accepted_now, code_fingerprint, plan
from dbt_project.table_files import Athena, Part, contract
from lake import aws, zones
from lake.catalog.settle import settle_landing, settle_marts
from lake.errors import LakeError
from lake.held import Held
from lake.tables import MARTS, MONTHLY_MARTS, Mart
from lake.workspace import Workspace

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PROJECT = Path(__file__).parent

Columns = Mapping[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class AthenaEngine:
    """Athena at work on one build of a lake in S3."""

    ws: Workspace
    plan: Plan
    scratch: Path

    @classmethod
    def begin(cls, ws: Workspace, own_keys: str = "", *, full_refresh: bool = False) -> AthenaEngine:
        """The engine, with its catalogue as the pointers have it; `own_keys` are those that the user's rules ask for.

        Raises LakeError without an accepted bill.
        """
        pointers = settle_landing(ws)
        if not pointers:
            raise LakeError(
                "The lake holds no accepted bill.", where=ws.store.uri, todo="Run `finops ingest --bills PATH` first."
            )
        settings = ws.settings
        athena = aws.client("athena", settings.region)
        database = settings.glue_database(zones.BUILD)
        stop_left_over(athena, settings.athena.workgroup, database, ws.now)
        sweep_orphans(ws.store, aws.client("glue", settings.region), database, ws.now)
        before = Periods.from_json(ws.store.read(zones.ATHENA_PERIODS))
        made = plan(before, accepted_now(pointers), code_fingerprint(PROJECT) + own_keys, full_refresh=full_refresh)
        if full_refresh:
            ws.store.delete(zones.ATHENA_PUBLISHED)
        _write(ws, before, made.begun)
        return cls(ws, made, ws.store.scratch())

    @property
    def dbt(self) -> DbtCall:
        """How dbt is called for it. Months are told as they are due, so that what Athena reads is named in words."""
        settings = self.ws.settings
        return DbtCall(
            target="athena",
            place=f"Athena workgroup {settings.athena.workgroup}",
            working=self.scratch.parent / "dbt",
            environment={
                "FINOPS_LAKE": settings.lake,
                "FINOPS_GLUE_PREFIX": settings.athena.prefix,
                "FINOPS_ATHENA_WORKGROUP": settings.athena.workgroup,
                "FINOPS_ATHENA_RESULTS": settings.results,
                "AWS_REGION": Athena.reach(settings, "").session.region_name or "",
            },
            variables={} if self.plan.is_from_scratch else {"due_periods": list(self.plan.due)},
            # Seeds are part of the code: where that is the same, they are there.
            flags=("--full-refresh",) if self.plan.is_from_scratch else ("--exclude-resource-type=seed",),
        )

    def computing(self) -> AbstractContextManager[None]:
        """Clients are made once: dbt-athena makes one for nearly each call."""
        return aws.clients_made_once()

    @contextmanager
    def rows(self, results: Sequence[Any]) -> Iterator[Rows]:
        """The marts in a DuckDB of this process: the small ones at once, what has a row per charge when asked for."""
        import duckdb

        columns = {result.node.name: contract(result.node) for result in results}
        try:
            with duckdb.connect() as connection:
                connection.execute("create schema marts")
                rows = AthenaRows(connection, self, columns)
                rows.read([mart.name for mart in MARTS if not mart.month_column])
                yield rows
        finally:
            shutil.rmtree(self.scratch, ignore_errors=True)

    def end(self, results: Sequence[Any]) -> None:
        """Show what is published, and take the files of replaced rows out of Athena's tables."""
        settle_marts(self.ws)
        if self.plan.is_from_scratch or not self.plan.due:
            return
        names = [one.node.name for one in results if one.node.config.materialized == "incremental"]
        database = self.ws.settings.glue_database(zones.BUILD)
        try:
            Athena.reach(self.ws.settings, database).run([f"vacuum {database}.{name}" for name in names])
        except LakeError as error:
            # The numbers are published; only files that nobody reads any more are still there.
            if "MORE_RUNS_NEEDED" not in error.what:
                self.ws.out.warn(f"Replaced rows still take space in S3, the next build tries again. {error}")


@dataclass(frozen=True)
class AthenaRows:
    """Rows of Athena's tables, from the files that those consist of."""

    connection: DuckDBPyConnection
    engine: AthenaEngine
    columns: Columns

    def built(self, held: Sequence[Held]) -> Mapping[str, str]:
        """What each finished month was built from: its deliveries and the code. From here on they are finished."""
        made = self.engine.plan
        finished = made.finished({one.billing_period for one in held})
        _write(self.engine.ws, made.begun, finished)
        return {month: of + made.code for month, of in finished.built.items() if of}

    def provide(self, mart: Mart, without: Collection[str]) -> None:
        """Fetch a mart with a row per charge, each month by itself."""
        if mart.name not in MONTHLY_MARTS:
            return
        months = sorted(set(self.engine.plan.accepted) - set(without))
        parts = {month: Part(mart.name, f"{mart.month_column} = '{month}'") for month in months}
        self._show(mart.name, [path for paths in self._fetch(mart.name, parts).values() for path in paths])

    def notes(self) -> bytes | None:
        """What was noted in the lake."""
        return self.engine.ws.store.read(zones.ATHENA_PUBLISHED)

    def note(self, content: bytes) -> None:
        """Note it in the lake."""
        if content != self.notes():
            self.engine.ws.store.write(zones.ATHENA_PUBLISHED, content)

    def read(self, names: Sequence[str]) -> None:
        """Fetch whole tables and show them under their names."""
        for name, paths in self._fetch("whole", {name: Part(name) for name in names}).items():
            self._show(name, paths)

    def _fetch(self, folder: str, parts: Mapping[str, Part]) -> dict[str, list[Path]]:
        settings = self.engine.ws.settings
        athena = Athena.reach(settings, settings.glue_database(zones.BUILD))
        return athena.fetch(parts, self.engine.scratch / folder)

    def _show(self, name: str, paths: Sequence[Path]) -> None:
        """Athena folds names to lower case and widens some types: the contract has them as they are to be."""
        columns = self.columns[name]
        if paths:
            files = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
            typed = ", ".join(f'cast("{column}" as {kind}) as "{column}"' for column, kind in columns)
            sql = f"select {typed} from read_parquet([{files}])"  # noqa: S608
        else:
            sql = (
                "select "
                + ", ".join(f'cast(null as {kind}) as "{column}"' for column, kind in columns)
                + " where false"
            )
        self.connection.execute(f"create view marts.{name} as {sql}")


def _write(ws: Workspace, before: Periods, now: Periods) -> None:
    if now != before:
        ws.store.write(zones.ATHENA_PERIODS, now.to_json())
