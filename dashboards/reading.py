"""What the page reads of a mart's file: the columns that panels name, and of the largest mart two months alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dashboards.panels import columns_of

# A row per day, account, dimension and value: of a large company millions. The page shows one month of them; a second
# one is there for a lake whose newest bill has fees alone.
BY_DAY_AND_VALUE = frozenset({"cost_breakdowns"})
MONTHS_READ = 2


def rows_for_panels(file: pq.ParquetFile, mart: str, today: date) -> pa.Table:
    """The rows and columns of a mart that the page looks at, for a UTC day."""
    columns = columns_of(mart)
    if mart not in BY_DAY_AND_VALUE:
        return file.read(columns=columns, use_threads=False)
    return _newest(file, columns, f"{today:%Y-%m}")


def _newest(file: pq.ParquetFile, columns: list[str], month: str) -> pa.Table:
    """The rows of the newest months that are not after one, read group by group: no other month is ever held whole."""
    groups = [_periods(file, group) for group in range(file.num_row_groups)]
    known = sorted(period for period in set().union(*groups) if period <= month)[-MONTHS_READ:]
    kept = [
        _of(file.read_row_group(group, columns=columns, use_threads=False), known)
        for group, periods in enumerate(groups)
        if not periods.isdisjoint(known)
    ]
    empty = file.schema_arrow.empty_table().select(columns)
    return pa.concat_tables([empty, *kept])


def _periods(file: pq.ParquetFile, group: int) -> set[str]:
    column = file.read_row_group(group, columns=["billing_period"], use_threads=False)["billing_period"]
    return {str(period) for period in pc.unique(column).to_pylist()}


def _of(rows: pa.Table, periods: Sequence[str]) -> pa.Table:
    return rows.filter(pc.is_in(rows["billing_period"], value_set=pa.array(periods, pa.string())))
