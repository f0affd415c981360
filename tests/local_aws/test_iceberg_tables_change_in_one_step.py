"""Iceberg tables in Athena: partitioning, row changes, renaming, schema changes, types, OPTIMIZE and VACUUM."""

from __future__ import annotations

import pytest

from tests.local_aws.conftest import Account

pytestmark = pytest.mark.xdist_group("local_aws")

MONTHS = "(values (1, 'a', '2026-01'), (2, 'b', '2026-02'), (3, 'c', '2026-02')) as t(x, s, billing_period)"
BY_MONTH = "partitioning = array['billing_period']"


def rows(account: Account, name: str) -> list[list[str | None]]:
    return account.done(f"select x, s, billing_period from golden.{name} order by x").rows


@pytest.fixture
def months(tables) -> str:
    return tables(f"select * from {MONTHS}", BY_MONTH, iceberg=True)


def test_deleting_whole_periods_reads_and_writes_no_data(account: Account, months: str):
    before = len(account.aws.writes)
    answer = account.done(f"delete from golden.{months} where billing_period in ('2026-02')")
    assert rows(account, months) == [["1", "a", "2026-01"]]
    assert answer.scanned_bytes == 0
    assert not [one for one in account.aws.writes[before:] if f"{months}/data/" in one.uri]


def test_deleting_a_row_keeps_the_others_of_its_file(account: Account, months: str):
    account.done(f"delete from golden.{months} where x = 2")
    assert [row[0] for row in rows(account, months)] == ["1", "3"]
    account.done(f"delete from golden.{months} where s is null or s = null")
    assert len(rows(account, months)) == 2
    account.done(f"delete from golden.{months}")
    assert rows(account, months) == []


def test_an_insert_goes_to_its_period_and_leaves_the_others_alone(account: Account, months: str):
    before = len(account.aws.writes)
    account.done(f"insert into golden.{months} select 4, 'd', '2026-03'")
    assert len(rows(account, months)) == 4
    written = [one.uri for one in account.aws.writes[before:] if f"{months}/data/" in one.uri]
    assert len(written) == 1
    assert "billing_period=2026-03" in written[0]


def test_an_update_changes_what_it_finds(account: Account, months: str):
    account.done(f"update golden.{months} set s = s || '!', x = x + 10 where billing_period = '2026-02'")
    assert [row[:2] for row in rows(account, months)] == [["1", "a"], ["12", "b!"], ["13", "c!"]]


def test_a_merge_updates_deletes_and_inserts(account: Account, months: str):
    account.done(
        f"merge into golden.{months} as t using (values (1, 'new', '2026-01'), (2, 'gone', '2026-02'), "
        "(9, 'fresh', '2026-09')) as s(x, s, billing_period) on t.x = s.x "
        "when matched and s.s = 'gone' then delete when matched then update set s = s.s "
        "when not matched then insert (x, s, billing_period) values (s.x, s.s, s.billing_period)"
    )
    assert rows(account, months) == [
        ["1", "new", "2026-01"], ["3", "c", "2026-02"], ["9", "fresh", "2026-09"],
    ]  # fmt: skip


def test_a_merge_whose_row_is_matched_twice_fails_and_changes_nothing(account: Account, months: str):
    before = rows(account, months)
    reason = account.fails(
        f"merge into golden.{months} as t using (values (1, 'a'), (1, 'b')) as s(x, s) on t.x = s.x "
        "when matched then update set s = s.s"
    )
    assert reason.startswith("MERGE_TARGET_ROW_MULTIPLE_MATCHES")
    assert rows(account, months) == before


def test_a_failed_insert_changes_nothing(account: Account, months: str):
    before = rows(account, months)
    assert account.fails(f"insert into golden.{months} select 1 / x, 'a', '2026-01' from (values 0) as t(x)")
    assert rows(account, months) == before


TYPES = {
    "timestamp '2026-01-01 00:00:00'": "NOT_SUPPORTED: Timestamp precision (0) not supported for Iceberg.",
    "cast('2026-01-01' as timestamp)": "NOT_SUPPORTED: Timestamp precision (3) not supported for Iceberg.",
    "cast(1 as smallint)": "NOT_SUPPORTED: Type not supported for Iceberg: smallint",
    "null": "COLUMN_TYPE_UNKNOWN: line 1:1: Column type is unknown: x",
}


@pytest.mark.parametrize("value", TYPES)
def test_a_type_that_iceberg_lacks_is_refused(account: Account, value: str):
    given = "table_type = 'iceberg', is_external = false, location = 's3://lake/refused/'"
    assert account.fails(f"create table golden.refused with ({given}) as select {value} as x").startswith(TYPES[value])


def test_iceberg_keeps_microseconds_and_text_of_any_length(account: Account, tables):
    name = tables("select cast('2026-01-01 00:00:00.123456' as timestamp(6)) as t, 'abc' as s", iceberg=True)
    assert account.done(f"select t, typeof(t), typeof(s) from golden.{name}").rows == [
        ["2026-01-01 00:00:00.123456", "timestamp(6)", "varchar"]
    ]


def test_an_iceberg_table_says_where_it_is_and_that_it_is_managed(account: Account, place: str):
    given = f"table_type = 'iceberg', location = 's3://lake/{place}/'"
    sql = f"create table golden.{place} with ({given}) as select 1 as x"
    assert account.fails(sql).startswith("INVALID_TABLE_PROPERTY: Iceberg tables created by CTAS must have is_external")


def test_a_table_is_swapped_by_renaming(account: Account, months: str):
    account.done(f"alter table `golden`.`{months}` rename to `golden`.`{months}_old`")
    assert len(rows(account, f"{months}_old")) == 3
    assert account.fails(f"select * from golden.{months}").startswith("TABLE_NOT_FOUND")


def test_a_hive_table_cannot_be_renamed(account: Account, tables):
    name = tables("select 1 as x")
    assert "only supported for Iceberg" in account.fails(f"alter table `golden`.`{name}` rename to `golden`.`y`")


def test_columns_come_go_and_change_their_names(account: Account, months: str):
    account.done(f"alter table golden.{months} add columns (`note` string)")
    account.done(f"update golden.{months} set note = 'n' where x = 1")
    account.done(f"alter table golden.{months} change column note remark string")
    assert account.done(f"select remark from golden.{months} order by x").rows == [["n"], [None], [None]]
    account.done(f"alter table golden.{months} drop column remark")
    assert account.fails(f"select remark from golden.{months}").startswith("COLUMN_NOT_FOUND")
    account.done(f"alter table golden.{months} add columns (remark string)")
    assert account.done(f"select remark from golden.{months} where x = 1").rows == [[None]]
    account.done(f"alter table golden.{months} change column x x bigint")
    assert account.done(f"select distinct typeof(x) from golden.{months}").rows == [["bigint"]]


def test_dropping_an_iceberg_table_takes_its_files(account: Account, months: str):
    assert account.keys(f"{months}/")
    account.done(f"drop table golden.{months}")
    assert account.keys(f"{months}/") == []


def test_optimize_and_vacuum_leave_the_rows_and_tidy_the_files(account: Account, months: str):
    account.done(f"insert into golden.{months} select 4, 'd', '2026-02'")
    before = rows(account, months)
    assert len(account.keys(f"{months}/data/billing_period=2026-02/")) == 2
    account.done(f"optimize golden.{months} rewrite data using bin_pack")
    account.done(f"vacuum golden.{months}")
    assert rows(account, months) == before
    assert len(account.keys(f"{months}/data/billing_period=2026-02/")) == 1


def test_more_than_a_hundred_periods_at_once_are_too_many(account: Account):
    given = "table_type = 'iceberg', is_external = false, location = 's3://lake/many/', partitioning = array['p']"
    reason = account.fails(f"create table golden.many with ({given}) as select p from unnest(sequence(1, 101)) as t(p)")
    assert "Exceeded limit of 100 open writers for partitions" in reason
