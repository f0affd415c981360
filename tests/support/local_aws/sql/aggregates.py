"""Aggregate and window functions. The call alone is kept apart, since FILTER and OVER come right after it."""

from __future__ import annotations

from tests.support.local_aws.sql.signatures import parse

# In a template, `{call}(…)` is the part that takes DISTINCT, ORDER BY, FILTER and OVER.
AGGREGATES = parse(r"""
count(any) -> bigint : count({0})
count_if(boolean) -> bigint : count(CASE WHEN {0} THEN 1 END)
sum(bigint) -> bigint : sum({0})
sum(real) -> real : sum({0})
sum(double) -> double : sum({0})
avg(bigint) -> double : avg({0})
avg(double) -> double : avg({0})
min(T) -> T : min({0})
max(T) -> T : max({0})
min_by(T, U) -> T : arg_min_null({0}, {1})
max_by(T, U) -> T : arg_max_null({0}, {1})
arbitrary(T) -> T : any_value({0})
any_value(T) -> T : any_value({0})
bool_and(boolean) -> boolean : bool_and({0})
bool_or(boolean) -> boolean : bool_or({0})
every(boolean) -> boolean : bool_and({0})
array_agg(T) -> array(T) : list({0})
stddev(double) -> double : stddev_samp({0})
stddev_samp(double) -> double : stddev_samp({0})
stddev_pop(double) -> double : stddev_pop({0})
variance(double) -> double : var_samp({0})
var_samp(double) -> double : var_samp({0})
var_pop(double) -> double : var_pop({0})
corr(double, double) -> double : corr({0}, {1})
covar_samp(double, double) -> double : covar_samp({0}, {1})
covar_pop(double, double) -> double : covar_pop({0}, {1})
regr_slope(double, double) -> double : regr_slope({0}, {1})
regr_intercept(double, double) -> double : regr_intercept({0}, {1})
geometric_mean(double) -> double : geometric_mean({0})
approx_distinct(any) -> bigint : count(DISTINCT {0})
approx_distinct(any, double) -> bigint : count(DISTINCT {0})
approx_percentile(T_number, double) -> T : quantile_disc({0}, {1})
histogram(K) -> map(K, bigint) : histogram({0})
skewness(double) -> double : skewness({0})
kurtosis(double) -> double : kurtosis({0})
""")

WINDOWS = parse(r"""
row_number() -> bigint : row_number()
rank() -> bigint : rank()
dense_rank() -> bigint : dense_rank()
percent_rank() -> double : percent_rank()
cume_dist() -> double : cume_dist()
ntile(bigint) -> bigint : ntile({0})
lag(T) -> T : lag({0})
lag(T, bigint) -> T : lag({0}, {1})
lag(T, bigint, T) -> T : lag({0}, {1}, {2})
lead(T) -> T : lead({0})
lead(T, bigint) -> T : lead({0}, {1})
lead(T, bigint, T) -> T : lead({0}, {1}, {2})
first_value(T) -> T : first_value({0})
last_value(T) -> T : last_value({0})
nth_value(T, bigint) -> T : nth_value({0}, {1})
""")

# What DuckDB answers in another type than Trino.
RECAST = {"sum": "BIGINT"}
