"""What the page reads of a mart's file."""

from __future__ import annotations

import io
from datetime import date

import pyarrow.parquet as pq

from dashboards.panels import columns_of
from dashboards.reading import rows_for_panels
from tests.dashboards import built
from tests.dashboards.built_more import part_row

PERIODS = ("2026-08", "2026-09", "2026-10", "2026-11", "2027-01")


def file_of(periods: tuple[str, ...]) -> pq.ParquetFile:
    rows = [part_row("usage_type", "BoxUsage", 1, billing_period=period) for period in periods for _ in range(3)]
    content = io.BytesIO()
    pq.write_table(built.table("cost_breakdowns", rows), content, row_group_size=2)
    return pq.ParquetFile(content)


def test_of_the_largest_mart_two_months_are_read_that_are_not_after_the_day() -> None:
    read = rows_for_panels(file_of(PERIODS), "cost_breakdowns", date(2026, 11, 23))
    assert sorted(read["billing_period"].to_pylist()) == ["2026-10"] * 3 + ["2026-11"] * 3
    assert sorted(read.column_names) == columns_of("cost_breakdowns")


def test_empty_mart_is_read_as_no_rows_of_the_same_columns() -> None:
    read = rows_for_panels(file_of(()), "cost_breakdowns", date(2026, 11, 23))
    assert (read.num_rows, sorted(read.column_names)) == (0, columns_of("cost_breakdowns"))
