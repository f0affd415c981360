"""The waist of the last build, open to questions: in the embedded engine's file, or as a table of Athena's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from dbt_project.landing import local_lake
from lake import turns, zones
from lake.aws import patience
from lake.errors import LakeError, SettingsError
from lake.settings import Profile
from lake.tables import WAIST
from lake.workspace import Workspace

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Waist:
    """A table and a way to ask it. `within` is a condition of every question: what may be read at all."""

    table: str
    within: str
    run: Callable[[str, Sequence[object]], Rows]

    def ask(self, select: str, where: str, values: Sequence[object], rest: str = "") -> Rows:
        """The rows of `select … from waist where … rest`; `?` stands for each value, in order."""
        return self.run(f"{select} from {self.table} where {self.within} and {where} {rest}", values)


@contextmanager
def open_waist(ws: Workspace, period: str | None) -> Iterator[Waist]:
    """The waist as the last build left it; nothing is written to it.

    Raises LakeError when no bill was accepted or nothing is built. Athena is paid for what it reads, so it is only ever
    asked about one month: raises SettingsError without a period, YYYY-MM, or for one of which no bill was accepted.
    """
    if ws.settings.profile is Profile.AWS:
        yield _athena(ws, _known_month(ws, period))
        return
    with _embedded(ws) as waist:
        yield waist


@contextmanager
def _embedded(ws: Workspace) -> Iterator[Waist]:
    import duckdb

    engine_file = local_lake(ws.store, ws.settings.region) / zones.ENGINE_FILE
    if not engine_file.exists():
        raise LakeError("Nothing is built here yet.", where=str(engine_file), todo="Run `finops build` first.")
    try:
        with duckdb.connect(str(engine_file), read_only=True) as engine:
            waist = Waist(f"build.{WAIST}", "true", lambda sql, values: engine.execute(sql, values).fetchall())
            waist.ask("select 1", "true", (), "limit 0")
            yield waist
    except duckdb.CatalogException as error:
        raise LakeError("The last build did not finish.", where=str(engine_file), todo="Run `finops build`.") from error
    except duckdb.IOException as error:
        raise LakeError(
            "The engine's file cannot be opened: another program has it, or it is damaged.",
            where=str(engine_file),
            todo="Wait for the other run to end, or run `finops build`.",
        ) from error


def _known_month(ws: Workspace, period: str | None) -> str:
    months = sorted({pointer["billing_period"] for pointer in turns.pointers(ws.store)})
    if not months:
        todo = "Run `finops ingest --bills PATH` first."
        raise LakeError("The lake holds no accepted bill.", where=ws.store.uri, todo=todo)
    if period is not None and period in months:
        return period
    what = (
        "Athena is paid for what it reads, so it explains one month at a time."
        if period is None
        else f"No line of the bill is of period {period}."
    )
    raise SettingsError(what, where="--period", todo=f"Choose one of: {', '.join(months)}.")


def _athena(ws: Workspace, period: str) -> Waist:
    import boto3
    import pyathena
    from pyathena.error import OperationalError

    database = ws.settings.glue_database(zones.BUILD)
    connection = pyathena.connect(
        session=boto3.Session(region_name=ws.settings.region),
        work_group=ws.settings.athena.workgroup,
        s3_staging_dir=ws.settings.results,
        schema_name=database,
        config=patience(),
    )

    def run(sql: str, values: Sequence[object]) -> Rows:
        try:
            return cast("Rows", connection.cursor().execute(_filled(sql, values)).fetchall())
        except OperationalError as error:
            is_missing = "TABLE_NOT_FOUND" in str(error) or "SCHEMA_NOT_FOUND" in str(error)
            what = "Nothing is built here yet." if is_missing else f"Athena failed: {error}."
            raise LakeError(what, where=f"{database}.{WAIST}", todo="Run `finops build`.") from error

    return Waist(f"{database}.{WAIST}", _filled("billing_period = ?", [period]), run)


def _filled(sql: str, values: Sequence[object]) -> str:
    """SQL with its values as literals: Athena leaves partitions unread by a literal alone."""
    first, *rest = sql.split("?")
    told = [str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'" for value in values]
    return first + "".join(value + part for value, part in zip(told, rest, strict=True))
