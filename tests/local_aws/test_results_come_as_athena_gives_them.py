"""Pages, headers, types, files of results, work groups and prepared statements: Athena's API reference."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.conftest import RESULTS, Account

pytestmark = pytest.mark.xdist_group("local_aws")


def test_results_come_in_pages_of_a_thousand_and_the_first_begins_with_the_header(account: Account):
    id = account.done("select n from unnest(sequence(1, 2500)) as t(n)").id
    pages = list(account.athena.get_paginator("get_query_results").paginate(QueryExecutionId=id))
    assert [len(page["ResultSet"]["Rows"]) for page in pages] == [1000, 1000, 501]
    assert pages[0]["ResultSet"]["Rows"][0]["Data"] == [{"VarCharValue": "n"}]
    with pytest.raises(ClientError):
        account.athena.get_query_results(QueryExecutionId=id, MaxResults=1001)


def test_columns_are_told_with_athenas_names_of_types(account: Account):
    answer = account.done(
        "select cast(1 as integer) as i, 'a' as s, cast(1 as decimal(38, 10)) as d, cast(1 as real) as r, "
        "date '2026-01-01' as t, array[1] as a, map(array['k'], array[1]) as m, row(1, 'x') as w, now() as z, true as b"
    )
    assert [kind for _, kind in answer.columns] == [
        "integer", "varchar", "decimal", "float", "date", "array", "map", "row", "timestamp with time zone", "boolean",
    ]  # fmt: skip
    told = account.athena.get_query_results(QueryExecutionId=answer.id)["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    assert (told[2]["Precision"], told[2]["Scale"]) == (38, 10)


def test_null_is_a_cell_without_a_value_and_an_empty_text_is_not(account: Account):
    id = account.done("select cast(null as varchar) as a, '' as b").id
    rows = account.athena.get_query_results(QueryExecutionId=id)["ResultSet"]["Rows"]
    assert rows[1]["Data"] == [{}, {"VarCharValue": ""}]


def test_a_query_leaves_its_result_as_csv_with_every_value_in_quotes(account: Account):
    answer = account.done("""select 1 as a, 'say "x"' as b, cast(null as double) as c""")
    place = answer.execution["ResultConfiguration"]["OutputLocation"]
    assert place == f"s3://results/{answer.id}.csv"
    content = account.s3.get_object(Bucket="results", Key=f"{answer.id}.csv")["Body"].read().decode()
    assert content == '"a","b","c"\n"1","say ""x""",\n'


def test_what_a_statement_wrote_stands_in_its_manifest(account: Account, place: str):
    answer = account.done(
        f"create table golden.{place} with (external_location = 's3://lake/{place}/') as select 1 as x"
    )
    place_of_manifest = answer.execution["Statistics"]["DataManifestLocation"]
    key = place_of_manifest.removeprefix("s3://results/")
    listed = account.s3.get_object(Bucket="results", Key=key)["Body"].read().decode().split()
    assert listed == [f"s3://lake/{key}" for key in account.keys(f"{place}/")]
    assert answer.execution["SubstatementType"] == "CREATE_TABLE_AS_SELECT"


def test_an_execution_tells_its_statement_times_and_bytes(account: Account):
    told = account.done("-- why\nselect 1").execution
    assert (told["StatementType"], told["WorkGroup"], told["Query"]) == ("DML", "primary", "-- why\nselect 1")
    assert told["Statistics"]["EngineExecutionTimeInMillis"] >= 1
    assert told["Statistics"]["DataScannedInBytes"] == 0
    assert told["EngineVersion"]["EffectiveEngineVersion"] == "Athena engine version 3"


def test_many_executions_are_told_at_once(account: Account):
    ids = [account.done(f"select {n}").id for n in (1, 2)]
    told = account.athena.batch_get_query_execution(QueryExecutionIds=[*ids, "00000000-0000-0000-0000-000000000000"])
    assert [one["QueryExecutionId"] for one in told["QueryExecutions"]] == ids
    assert len(told["UnprocessedQueryExecutionIds"]) == 1


def test_parameters_take_the_place_of_question_marks(account: Account):
    answer = account.done("select ? + 1 as a, ? as b", ExecutionParameters=["41", "'x'"])
    assert answer.rows == [["42", "x"]]


def test_a_prepared_statement_is_executed_with_values(account: Account):
    account.athena.create_prepared_statement(
        StatementName="add_one", WorkGroup="primary", QueryStatement="select ? + 1 as a"
    )
    assert account.done("execute add_one using 41").rows == [["42"]]
    account.athena.delete_prepared_statement(StatementName="add_one", WorkGroup="primary")
    with pytest.raises(ClientError, match="was not found"):
        account.run("execute add_one using 41")


def test_without_a_place_for_results_nothing_starts(account: Account):
    with pytest.raises(ClientError, match="No output location provided"):
        account.athena.start_query_execution(QueryString="select 1")


def test_an_unknown_work_group_is_no_work_group(account: Account):
    with pytest.raises(ClientError, match="WorkGroup nobody is not found"):
        account.run("select 1", WorkGroup="nobody")


def test_a_work_group_that_enforces_its_settings_says_where_results_go(account: Account):
    account.athena.create_work_group(
        Name="enforcing",
        Configuration={
            "EnforceWorkGroupConfiguration": True,
            "ResultConfiguration": {"OutputLocation": "s3://results/enforced/"},
        },
    )
    told = account.done("select 1", WorkGroup="enforcing", ResultConfiguration=RESULTS).execution
    assert told["ResultConfiguration"]["OutputLocation"].startswith("s3://results/enforced/")


def test_tables_are_told_with_columns_and_partition_keys(account: Account, tables):
    name = tables("select 1 as x, 'a' as p", "partitioned_by = array['p']")
    told = account.athena.get_table_metadata(CatalogName="AwsDataCatalog", DatabaseName="golden", TableName=name)
    assert [(one["Name"], one["Type"]) for one in told["TableMetadata"]["Columns"]] == [("x", "int")]
    assert [one["Name"] for one in told["TableMetadata"]["PartitionKeys"]] == ["p"]
    listed = account.athena.list_table_metadata(
        CatalogName="AwsDataCatalog", DatabaseName="golden", Expression=f"^{name}$"
    )
    assert [one["Name"] for one in listed["TableMetadataList"]] == [name]


def test_show_and_describe_answer_one_line_for_each_row(account: Account, tables):
    name = tables("select 1 as x, 'a' as p", "partitioned_by = array['p']")
    assert account.done(f"show partitions golden.{name}").rows == [["p=a"]]
    assert [name] in account.done("show tables in golden").rows
    assert account.done(f"show columns in golden.{name}").rows == [["x"], ["p"]]
    described = account.done(f"describe golden.{name}").rows
    assert described[0][0].split() == ["x", "int"]
    assert account.done("select table_name from information_schema.tables where table_name = '" + name + "'").rows == [
        [name]
    ]
