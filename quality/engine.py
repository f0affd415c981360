"""How Great Expectations reaches the marts: DuckDB over copies of the published files, or Athena over the catalog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, event
from sqlalchemy.dialects import plugins
from sqlalchemy.engine import Connection, CreateEnginePlugin, Engine, ExecutionContext
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

from lake.settings import engine_memory
from lake.sql import path_literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from sqlalchemy.engine.interfaces import DBAPICursor

_PLUGIN = "finops_marts"

# Statements over marts take about a second; PyAthena would look once a second, and AWS takes five looks a second.
_POLL_SECONDS = "0.3"


@dataclass(frozen=True)
class Source:
    """A data source as Great Expectations takes it: `arguments` go to SQLAlchemy's create_engine.

    `tables` tell (database, table) of the marts that are asked elsewhere than in the table of their name.
    """

    engine: str
    connection_string: str
    arguments: dict[str, Any] = field(default_factory=dict)
    tables: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def duckdb_source(files: Mapping[str, Sequence[Path]]) -> Source:
    """DuckDB in memory, with a view over each mart's Parquet files; what does not fit is spilled beside those."""
    views = {mart: [str(path) for path in paths] for mart, paths in files.items()}
    return Source("duckdb", "duckdb:///:memory:", {"plugins": [_PLUGIN], "mart_files": views})


def athena_source(
    *,
    region: str,
    database: str,
    results_uri: str,
    work_group: str = "primary",
    tables: Mapping[str, tuple[str, str]] | None = None,
) -> Source:
    """Athena over the tables of a Glue database; query results go to `results_uri`, an s3:// folder.

    Credentials come from where boto3 finds them. Nothing is opened here. Answers of earlier statements are never taken
    for an answer: they may be about files that were replaced since.
    """
    url = URL.create(
        "awsathena+rest",
        host=f"athena.{region}.amazonaws.com",
        port=443,
        database=database,
        query={
            "s3_staging_dir": results_uri,
            "work_group": work_group,
            "region_name": region,
            "poll_interval": _POLL_SECONDS,
            "result_reuse_enable": "false",
        },
    )
    return Source("athena", url.render_as_string(hide_password=False), tables=tables or {})


def create_views(connection: DuckDBPyConnection, files: Mapping[str, Sequence[str]]) -> None:
    """Name each mart's Parquet files as a view in a DuckDB connection."""
    for mart, paths in files.items():
        quoted = ", ".join(map(path_literal, paths))
        connection.execute(f"create or replace view {mart} as select * from read_parquet([{quoted}])")  # noqa: S608


class MartViews(CreateEnginePlugin):
    """Prepares the DuckDB engines that Great Expectations makes, and no other engine of this program.

    Great Expectations makes two engines from one connection string, one to test the connection and one to work, and
    an in-memory database is seen by its own connection only. So every new connection gets its views.
    """

    def __init__(self, url: URL, kwargs: dict[str, Any]) -> None:
        super().__init__(url, kwargs)
        self.files: Mapping[str, Sequence[str]] = kwargs.pop("mart_files")

    def update_url(self, url: URL) -> URL:
        """Nothing of ours is in the URL."""
        return url

    def engine_created(self, engine: Engine) -> None:
        """Attach to this engine alone."""
        event.listen(engine, "connect", self._connected)
        event.listen(engine, "after_cursor_execute", _keep_rows)

    def _connected(self, connection: DuckDBPyConnection, _record: object) -> None:
        connection.execute("set enable_progress_bar = false")
        spill = str(Path(next(iter(self.files.values()))[0]).parents[1] / "spill").replace("'", "''")
        connection.execute(f"set temp_directory = '{spill}'; set memory_limit = '{engine_memory()}'; set threads = 2")
        create_views(connection, self.files)


def _keep_rows(
    _connection: Connection,
    cursor: DBAPICursor,
    _sql: str,
    _values: object,
    context: ExecutionContext | None,
    _many: bool,
) -> None:
    """Fetch a result as soon as it is there.

    Great Expectations reads a result after it gave the connection back to the pool; DuckDB has dropped the rows by
    then, and every metric fails with `list index out of range`. Results are one row of aggregates or 200 samples.
    """
    if context is not None and cursor.description:
        context.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(  # type: ignore[attr-defined]
            cursor, initial_buffer=cursor.fetchall(), alternate_description=cursor.description
        )


plugins.register(_PLUGIN, __name__, MartViews.__name__)
