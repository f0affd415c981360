"""The embedded engine: DuckDB in this process, its tables in one file inside the lake or a mirror of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbt_project.engine import DbtCall, Rows
from dbt_project.landing import local_lake
from lake import zones
from lake.errors import LakeError
from lake.held import Held
from lake.tables import Mart
from lake.workspace import Workspace

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# What was published from the engine's file, beside it: as good a cache, and as dispensable.
NOTES = "published.json"


@dataclass(frozen=True)
class LocalRows:
    """The tables of the engine's file."""

    connection: DuckDBPyConnection
    notes_file: Path

    def built(self, held: Sequence[Held]) -> Mapping[str, str]:
        """What each finished month was built from: its deliveries and the code."""
        sql = "select 1 from duckdb_tables() where table_name = 'period_states'"
        if self.connection.execute(sql).fetchone() is None:
            return {}
        sql = "select billing_period, built || code from build.period_states where built is not null"
        open_months = {one.billing_period for one in held}
        return {month: of for month, of in self.connection.execute(sql).fetchall() if month not in open_months}

    def provide(self, mart: Mart, without: Collection[str]) -> None:
        """All rows are there already."""

    def notes(self) -> bytes | None:
        """What was noted beside the file."""
        return self.notes_file.read_bytes() if self.notes_file.exists() else None

    def note(self, content: bytes) -> None:
        """Note it beside the file."""
        self.notes_file.write_bytes(content)


@dataclass(frozen=True)
class LocalEngine:
    """DuckDB on the lake's folder `root`."""

    root: Path

    @classmethod
    def begin(cls, ws: Workspace, *, full_refresh: bool = False) -> LocalEngine:
        """The engine, with its file as the last build left it. Raises LakeError without an accepted bill."""
        engine = cls(local_lake(ws.store, ws.settings.region))
        if full_refresh:
            forget(engine.file)
        drop_unreadable(engine.file)
        return engine

    @property
    def file(self) -> Path:
        """The engine's file."""
        return self.root / zones.ENGINE_FILE

    @property
    def dbt(self) -> DbtCall:
        """How dbt is called for it."""
        engine = self.root / zones.ENGINE
        return DbtCall("local", str(engine), engine / "dbt", {"FINOPS_LAKE": str(self.root)})

    @contextmanager
    def computing(self) -> Iterator[None]:
        """The file is open: dbt keeps it so as long as Python runs, and DuckDB lets nobody else in meanwhile."""
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager

        try:
            yield
        finally:
            DuckDBConnectionManager.close_all_connections()

    @contextmanager
    def rows(self, results: Sequence[Any]) -> Iterator[Rows]:
        """The file's tables."""
        import duckdb

        with duckdb.connect(str(self.file), read_only=True) as connection:
            yield LocalRows(connection, self.file.with_name(NOTES))

    def end(self, results: Sequence[Any]) -> None:
        """Nothing is left to do."""


def drop_unreadable(engine_file: Path) -> None:
    """The engine's file is only a cache of the landing zone: one that a crash left unreadable is made anew."""
    import duckdb

    if engine_file.exists():
        try:
            duckdb.connect(str(engine_file)).close()
        except duckdb.Error as error:
            if "Could not set lock" in str(error):
                raise LakeError(
                    "Another program has the engine's file open.", where=str(engine_file), todo="Close it, run again."
                ) from error
            engine_file.unlink()
            engine_file.with_name(engine_file.name + ".wal").unlink(missing_ok=True)


def forget(engine_file: Path) -> None:
    """Without the engine's file everything is computed anew; without the notes, written anew."""
    for path in (engine_file, engine_file.with_name(engine_file.name + ".wal"), engine_file.with_name(NOTES)):
        path.unlink(missing_ok=True)
