"""What expressions give, against the documentation of Trino's functions and operators (trino.io/docs, 422)."""

from __future__ import annotations

import pytest

from tests.local_aws.conftest import Account

pytestmark = pytest.mark.xdist_group("local_aws")

ANSWERS = {
    # Mathematical functions and operators: "Integer division truncates".
    "5 / 2": "2",
    "-5 / 2": "-2",
    "5 % 3": "2",
    "-5 % 3": "-2",
    "mod(7, 4)": "3",
    "round(cast(2.5 as double))": "3.0",
    "round(cast(-2.5 as double))": "-3.0",
    "cast(cast(2.5 as double) as integer)": "3",
    "truncate(cast(-1.7 as double))": "-1.0",
    "sign(-3)": "-1",
    "cast(1 as double) / 0": "Infinity",
    # Decimal functions and operators: precision and scale of results; division rounds half up.
    "typeof(1.5)": "decimal(2,1)",
    "typeof(cast(1 as decimal(10, 2)) + cast(1 as decimal(10, 4)))": "decimal(13,4)",
    "typeof(cast(1 as decimal(10, 2)) * cast(1 as decimal(5, 3)))": "decimal(15,5)",
    "typeof(cast(1 as decimal(10, 2)) / cast(1 as decimal(5, 3)))": "decimal(14,3)",
    "typeof(cast(1 as decimal(38, 10)) + 1)": "decimal(38,10)",
    "cast(1 as decimal(10, 2)) / cast(3 as decimal(10, 2))": "0.33",
    "cast(2 as decimal(10, 2)) / cast(3 as decimal(10, 2))": "0.67",
    "cast(-2 as decimal(10, 2)) / cast(3 as decimal(10, 2))": "-0.67",
    "cast(1 as decimal(38, 10)) / cast(3 as decimal(38, 10))": "0.3333333333",
    "cast(7.25 as decimal(10, 2)) % cast(2 as decimal(10, 2))": "1.25",
    "cast(1.005 as decimal(3, 2))": "1.01",
    "cast('1.23456789555' as decimal(38, 10))": "1.2345678956",
    "cast(cast(0.1 as double) + cast(0.2 as double) as decimal(38, 10))": "0.3000000000",
    "round(cast(2.345 as decimal(10, 3)), 2)": "2.350",
    "typeof(sum(cast(1 as decimal(10, 2))))": "decimal(38,2)",
    "typeof(avg(cast(1 as decimal(10, 2))))": "decimal(10,2)",
    "typeof(sum(1))": "bigint",
    "typeof(avg(1))": "double",
    "typeof(count(*))": "bigint",
    # Conditional expressions and nulls.
    "greatest(1, null)": None,
    "least(1, null, 2)": None,
    "greatest(1, 3, 2)": "3",
    "coalesce(null, 'x')": "x",
    "nullif(1, 1)": None,
    "if(1 = 2, 'yes')": None,
    "null = null": None,
    "null is not distinct from null": "true",
    # String functions.
    "concat('a', null)": None,
    "'a' || null": None,
    "regexp_extract('abc', '(z)', 1)": None,
    "regexp_extract('1a 2b', '(\\d+)([a-z]+)', 2)": "a",
    "regexp_replace('1a 2b 14m', '(\\d+)([ab]) ', '3c$2 ')": "3ca 3cb 14m",
    "regexp_like('1a 2b', '\\d+b')": "true",
    "'abc' like 'a%'": "true",
    "'abc' not like 'a%'": "false",
    "'a%c' not like 'a!%%' escape '!'": "false",
    "'abc' not like 'a!%%' escape '!'": "true",
    "split_part('a:b', ':', 2)": "b",
    "split_part('a:b', ':', 5)": None,
    "split_part('a:b:', ':', 3)": "",
    "substr('hello', 2, 3)": "ell",
    "substr('hello', -3)": "llo",
    "substr('hello', 0)": "",
    "strpos('high', 'ig')": "2",
    "strpos('high', 'x')": "0",
    "lpad('7', 3, '0')": "007",
    "replace('abcb', 'b')": "ac",
    "to_hex(md5(to_utf8('a')))": "0CC175B9C0F1B6A831C399E269772661",
    "concat_ws(',', 'a', null, 'b')": "a,b",
    # Date and time functions: date_diff counts whole units that went by; a week begins on Monday.
    "date_diff('day', timestamp '2026-01-31 23:30:00', timestamp '2026-02-01 00:30:00')": "0",
    "date_diff('day', date '2026-01-31', date '2026-02-01')": "1",
    "date_diff('month', date '2026-01-15', date '2026-02-14')": "0",
    "date_diff('second', timestamp '2026-02-01 00:00:00', timestamp '2026-02-02 01:30:00')": "91800",
    "day_of_week(date '2026-11-29')": "7",
    "extract(dow from date '2026-11-30')": "1",
    "extract(week from date '2026-01-01')": "1",
    "extract(year from date '2026-01-01')": "2026",
    "date_trunc('month', date '2026-02-17')": "2026-02-01",
    "typeof(date_trunc('month', date '2026-02-17'))": "date",
    "date_add('month', 1, date '2026-01-31')": "2026-02-28",
    "date '2026-01-31' + interval '1' day": "2026-02-01",
    "typeof(date '2026-01-31' + interval '1' day)": "date",
    "last_day_of_month(date '2026-02-03')": "2026-02-28",
    "date_format(timestamp '2026-02-03 04:05:06', '%Y-%m %H:%i:%s')": "2026-02 04:05:06",
    "date_parse('2026-02-03', '%Y-%m-%d')": "2026-02-03 00:00:00.000",
    "from_iso8601_timestamp('2026-02-03T04:05:06Z')": "2026-02-03 04:05:06.000 UTC",
    "cast(from_unixtime(0) as timestamp)": "1970-01-01 00:00:00.000",
    "typeof(current_timestamp)": "timestamp(3) with time zone",
    "typeof(timestamp '2026-01-01 00:00:00')": "timestamp(0)",
    "typeof(cast('2026-01-01' as timestamp))": "timestamp(3)",
    "cast(timestamp '2026-01-01 00:00:00.123456' as timestamp(3))": "2026-01-01 00:00:00.123",
    "cast(timestamp '2026-01-01 00:00:00.0005' as timestamp(3))": "2026-01-01 00:00:00.001",
    # Conversion functions: text forms.
    "cast(cast(1e10 as double) as varchar)": "1.0E10",
    "cast(cast(0.1 as double) as varchar)": "0.1",
    "cast(cast(0.00012 as double) as varchar)": "1.2E-4",
    "cast(0.10 as varchar)": "0.10",
    "cast(timestamp '2026-01-01 00:00:00' as varchar)": "2026-01-01 00:00:00",
    "cast(cast('2026-01-01' as timestamp) as varchar)": "2026-01-01 00:00:00.000",
    "cast(date '2026-01-01' as varchar)": "2026-01-01",
    "cast(true as varchar)": "true",
    "cast('abc' as varchar(2))": "ab",
    "try_cast('1.5' as integer)": None,
    "try_cast('x' as double)": None,
    "try_cast('12' as integer)": "12",
    # Map, array and JSON functions.
    "element_at(map(array['k'], array['v']), 'other')": None,
    "map(array['k'], array['v'])['k']": "v",
    "cardinality(map(array['k'], array['v']))": "1",
    "element_at(array[1, 2], 5)": None,
    "array[1, 2][2]": "2",
    "array_join(array['a', 'b'], '-')": "a-b",
    "contains(array[1, 2], 2)": "true",
    "transform(array[1, 2], x -> x + 1)": "[2, 3]",
    "filter(array[1, 2, 3], x -> x > 1)": "[2, 3]",
    "reduce(array[5, 20, 50], 0, (s, x) -> s + x, s -> s)": "75",
    "reduce(array[5, null, 50], 0, (s, x) -> s + coalesce(x, 0), s -> s)": "55",
    "map_filter(map(array['a', 'b'], array[1, 2]), (k, v) -> v > 1)": "{b=2}",
    "transform_values(map(array['a'], array[1]), (k, v) -> v * 2)": "{a=2}",
    "json_format(cast(map(array['b', 'a'], array['say \"x\"', '']) as json))": '{"a":"","b":"say \\"x\\""}',
    "json_extract_scalar('{\"a\": {\"b\": 1}}', '$.a.b')": "1",
    "cast(row(1, 'x') as row(n integer, s varchar)).s": "x",
    "map(array['a'], array[1])": "{a=1}",
}


@pytest.mark.parametrize("expression", ANSWERS)
def test_an_expression_gives_what_trino_documents(account: Account, expression: str):
    assert account.one(expression) == ANSWERS[expression]


QUERIES = {
    # Aggregates: only count, count_if and approx_distinct answer for no rows; nulls are left out, not in array_agg.
    "select count(*), sum(x), avg(x) from (values 1) as t(x) where x > 1": [["0", None, None]],
    "select avg(x) from (values cast(1.23 as decimal(10, 2)), 2.00) as t(x)": [["1.62"]],
    "select avg(x) from (values 1, 2) as t(x)": [["1.5"]],
    "select count(x), count(distinct x), count_if(x > 1) from (values 1, 2, 2, null) as t(x)": [["3", "2", "2"]],
    "select array_agg(x order by x desc) from (values 1, 3, 2) as t(x)": [["[3, 2, 1]"]],
    "select max_by(x, y) from (values (null, 2), ('a', 1)) as t(x, y)": [[None]],
    "select sum(x) filter (where x > 1) from (values 1, 2, 3) as t(x)": [["5"]],
    "select map_agg(k, v) from (values ('a', 1)) as t(k, v)": [["{a=1}"]],
    "select listagg(x, ',') within group (order by x) from (values 'b', 'a') as t(x)": [["a,b"]],
    # SELECT: nulls come last in both directions.
    "select x from (values 1, null, 2) as t(x) order by x": [["1"], ["2"], [None]],
    "select x from (values 1, null, 2) as t(x) order by x desc": [["2"], ["1"], [None]],
    "select x from (values 3, 1, 2) as t(x) order by 1 offset 1 limit 1": [["2"]],
    "select x from (values 1, 2) as t(x) union all select 3 order by 1 desc": [["3"], ["2"], ["1"]],
    "select x + 1 as y from (values 2, 1) as t(x) order by y": [["2"], ["3"]],
    "select * from (values (1, 2)) as a(x, y) join (values (1, 3)) as b(x, z) using (x)": [["1", "2", "3"]],
    "select a, grouping(a), sum(b) from (values (1, 2), (2, 3)) as t(a, b) group by rollup(a) order by 1": [
        ["1", "0", "2"], ["2", "0", "3"], [None, "1", "5"],
    ],
    "select v, o from (select array['a', 'b'] as x) cross join unnest(x) with ordinality as u(v, o) order by o": [
        ["a", "1"], ["b", "2"],
    ],
    "select k, v from (select map(array['a'], array[1]) as m) cross join unnest(m) as u(k, v)": [["a", "1"]],
    "select a, b from unnest(array[1, 2], array['x']) as u(a, b) order by a": [["1", "x"], ["2", None]],
    "select count(*) from unnest(sequence(date '2026-01-01', date '2026-01-31', interval '1' day)) as u(d)": [["31"]],
    "select x, lag(x) over (order by x), row_number() over (order by x desc) from (values 1, 2) as t(x) order by 1": [
        ["1", None, "2"], ["2", "1", "1"],
    ],
    "select first_value(x) ignore nulls over (order by y) from (values (null, 1), ('b', 2)) as t(x, y)": [
        [None], ["b"],
    ],
    "with a as (select 1 as x), b as (select x + 1 as x from a) select a.x, b.x from a cross join b": [["1", "2"]],
    "select x from (values 1, 2, 3) as t(x) where x in (select 2 union select 3) order by x": [["2"], ["3"]],
    "select x from (values 1, 2) as t(x) where exists (select 1 from (values 2) as u(y) where y = x)": [["2"]],
    "select x from (values 1, 2) as t(x) where x not in (select y from (values 1, null) as u(y))": [],
}  # fmt: skip


@pytest.mark.parametrize("sql", QUERIES)
def test_a_query_gives_what_trino_documents(account: Account, sql: str):
    assert account.done(sql).rows == QUERIES[sql]
