"""CREATE TABLE AS, INSERT, partitions and external tables: Athena's user guide on CTAS, partitions and SerDes."""

from __future__ import annotations

import io

import pytest

from tests.local_aws.conftest import Account

pytestmark = pytest.mark.xdist_group("local_aws")

MONTHS = "(values (1, 'a', '2026-01'), (2, 'b', '2026-02'), (3, 'c', '2026-02')) as t(x, s, p)"
PARTITIONED = "partitioned_by = array['p']"


def test_only_registered_partitions_are_seen(account: Account, tables):
    name = tables(f"select * from {MONTHS}", PARTITIONED)
    account.done(f"alter table golden.{name} drop partition (p = '2026-02')")
    assert account.done(f"select x from golden.{name}").rows == [["1"]]
    assert len(account.keys(f"{name}/p=2026-02/")) == 1
    account.done(f"msck repair table golden.{name}")
    assert account.done(f"select count(*) from golden.{name}").rows == [["3"]]


def test_a_partition_is_where_glue_says_it_is(account: Account, tables):
    name = tables(f"select * from {MONTHS}", PARTITIONED)
    partition = account.glue.get_partition(DatabaseName="golden", TableName=name, PartitionValues=["2026-02"])
    storage = partition["Partition"]["StorageDescriptor"]
    account.glue.update_partition(
        DatabaseName="golden",
        TableName=name,
        PartitionValueList=["2026-02"],
        PartitionInput={
            "Values": ["2026-02"],
            "StorageDescriptor": {**storage, "Location": f"s3://lake/{name}/p=2026-01/"},
        },
    )
    assert account.done(f"select x, p from golden.{name} order by p").rows == [["1", "2026-01"], ["1", "2026-02"]]


def test_a_partition_added_by_hand_reads_its_own_folder(account: Account, tables):
    name = tables(f"select * from {MONTHS}", PARTITIONED)
    place = f"s3://lake/{name}/p=2026-01/"
    account.done(f"alter table golden.{name} add if not exists partition (p = 'x y') location '{place}'")
    assert account.done(f"select x from golden.{name} where p = 'x y'").rows == [["1"]]


def test_text_literals_make_columns_of_their_length(account: Account, tables):
    name = tables("select 'cur2' as source, cast('a' as varchar) as free, cast(1 as decimal(38, 10)) as cost, 1 as n")
    columns = account.glue.get_table(DatabaseName="golden", Name=name)["Table"]["StorageDescriptor"]["Columns"]
    assert [(one["Name"], one["Type"]) for one in columns] == [
        ("source", "varchar(4)"), ("free", "string"), ("cost", "decimal(38,10)"), ("n", "int"),
    ]  # fmt: skip
    reason = account.fails(f"insert into golden.{name} select 'legacy', 'b', cast(2 as decimal(38, 10)), 2")
    assert "Cannot truncate non-space characters when casting" in reason


CTAS = {
    "partition columns come last": (
        f"create table golden.bad with (external_location = 's3://lake/bad/', {PARTITIONED}) "
        "as select '1' as p, 2 as x",
        "HIVE_COLUMN_ORDER_MISMATCH: Partition keys must be the last columns in the table",
    ),
    "at most a hundred partitions at once": (
        f"create table golden.bad with (external_location = 's3://lake/bad/', {PARTITIONED}) as "
        "select 1 as x, p from unnest(sequence(1, 101)) as t(p)",
        "HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers for partitions/buckets",
    ),
    "a column of nulls only has no type": (
        "create table golden.bad with (external_location = 's3://lake/bad/') as select null as x",
        "COLUMN_TYPE_UNKNOWN: line 1:1: Column type is unknown: x",
    ),
    "a column needs a name": (
        "create table golden.bad with (external_location = 's3://lake/bad/') as select 1 + 1",
        "MISSING_COLUMN_NAME: line 1:1: Column name not specified at position 1",
    ),
    "a name stands once": (
        "create table golden.bad with (external_location = 's3://lake/bad/') as select 1 as x, 2 as X",
        "DUPLICATE_COLUMN_NAME: line 1:1: Column name 'x' specified more than once",
    ),
    "Hive has no time zones": (
        "create table golden.bad with (external_location = 's3://lake/bad/') as select now() as x",
        "NOT_SUPPORTED: Unsupported Hive type: timestamp(3) with time zone",
    ),
    "a property must be known": (
        "create table golden.bad with (external_location = 's3://lake/bad/', colour = 'red') as select 1 as x",
        "INVALID_TABLE_PROPERTY: line 1:1: Catalog 'awsdatacatalog' table property 'colour' does not exist",
    ),
    "a database must be there": (
        "create table nowhere.bad with (external_location = 's3://lake/bad/') as select 1 as x",
        "SCHEMA_NOT_FOUND: line 1:1: Schema 'nowhere' does not exist",
    ),
}


@pytest.mark.parametrize("rule", CTAS)
def test_a_table_is_not_made_unless(account: Account, rule: str):
    sql, reason = CTAS[rule]
    assert account.fails(sql).startswith(reason)
    assert account.keys("bad/") == []


def test_a_table_is_made_once_and_only_where_nothing_is(account: Account, tables, place: str):
    tables("select 1 as x")
    again = f"create table golden.{place} with (external_location = 's3://lake/elsewhere/') as select 1 as x"
    assert account.fails(again).startswith("TABLE_ALREADY_EXISTS: line 1:1: Table 'awsdatacatalog.golden.")
    other = f"create table golden.other with (external_location = 's3://lake/{place}/') as select 1 as x"
    assert account.fails(other).startswith("HIVE_PATH_ALREADY_EXISTS: Target directory for table 'golden.other'")


def test_dropping_a_hive_table_leaves_its_files(account: Account, tables):
    name = tables("select 1 as x")
    account.done(f"drop table `golden`.`{name}`")
    assert len(account.keys(f"{name}/")) == 1
    assert account.fails(f"drop table golden.{name}").startswith(
        "FAILED: SemanticException [Error 10001]: Table not found"
    )
    account.done(f"drop table if exists golden.{name}")


def test_an_insert_needs_the_types_of_the_table(account: Account, tables):
    name = tables(f"select * from {MONTHS}", PARTITIONED)
    account.done(f"insert into golden.{name} select 4, 'd', '2026-03'")
    account.done(f'insert into golden.{name} ("p", "x") values (\'2026-03\', 5)')
    rows = account.done(f"select x, s, p from golden.{name} where p = '2026-03' order by x").rows
    assert rows == [["4", "d", "2026-03"], ["5", None, "2026-03"]]
    assert account.fails(f"insert into golden.{name} select '4', 'd', '2026-03'").startswith(
        "TYPE_MISMATCH: line 1:1: Insert query has mismatched column types: Table: [integer, varchar(1), varchar(7)], "
        "Query: [varchar(1), varchar(1), varchar(7)]"
    )


def test_rows_of_a_hive_table_never_change(account: Account, tables):
    name = tables("select 1 as x")
    for sql in (f"delete from golden.{name} where x = 1", f"update golden.{name} set x = 2"):
        assert account.fails(sql).startswith(
            "NOT_SUPPORTED: Modifying Hive table rows is only supported for transactional"
        )


def test_a_file_whose_types_are_not_the_tables_is_bad(account: Account, tables):
    import pyarrow as pa
    import pyarrow.parquet as pq

    name = tables("select 1 as x")
    content = io.BytesIO()
    pq.write_table(pa.table({"x": ["text"]}), content)
    account.s3.put_object(Bucket="lake", Key=f"{name}/more.parquet", Body=content.getvalue())
    assert account.fails(f"select x from golden.{name}").startswith("HIVE_BAD_DATA: Field x's type")


def test_a_column_that_a_file_lacks_is_null_and_one_that_the_table_lacks_is_not_seen(account: Account, tables):
    name = tables("select 1 as x, 2 as y")
    account.done(f"alter table golden.{name} replace columns (`x` int, `z` string)")
    assert account.done(f"select * from golden.{name}").rows == [["1", None]]


def test_hidden_and_empty_objects_are_no_rows(account: Account, tables):
    name = tables("select 1 as x")
    for key in ("_SUCCESS", ".part.parquet", "folder/"):
        account.s3.put_object(Bucket="lake", Key=f"{name}/{key}", Body=b"" if key == "folder/" else b"nothing")
    assert account.done(f"select x from golden.{name}").rows == [["1"]]


def test_a_row_tells_the_object_it_lies_in_to_who_asks(account: Account, tables, place: str):
    name = tables(f"select * from {MONTHS}", PARTITIONED)
    (key,) = account.keys(f"{name}/p=2026-01/")
    answer = account.done(f"""select x, "$path" from golden.{name} where p = '2026-01'""")
    assert answer.rows == [["1", f"s3://lake/{key}"]]
    assert account.done(f"""select x from golden.{name} as t where t."$path" = 's3://lake/{key}'""").rows == [["1"]]
    columns = account.done(f"""select * from golden.{name} where "$path" is null""").columns
    assert [label for label, _ in columns] == ["x", "s", "p"]
    account.done(f"""create or replace view golden.{place}_v as select x, "$path" as object from golden.{name}""")
    assert [f"s3://lake/{key}"] in account.done(f"select object from golden.{place}_v").rows


def test_a_csv_seed_is_text_in_which_nothing_is_null(account: Account, place: str):
    account.s3.put_object(Bucket="lake", Key=f"{place}/seed.csv", Body=b'a,b\n1,"x, ""y"""\n2,\n')
    account.done(
        f"create external table `golden`.`{place}` (`a` string, `b` string) "
        "row format serde 'org.apache.hadoop.hive.serde2.OpenCSVSerde' "
        f"location 's3://lake/{place}/' tblproperties ('skip.header.line.count'='1')"
    )
    rows = account.done(f"select cast(a as integer), b, nullif(b, '') from golden.{place} order by 1").rows
    assert rows == [["1", 'x, "y"', 'x, "y"'], ["2", "", None]]


def test_a_view_is_its_query_and_reads_the_tables_as_they_are_now(account: Account, tables, place: str):
    name = tables(f"select * from {MONTHS}", PARTITIONED)
    account.done(f'create or replace view "awsdatacatalog"."golden"."{place}_v" as select x, p from {name}')
    account.done(f"insert into golden.{name} select 9, 'z', '2026-09'")
    assert account.done(f"select x from golden.{place}_v where p = '2026-09'").rows == [["9"]]
    assert account.fails(f"insert into golden.{place}_v select 1, 'a'").startswith(
        "NOT_SUPPORTED: Inserting into views"
    )
    account.done(f"drop table golden.{name}")
    assert account.fails(f"select * from golden.{place}_v").startswith("VIEW_IS_STALE: line 1:")
    account.done(f"drop view golden.{place}_v")


def test_unload_writes_parquet_where_nothing_is(account: Account, tables, place: str):
    import pyarrow.parquet as pq

    name = tables(f"select * from {MONTHS}", PARTITIONED)
    unload = (
        f"unload (select x, cast(x as decimal(38, 10)) as cost from golden.{name} order by x) "
        f"to 's3://lake/{place}_out/' with (format = 'PARQUET', compression = 'ZSTD')"
    )
    account.done(unload)
    (key,) = account.keys(f"{place}_out/")
    table = pq.read_table(io.BytesIO(account.s3.get_object(Bucket="lake", Key=key)["Body"].read()))
    assert table.column("x").to_pylist() == [1, 2, 3]
    assert str(table.schema.field("cost").type) == "decimal128(38, 10)"
    assert account.fails(unload).startswith("HIVE_PATH_ALREADY_EXISTS")


def test_unload_of_no_rows_writes_no_file(account: Account, place: str):
    account.done(f"unload (select 1 as x where 1 = 0) to 's3://lake/{place}/' with (format = 'PARQUET')")
    assert account.keys(f"{place}/") == []
