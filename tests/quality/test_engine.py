"""The engines: DuckDB through Great Expectations, prepared and nothing else touched; Athena as a connection string."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from quality.checkpoint import build
from quality.engine import athena_source, duckdb_source
from quality.suite import load_suites, moments
from tests.quality.marts import NOW


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    folder = tmp_path / "it's here"
    folder.mkdir()
    pq.write_table(pa.table({"a": [1, 2, 3]}), folder / "m.parquet")
    return folder / "m.parquet"


def test_every_connection_sees_the_marts_and_rows_outlive_it(parquet: Path) -> None:
    source = duckdb_source({"m": (parquet,)})
    for _ in range(2):
        engine = sa.create_engine(source.connection_string, **source.arguments)
        with engine.connect() as connection:
            result = connection.execute(sa.text("select a from m order by a"))
        assert [row.a for row in result] == [1, 2, 3]
        engine.dispose()


def test_without_us_duckdb_drops_the_rows_of_a_connection_given_back() -> None:
    """When this fails, Great Expectations or DuckDB has mended it, and `_keep_rows` may go."""
    engine = sa.create_engine("duckdb:///:memory:")
    with engine.connect() as connection:
        result = connection.execute(sa.text("select 1 as a"))
    with pytest.raises(Exception):  # noqa: B017
        assert [row.a for row in result] == [1]


def test_other_engines_of_the_program_are_left_alone(parquet: Path) -> None:
    source = duckdb_source({"m": (parquet,)})
    sa.create_engine(source.connection_string, **source.arguments)
    with sa.create_engine("duckdb:///:memory:").connect() as connection:
        tables = connection.execute(sa.text("select view_name from duckdb_views() where not internal")).fetchall()
    assert tables == []


def test_athena_is_reached_by_region_database_results_and_work_group() -> None:
    source = athena_source(
        region="eu-west-1", database="finops", results_uri="s3://bucket/athena results/", work_group="finops-validate"
    )
    url = sa.make_url(source.connection_string)
    assert (source.engine, source.arguments) == ("athena", {})
    assert (url.drivername, url.host, url.port, url.database) == (
        "awsathena+rest",
        "athena.eu-west-1.amazonaws.com",
        443,
        "finops",
    )
    assert dict(url.query) == {
        "s3_staging_dir": "s3://bucket/athena results/",
        "work_group": "finops-validate",
        "region_name": "eu-west-1",
        "poll_interval": "0.3",
        "result_reuse_enable": "false",
    }
    assert (url.username, url.password) == (None, None)


def test_the_same_suites_build_for_athena_without_connecting(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource, TableAsset

    def no_network(*_: object) -> None:
        raise AssertionError("connected")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    monkeypatch.setattr(SQLDatasource, "test_connection", lambda *_, **__: None)
    monkeypatch.setattr(TableAsset, "test_connection", lambda *_, **__: None)
    wanted = [(suite.mart, one) for suite in load_suites(moments(NOW)) for one in suite.expectations]
    source = athena_source(region="eu-west-1", database="finops", results_uri="s3://bucket/results/")
    checkpoint = build(source, dict(enumerate(wanted)))
    assert sum(len(one.suite.expectations) for one in checkpoint.validation_definitions) == len(wanted)
    engine = checkpoint.validation_definitions[0].data.data_asset.datasource.get_engine()
    assert engine.dialect.name == "awsathena"
