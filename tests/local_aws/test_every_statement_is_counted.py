"""Bytes, columns and partitions that a statement reads, held against the files' own footers."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.local_aws.conftest import Account
from tests.support.local_aws import Scan, Statement

pytestmark = pytest.mark.xdist_group("local_aws")

MONTHS = (
    "select n as x, cast(n as varchar) || 'abcdefgh' as s, cast(n as double) as d, "
    "'2026-0' || cast(1 + n % 3 as varchar) as p from unnest(sequence(1, 3000)) as t(n)"
)


@pytest.fixture(scope="module")
def table(account: Account) -> str:
    given = "external_location = 's3://lake/counted/', partitioned_by = array['p'], write_compression = 'zstd'"
    account.done(f"create table golden.counted with ({given}) as {MONTHS}")
    return "counted"


def chunk_bytes(account: Account, prefix: str, columns: set[str]) -> int:
    total = 0
    for key in account.keys(prefix):
        meta = pq.ParquetFile(io.BytesIO(account.s3.get_object(Bucket="lake", Key=key)["Body"].read())).metadata
        for group in range(meta.num_row_groups):
            chunks = [meta.row_group(group).column(at) for at in range(meta.num_columns)]
            total += sum(one.total_compressed_size for one in chunks if one.path_in_schema in columns)
    return total


def last(account: Account) -> Statement:
    return account.aws.statements[-1]


def test_only_the_columns_that_are_used_are_counted(account: Account, table: str):
    answer = account.done(f"select sum(x) from golden.{table}")
    assert answer.scanned_bytes == chunk_bytes(account, f"{table}/", {"x"}) > 0
    answer = account.done(f"select sum(x) from golden.{table} where d > 5")
    assert answer.scanned_bytes == chunk_bytes(account, f"{table}/", {"x", "d"})
    assert account.done(f"select count(*) from golden.{table}").scanned_bytes == 0
    answer = account.done(f"select min(x) from golden.{table}")
    assert answer.scanned_bytes == chunk_bytes(account, f"{table}/", {"x"})
    answer = account.done(f'select x, "$path" from golden.{table} order by x limit 3')
    assert answer.scanned_bytes == chunk_bytes(account, f"{table}/", {"x"})
    assert len(last(account).scans) == 1


def test_only_the_partitions_that_a_literal_leaves_are_counted(account: Account, table: str):
    answer = account.done(f"select sum(x) from golden.{table} where p in ('2026-02', '2027-01')")
    assert answer.scanned_bytes == chunk_bytes(account, f"{table}/p=2026-02/", {"x"})
    (scan,) = last(account).scans
    assert (scan.columns, scan.partitions) == (("x",), (("2026-02",),))
    assert not scan.reads_every_partition_unasked
    assert account.done(f"select sum(x) from golden.{table} where p = 'none'").scanned_bytes == 0


def test_a_column_of_the_file_that_is_called_as_a_partition_counts_for_nothing(account: Account):
    content = io.BytesIO()
    pq.write_table(pa.table({"P": ["told wrong"] * 2, "x": [1, 2]}), content)
    for month in ("a", "b"):
        account.s3.put_object(Bucket="lake", Key=f"named/P={month}/rows.parquet", Body=content.getvalue())
    account.done(
        "create external table golden.named (x bigint) partitioned by (p string) stored as parquet "
        "location 's3://lake/named/'"
    )
    for month in ("a", "b"):
        account.done(f"alter table golden.named add partition (p = '{month}') location 's3://lake/named/P={month}/'")
    assert account.done("select P, sum(x) from golden.named where P = 'b' group by 1").rows == [["b", "3"]]
    assert last(account).scans[0].partitions == (("b",),)


def test_a_predicate_prunes_through_views_and_common_tables(account: Account, table: str):
    account.done(f"create or replace view golden.counted_v as select x, s, p as month from golden.{table}")
    answer = account.done(
        "with a as (select * from golden.counted_v), b as (select * from a where month >= '2026-03') "
        "select sum(x) from b where x > 0"
    )
    assert answer.scanned_bytes == chunk_bytes(account, f"{table}/p=2026-03/", {"x"})
    assert last(account).tables == ("awsdatacatalog.golden.counted",)


def test_a_predicate_that_is_no_literal_prunes_nothing(account: Account, table: str):
    account.done(f"select sum(x) from golden.{table} where p in (select max(p) from golden.{table})")
    scans = last(account).scans
    assert all(scan.reads_every_partition_unasked for scan in scans)
    assert max(scan.bytes for scan in scans) == chunk_bytes(account, f"{table}/", {"x"})


def test_a_common_table_that_is_named_twice_is_read_twice(account: Account, table: str):
    once = account.done(f"with a as (select sum(x) as t from golden.{table}) select * from a").scanned_bytes
    twice = account.done(
        f"with a as (select sum(x) as t from golden.{table}) select * from a union all select * from a"
    ).scanned_bytes
    assert twice == 2 * once


def test_reading_all_columns_is_told(account: Account, table: str):
    account.done(f"select * from golden.{table} where p = '2026-01'")
    assert [scan.reads_all_columns for scan in last(account).scans] == [True]
    account.done(f"select x from golden.{table} where p = '2026-01'")
    assert [scan.reads_all_columns for scan in last(account).scans] == [False]


def test_an_iceberg_table_is_pruned_by_its_partitioning(account: Account):
    given = (
        "table_type = 'iceberg', is_external = false, location = 's3://lake/counted_ice/', partitioning = array['p']"
    )
    account.done(f"create table golden.counted_ice with ({given}) as {MONTHS}")
    answer = account.done("select sum(x) from golden.counted_ice where p = '2026-02'")
    assert answer.scanned_bytes == chunk_bytes(account, "counted_ice/data/p=2026-02/", {"x"})
    scan: Scan = last(account).scans[0]
    assert (scan.partition_keys, scan.partitions) == (("p",), (("2026-02",),))


def test_writing_counts_what_it_reads(account: Account, table: str, place: str):
    answer = account.done(
        f"create table golden.{place} with (external_location = 's3://lake/{place}/') as "
        f"select s from golden.{table} where p = '2026-01'"
    )
    assert answer.scanned_bytes == chunk_bytes(account, f"{table}/p=2026-01/", {"s"})
    assert last(account).files == tuple(f"s3://lake/{key}" for key in account.keys(f"{place}/"))


def test_the_journal_holds_statements_and_writes_in_order(account: Account, place: str):
    before = len(account.aws.writes)
    sql = f"create table golden.{place} with (external_location = 's3://lake/{place}/') as select 1 as x"
    account.done(sql)
    told = last(account)
    assert (told.sql, told.database, told.work_group, told.state) == (sql, "golden", "primary", "SUCCEEDED")
    uris = [one.uri for one in account.aws.writes[before:] if one.uri.startswith("s3://lake/")]
    assert uris == list(told.files)
    account.fails("select nope")
    assert last(account).state == "FAILED"


def test_a_work_groups_limit_on_bytes_cancels_the_statement(account: Account, table: str):
    account.athena.create_work_group(
        Name="thrifty",
        Configuration={"BytesScannedCutoffPerQuery": 10_000_000, "EnforceWorkGroupConfiguration": False},
    )
    account.done(f"select sum(x) from golden.{table}", WorkGroup="thrifty")
    given = "external_location = 's3://lake/large/', write_compression = 'none'"
    account.done(
        f"create table golden.large with ({given}) as "
        "select to_hex(sha256(to_utf8(cast(a * 1000 + b as varchar)))) as x "
        "from unnest(sequence(1, 200)) as t(a) cross join unnest(sequence(1, 1000)) as u(b)"
    )
    answer = account.run("select max(x) from golden.large", WorkGroup="thrifty")
    assert (answer.state, answer.reason) == ("CANCELLED", "Query cancelled! : Bytes scanned limit was exceeded")
