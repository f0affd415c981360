from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from ingestion import land
from ingestion.deliveries import current_deliveries
from lake.output import Output
from lake.settings import Profile, Settings
from lake.workspace import Workspace


@pytest.fixture
def bills(tmp_path):
    folder = tmp_path / "bills"
    folder.mkdir()
    return folder


@pytest.fixture
def ws(tmp_path):
    settings = Settings(lake=str(tmp_path / "lake"), profile=Profile.LOCAL, region="us-east-1")
    return Workspace.begin(settings, Output(quiet=True), now=datetime(2026, 4, 20, 6, 0, tzinfo=UTC))


@pytest.fixture
def ingest(ws):
    def run(bills):
        with ws.store.locked():
            return land.ingest(ws, str(bills))

    return run


@pytest.fixture
def landed(ws):
    """Rows of what readers see: a SQL select list over the current deliveries' files."""

    def query(select, order="1"):
        files = [ws.store.location(key) for one in current_deliveries(ws.store) for key in one.files]
        sql = f"select {select} from read_parquet(?, hive_partitioning = false, union_by_name = true) order by {order}"
        return duckdb.execute(sql, [files]).fetchall()

    return query


@pytest.fixture
def lake_bytes(ws):
    """Every file of the lake with its bytes, the lock's empty file left out."""

    def read():
        root = Path(ws.store.uri)
        paths = [path for path in root.rglob("*") if path.is_file() and path.name != ".lock"]
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}

    return read
