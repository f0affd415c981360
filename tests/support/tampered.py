"""Files of a lake made wrong by a little, as a fault or a hand would do it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def add_to_first_row(path: Path, column: str, amount: str) -> None:
    """Rewrite a Parquet file with `amount` more in its first row that has one in this column."""
    rows = pq.read_table(path)
    values = rows[column].to_pylist()
    first = next(i for i, value in enumerate(values) if value is not None)
    values[first] += Decimal(amount)
    field = rows.schema.field(column)
    _rewrite(path, rows.set_column(rows.schema.get_field_index(column), field, pa.array(values, field.type)))


def drop_a_row_of_no_cost(path: Path, column: str) -> None:
    """Rewrite a Parquet file without its first row whose amount is zero: the sum stays."""
    rows = pq.read_table(path)
    row = rows[column].to_pylist().index(Decimal(0))
    _rewrite(path, pa.concat_tables([rows.slice(0, row), rows.slice(row + 1)]))


def _rewrite(path: Path, rows: pa.Table) -> None:
    # Written aside: a copy of the lake may share files with its original by hard link.
    aside = path.with_suffix(".aside")
    pq.write_table(rows, aside)
    aside.replace(path)
