"""awswrangler, PyAthena, SQLAlchemy and Great Expectations, as they are installed, against the local AWS."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.local_aws.conftest import Account

pytestmark = pytest.mark.xdist_group("local_aws")

ROWS = [
    ("a", 1, Decimal("1.10"), "2026-01"),
    ("b", 2, Decimal("2.20"), "2026-01"),
    ("c", 3, Decimal("3.30"), "2026-02"),
]


@pytest.fixture(scope="module")
def environment(account: Account) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in account.aws.environment.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="module")
def wrangler(environment: None) -> Any:
    import boto3

    boto3.DEFAULT_SESSION = None
    import awswrangler

    return awswrangler


@pytest.fixture(scope="module")
def charges(wrangler: Any) -> str:
    """A partitioned table as awswrangler writes and registers it."""
    import pandas as pd

    wrangler.s3.to_parquet(
        pd.DataFrame(ROWS, columns=["id", "n", "cost", "period"]),
        path="s3://lake/charges/", dataset=True, database="golden", table="charges", partition_cols=["period"],
    )  # fmt: skip
    return "charges"


@pytest.mark.parametrize("way", ["ctas", "csv", "unload"])
def test_awswrangler_reads_the_same_by_all_its_ways(wrangler: Any, charges: str, way: str):
    frame = wrangler.athena.read_sql_query(
        f"select id, n, cost, period from {charges}", database="golden", s3_output=f"s3://results/{way}/",
        ctas_approach=way == "ctas", unload_approach=way == "unload",
    )  # fmt: skip
    assert sorted(frame.itertuples(index=False, name=None)) == ROWS


def test_awswrangler_reads_with_parameters(wrangler: Any, charges: str):
    frame = wrangler.athena.read_sql_query(
        f"select id from {charges} where id = :id and n > :n", params={"id": "b", "n": 1}, ctas_approach=False,
        database="golden", s3_output="s3://results/",
    )  # fmt: skip
    assert frame["id"].tolist() == ["b"]


def test_awswrangler_knows_the_catalogue_and_repairs_it(wrangler: Any, charges: str):
    found = wrangler.catalog.get_parquet_partitions(database="golden", table=charges)
    assert sorted(found.values()) == [["2026-01"], ["2026-02"]]
    wrangler.catalog.delete_partitions(database="golden", table=charges, partitions_values=[["2026-02"]])
    assert wrangler.athena.repair_table(charges, database="golden", s3_output="s3://results/") == "SUCCEEDED"
    assert len(wrangler.catalog.get_parquet_partitions(database="golden", table=charges)) == 2
    described = wrangler.athena.describe_table(charges, database="golden", s3_output="s3://results/")
    assert described["Column Name"].tolist() == ["id", "n", "cost", "period"]


def test_awswrangler_merges_into_an_iceberg_table(wrangler: Any, account: Account):
    import pandas as pd

    given = {"database": "golden", "table": "merged", "s3_output": "s3://results/"}
    first = pd.DataFrame({"id": ["a", "b"], "n": [1, 2]})
    wrangler.athena.to_iceberg(first, table_location="s3://lake/merged/", temp_path="s3://results/t1/", **given)
    second = pd.DataFrame({"id": ["b", "c"], "n": [20, 3]})
    wrangler.athena.to_iceberg(second, merge_cols=["id"], temp_path="s3://results/t2/", **given)
    assert account.done("select id, n from golden.merged order by id").rows == [["a", "1"], ["b", "20"], ["c", "3"]]


@pytest.fixture(scope="module")
def engine(environment: None) -> Any:
    import sqlalchemy

    return sqlalchemy.create_engine(
        "awsathena+rest://:@athena.us-east-1.amazonaws.com:443/golden?s3_staging_dir=s3://results/&poll_interval=0.05"
    )


def test_sqlalchemy_sees_tables_columns_and_rows(engine: Any, charges: str):
    import sqlalchemy

    seen = sqlalchemy.inspect(engine)
    assert charges in seen.get_table_names("golden")
    assert "golden" in seen.get_schema_names()
    columns = {one["name"]: str(one["type"]) for one in seen.get_columns(charges, schema="golden")}
    assert columns == {"id": "VARCHAR", "n": "BIGINT", "cost": "DECIMAL(3, 2)", "period": "VARCHAR"}
    table = sqlalchemy.Table(charges, sqlalchemy.MetaData(), schema="golden", autoload_with=engine)
    with engine.connect() as connection:
        rows = connection.execute(sqlalchemy.select(table).order_by(table.c.id)).fetchall()
    assert [tuple(row) for row in rows] == ROWS


def test_great_expectations_judges_a_table(engine: Any, charges: str):
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_sql("local", connection_string=engine.url.render_as_string(hide_password=False))
    asset = source.add_table_asset(charges, table_name=charges, schema_name="golden")
    batch = asset.add_batch_definition_whole_table("all").get_batch()
    of = gx.expectations
    holds = {
        of.ExpectColumnValuesToBeUnique(column="id"): True,
        of.ExpectColumnValuesToBeBetween(column="cost", min_value=0, max_value=2): False,
        of.ExpectColumnSumToBeBetween(column="n", min_value=6, max_value=6): True,
        of.ExpectColumnMedianToBeBetween(column="n", min_value=2, max_value=2): True,
        of.UnexpectedRowsExpectation(unexpected_rows_query="select * from {batch} where n > 2"): False,
    }
    assert [batch.validate(one).success for one in holds] == list(holds.values())
