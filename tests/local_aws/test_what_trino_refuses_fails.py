"""What Trino rejects or stops at fails here with the same words, and what only DuckDB knows never runs."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.conftest import Account

pytestmark = pytest.mark.xdist_group("local_aws")

ONE = "(values (1, 'a', date '2026-01-01')) as t(n, s, d)"

FAILURES = {
    # Names: WHERE and GROUP BY see what went in, not the aliases of what comes out.
    f"select n + 1 as m from {ONE} where m = 2": "COLUMN_NOT_FOUND: line 1:",
    f"select n + 1 as m, count(*) from {ONE} group by m": "COLUMN_NOT_FOUND: line 1:",
    f"select n + 1 as m, m + 1 as k from {ONE}": "COLUMN_NOT_FOUND: line 1:20: Column 'm' cannot be resolved",
    "select nope from (select 1 as n) as t": "COLUMN_NOT_FOUND: line 1:8: Column 'nope' cannot be resolved",
    "select t.nope from (select 1 as n) as t": "COLUMN_NOT_FOUND: line 1:",
    "select n from (select 1 as n) as a cross join (select 2 as n) as b": "AMBIGUOUS_NAME: line 1:8: Column 'n' is",
    "select * from nowhere": "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.golden.nowhere' does not exist",
    "select * from nowhere.x": "SCHEMA_NOT_FOUND: line 1:",
    f"select s, count(*) from {ONE}": "EXPRESSION_NOT_AGGREGATE: line 1:",
    f"select n from {ONE} order by 2": "INVALID_COLUMN_REFERENCE: line 1:",
    # Functions and types.
    "select strftime(date '2026-01-01', '%Y')": "FUNCTION_NOT_FOUND: line 1:8: Function 'strftime' not registered",
    "select list_sum(array[1])": "FUNCTION_NOT_FOUND: line 1:8: Function 'list_sum' not registered",
    "select lower(1)": "TYPE_MISMATCH: line 1:8: Unexpected parameters (integer) for function lower",
    "select cast(1 as text)": "TYPE_NOT_FOUND: line 1:18: Unknown type: text",
    "select cast(1 as string)": "TYPE_NOT_FOUND: line 1:18: Unknown type: string",
    "select cast(1 as float)": "TYPE_NOT_FOUND: line 1:18: Unknown type: float",
    "select try_cast(null as map<string, string>)": "TYPE_NOT_FOUND: line 1:29: Unknown type: string",
    # No value turns into another type's by itself, but numbers, text lengths and moments.
    f"select * from {ONE} where d >= '2026-01-01'": "TYPE_MISMATCH: line 1:",
    f"select * from {ONE} where s = 1": "TYPE_MISMATCH: line 1:",
    f"select * from {ONE} where n in ('1')": "TYPE_MISMATCH: line 1:",
    f"select case when n = 1 then 'a' else 1 end from {ONE}": "TYPE_MISMATCH: line 1:",
    f"select n || 'x' from {ONE}": "TYPE_MISMATCH: line 1:",
    f"select * from {ONE} where n": "TYPE_MISMATCH: line 1:",
    "select 1 union all select 'a'": "TYPE_MISMATCH: line 1:",
    "select coalesce(1, 'a')": "TYPE_MISMATCH: line 1:",
    "select date '2026-01-01' + 1": "TYPE_MISMATCH: line 1:",
    "select date_add('hour', 1, date '2026-01-01')": "INVALID_FUNCTION_ARGUMENT: line 1:8: 'hour' is not a valid DATE",
    # As it runs.
    "select 1 / x from (values 0) as t(x)": "DIVISION_BY_ZERO: Division by zero",
    "select cast(1 as decimal(10, 2)) / x from (values 0) as t(x)": "DIVISION_BY_ZERO: Division by zero",
    "select 5 % x from (values 0) as t(x)": "DIVISION_BY_ZERO: Division by zero",
    "select m['k'] from (select map(array['a'], array[1]) as m)": "INVALID_FUNCTION_ARGUMENT: Key not present in map",
    "select a[3] from (select array[1, 2] as a)": "INVALID_FUNCTION_ARGUMENT: Array subscript must be less than",
    "select cast(x as integer) from (values '1.5') as t(x)": "INVALID_CAST_ARGUMENT: Cannot cast '1.5' to integer",
    "select cast(x as date) from (values '2026-01-01 10:00:00') as t(x)": "INVALID_CAST_ARGUMENT:",
    "select cast(x as timestamp) from (values '2026-01-01T10:00:00') as t(x)": "INVALID_CAST_ARGUMENT:",
    "select cast(x as double) from (values 'abc') as t(x)": "INVALID_CAST_ARGUMENT:",
    "select (select x from (values 1, 2) as t(x))": "SUBQUERY_MULTIPLE_ROWS:",
    "select cast(99999999999 as integer)": "NUMERIC_VALUE_OUT_OF_RANGE:",
    "select 2147483647 + x from (values 1) as t(x)": "NUMERIC_VALUE_OUT_OF_RANGE:",
}


@pytest.mark.parametrize("sql", FAILURES)
def test_a_statement_fails_as_trino_says(account: Account, sql: str):
    assert account.fails(sql).startswith(FAILURES[sql])


# As long as a unit test of dbt: rows of casts, one like the other.
ROW = ", ".join(f'try_cast(null as varchar) as "c{number}"' for number in range(300))
LONG = f"with t as (select {ROW}, 1 as n union all select {ROW}, 2 as n) select {{}} from t"
IN_A_LONG_ONE = {
    "sum(n)": "",
    "list_sum(array[n])": "FUNCTION_NOT_FOUND",
    "try_cast(null as map<varchar, string>)": "TYPE_NOT_FOUND",
    "try_cast(nope as varchar)": "COLUMN_NOT_FOUND",
}


@pytest.mark.parametrize("what", IN_A_LONG_ONE)
def test_a_long_statement_is_looked_at_as_a_short_one(account: Account, what: str):
    assert account.run(LONG.format(what)).reason.partition(":")[0] == IN_A_LONG_ONE[what]


MALFORMED = {
    "a cast with ::": "select 1::integer",
    "qualify": "select 1 as x qualify row_number() over () = 1",
    "exclude": "select * exclude (x) from (select 1 as x, 2 as y)",
    "group by all": "select 1 as x group by all",
    "a list literal": "select [1, 2]",
    "a struct literal": "select {'a': 1}",
    "limit before offset": "select 1 limit 1 offset 1",
    "an interval without quotes": "select date '2026-01-01' + interval 1 day",
    "from first": "from (select 1)",
    "distinct on": "select distinct on (x) x from (select 1 as x)",
    "delete using": "delete from golden.t using golden.u where true",
    "a trailing comma": "select 1, from (select 1)",
    "a slice": "select array[1, 2][1:2]",
    "ilike": "select 'a' ilike 'A'",
    "whole division with //": "select 5 // 2",
    "a misspelled word": "selec 1",
    "coalesce of one value": "select coalesce(x) from (values 1) as t(x)",
}


@pytest.mark.parametrize("what", MALFORMED)
def test_what_is_not_trinos_grammar_is_not_even_started(account: Account, what: str):
    with pytest.raises(ClientError) as raised:
        account.run(MALFORMED[what])
    told = raised.value.response
    assert told["Error"]["Code"] == "InvalidRequestException"
    assert told["AthenaErrorCode"] == "MALFORMED_QUERY"
    assert told["Error"]["Message"].startswith("line 1:")


REFUSED = {
    "ties at the end": "select * from (values 1) as t(x) order by x fetch first 1 rows with ties",
    "the past of a table": "select * from golden.t for timestamp as of timestamp '2026-01-01 00:00:00'",
    "a precision of the current time": "select current_timestamp(6)",
    "a sample of a table": "select * from (values 1) as t(x) tablesample bernoulli (10)",
    "recursion": "with recursive a(x) as (select 1 union all select x + 1 from a where x < 3) select * from a",
    "a function of Trino's that nothing here computes": "select soundex('a')",
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_the_emulator_does_not_know_it_refuses_rather_than_answering_wrongly(account: Account, what: str):
    assert account.fails(REFUSED[what]).startswith(("NOT_SUPPORTED", "FUNCTION_NOT_FOUND"))


def test_a_failure_has_athenas_shape(account: Account):
    answer = account.run("select nope")
    status = answer.execution["Status"]
    assert status["State"] == "FAILED"
    assert status["StateChangeReason"].startswith("COLUMN_NOT_FOUND: line 1:8: ")
    assert status["AthenaError"]["ErrorCategory"] == 2
    assert status["AthenaError"]["Retryable"] is False
    assert status["AthenaError"]["ErrorMessage"] == status["StateChangeReason"]
    with pytest.raises(ClientError, match="Final query state: FAILED"):
        account.athena.get_query_results(QueryExecutionId=answer.id)
